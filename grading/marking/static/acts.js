// What a marker does to answers: marks, lines, comments, undo. Each is saved at once, whole.
import { ask, pathOf, Refused } from "./api.js";
import { drawSides, everybody, go, here, open, reopen, scope, take, ticks, visible,
  waits } from "./board.js";
import { changedSince } from "./cards.js";
import { commentWritten } from "./comment.js";
import { keep, kept, keepPace, keepTicks, keptTicks } from "./kept.js";
import { part, say } from "./panel.js";
import { changesTo, reversed, sum, ticked, withSentences } from "./states.js";

const undone = []; // what `undo` takes back, the last at the end
const answers = (count) => (count === 1 ? "1 answer" : `${count} answers`);

// Actions come one after the other, so that a key finds what the one before it has saved.
let last = Promise.resolve();
export const soon = (action) =>
  (last = last.then(action).catch((error) => say(error.message, true)));

// How often a write has begun or ended: what was asked of the server before that is old then.
export const saves = { count: 0 };

async function save(path, changes) {
  if (!Object.keys(changes).length) return false;
  saves.count += 1;
  try {
    take(await ask(`${path}/marks`, changes));
    return true;
  } catch (error) {
    if (!(error instanceof Refused) || error.status !== 409) throw error;
    take(error.changed);
    await reopen();
    const count = Object.keys(error.changed).length;
    say(`Nothing was saved: meanwhile ${count === 1 ? "an answer was" : `${count} answers were`} ` +
      "changed by somebody else. The page shows now what is stored.", true);
    return false;
  } finally {
    saves.count += 1;
  }
}

async function put(changes, isMark) {
  const path = pathOf(here.question);
  if (!(await save(path, changes))) return !Object.keys(changes).length;
  const before = keptTicks(path);
  const ticked = Object.fromEntries(Object.keys(changes).map((id) => [id, before[id] ?? null]));
  undone.push({ path, changes, ticked });
  if (isMark) keepPace();
  say(`Saved: ${answers(Object.keys(changes).length)}.`);
  return true;
}

export const give = (wanted, members = scope()) => put(changesTo(members, wanted), "mark" in wanted);

// To each answer that has changed, what it had before.
export function again() {
  const members = scope().filter(changedSince);
  if (!members.length) return say("Nothing was marked before it changed.");
  const changes = members.map((member) => {
    const { mark, comment } = member.earlier;
    return changesTo([member], { mark, comment: comment ?? member.comment });
  });
  return put(Object.assign({}, ...changes), true);
}

export async function undo() {
  const entry = undone.pop();
  if (!entry) return say("Nothing to undo.");
  if (!(await save(entry.path, reversed(entry.changes)))) return;
  keepTicks(entry.path, entry.ticked);
  drawSides();
  say("Undone.");
}

export function mark(value) {
  if (value !== null && !(value >= 0 && value <= here.data.points)) {
    return say(`A mark is from 0 to ${here.data.points}.`, true);
  }
  return give({ mark: value });
}

// The comment in the box, for what is being marked, or wherever the one before it is.
export async function comment(everywhere = false) {
  const refused = await commentWritten(everywhere, everybody(), (words, ids) =>
    give({ comment: words }, everybody().filter((member) => ids.has(member.id))));
  if (refused) say(refused, true);
  drawSides();
}

export async function tick(line) {
  const { data } = here, members = scope(), path = pathOf(here.question);
  if (!data.lines[line] || !members.length) return;
  const chosen = ticked(ticks(), line, data.lines);
  const wanted = { mark: sum(chosen, data.lines, data.points) };
  if (part("sentences").checked) {
    const comments = new Set(members.map((member) => member.comment));
    wanted.comment = withSentences(comments.size === 1 ? [...comments][0] : "", chosen, data.lines);
  }
  if (!(await give(wanted, members))) return;
  keepTicks(path, Object.fromEntries(members.map((member) => [member.id, [...chosen]])));
  drawSides();
}

export async function keepApart() {
  const member = here.who ?? (scope().length === 1 ? scope()[0] : null);
  if (!member) return say("Choose one answer of the group first (→).");
  const name = `apart:${pathOf(here.question)}`, before = kept(name, []);
  keep(name, member.apart ? before.filter((id) => id !== member.id) : [...before, member.id]);
  here.who = member;
  await reopen();
}

// To the next group that waits, after the last one in the next question.
export async function onwards() {
  const shown = visible(), from = shown.indexOf(here.cards[here.at]);
  const next = shown.slice(from + 1).find(waits) ?? shown.slice(0, from + 1).find(waits);
  if (next) return go(here.cards.indexOf(next));
  const before = pathOf(here.question);
  here.questions = await ask("questions");
  const at = here.questions.findIndex((each) => pathOf(each) === before);
  here.question = here.questions[at];
  const after = [...here.questions.keys()].map((offset) => (at + 1 + offset) % here.questions.length)
    .find((index) => here.questions[index].waiting);
  if (after === undefined) return say("All questions are marked.");
  if (after !== at) await open(after);
}
