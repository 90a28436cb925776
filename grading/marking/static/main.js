// One question's answers, marked group by group.
import { ask, pathOf, Refused } from "./api.js";
import { card, changedSince, element, lazily, update } from "./cards.js";
import { KEYS, listen } from "./keys.js";
import { drawOffered, drawProgress, drawQuestion, drawScope, part, say } from "./panel.js";
import { changesTo, commentsOf, holds, markOf, membersOf, reversed, sum, ticked, withHalf,
  withSentences } from "./states.js";

const own = `marking:${document.body.dataset.assignment}`; // of what this browser keeps
const kept = (name, otherwise) => JSON.parse(localStorage.getItem(`${own}:${name}`)) ?? otherwise;
const keep = (name, value) => localStorage.setItem(`${own}:${name}`, JSON.stringify(value));

let questions = [], question = null, data = { groups: [], lines: [], points: 0 };
let cards = [], at = 0, who = null, offering = false;
const pace = { seconds: 0, groups: 0, last: null }; // of this session, for the time that is left
const undone = [], ticks = new Map(); // ticks: the lines of each answer, by its id
const near = lazily((ids) => ask(`${pathOf(question)}/answers?ids=${ids.join(",")}`));

// Actions come one after the other, so that a key finds what the one before it has saved.
let last = Promise.resolve();
const soon = (action) => (last = last.then(action).catch((error) => say(error.message, true)));

const everybody = () => data.groups.flatMap(membersOf);
const scope = () => (who ? [who] : cards[at] ? membersOf(cards[at].group) : []);
const shown = () => cards.filter((each) => !each.section.hidden);

function draw() {
  cards.forEach((each, index) => update(each, index === at, who));
  drawSides();
}

function drawSides() {
  drawScope(scope(), who, ticks.get(scope()[0]?.id) ?? new Set());
  drawOffered(data.groups, (comment) => soon(() => give({ comment })));
  question.waiting = everybody().filter((member) => member.waits).length;
  const waiting = cards.filter((each) => membersOf(each.group).some((member) => member.waits)).length;
  drawProgress(everybody(), pace.groups > 2 ? (waiting * pace.seconds) / pace.groups : null);
  listQuestions();
}

async function open(index, stay = null) {
  question = questions[index];
  part("question").value = index;
  keep("question", pathOf(question));
  const likeness = kept("likeness", 90), apart = kept(`apart:${pathOf(question)}`, []).join(",");
  part("likeness").value = likeness;
  part("likeness-words").textContent = likeness === 100 ? "equal only" : `${likeness} %`;
  const names = part("names").checked ? "&names=1" : "";
  data = await ask(`${pathOf(question)}?likeness=${likeness}&apart=${apart}${names}`);
  drawQuestion(data, (line) => soon(() => tick(line)));
  near.disconnect();
  cards = data.groups.map((group) => card(group, data.code, (member) => choose(group, member)));
  part("groups").replaceChildren(...cards.map((each) => each.section));
  cards.forEach((each) => each.section.querySelectorAll(".answer").forEach((body) => near.observe(body)));
  who = stay?.who ? everybody().find((member) => member.id === stay.who) ?? null : null;
  at = stay ? cards.findIndex((each) => membersOf(each.group).some((member) => member.id === stay.id))
    : cards.findIndex((each) => membersOf(each.group).some((member) => member.waits));
  at = Math.max(at, 0);
  search();
  if (!stay) cards[at]?.section.scrollIntoView({ block: "nearest" });
}

const place = () => ({ id: scope()[0]?.id, who: who?.id });
const reopen = () => open(questions.indexOf(question), place());

function choose(group, member) {
  go(cards.findIndex((each) => each.group === group), member, false);
}

function go(index, member = null, scroll = true) {
  const before = cards[at];
  [at, who] = [index, member];
  for (const each of new Set([before, cards[at]])) if (each) update(each, each === cards[at], who);
  drawSides();
  if (scroll) cards[at]?.section.scrollIntoView({ block: "nearest" });
}

function step(by) {
  const visible = shown();
  const next = visible[visible.indexOf(cards[at]) + by];
  if (next) go(cards.indexOf(next));
}

async function onwards() {
  const waits = (each) => membersOf(each.group).some((member) => member.waits);
  const visible = shown(), from = visible.indexOf(cards[at]);
  const next = visible.slice(from + 1).find(waits) ?? visible.slice(0, from + 1).find(waits);
  if (next) return go(cards.indexOf(next));
  questions = await ask("questions");
  const here = questions.findIndex((each) => pathOf(each) === pathOf(question));
  const after = [...questions.keys()].map((offset) => (here + 1 + offset) % questions.length)
    .find((index) => questions[index].waiting);
  if (after === undefined) return say("All questions are marked.");
  question = questions[here];
  if (after !== here) await open(after);
}

async function save(path, changes) {
  if (!Object.keys(changes).length) return false;
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
  }
}

// Show what the gradebook holds of some answers.
function take(states) {
  for (const member of everybody()) if (states[member.id]) Object.assign(member, states[member.id]);
  cards.forEach((each, index) =>
    membersOf(each.group).some((member) => states[member.id]) && update(each, index === at, who));
  drawSides();
}

async function give(wanted, changes = changesTo(scope(), wanted)) {
  const path = pathOf(question);
  if (!(await save(path, changes))) return;
  undone.push({ path, changes });
  if ("mark" in wanted) keepPace();
  const count = Object.keys(changes).length;
  say(`Saved: ${count === 1 ? "1 answer" : `${count} answers`}.`);
}

// Pauses of more than five minutes count as breaks.
function keepPace() {
  const now = Date.now() / 1000;
  if (pace.last && now - pace.last < 300) {
    pace.seconds += now - pace.last;
    pace.groups += 1;
  }
  pace.last = now;
}

async function undo() {
  const entry = undone.pop();
  if (!entry) return say("Nothing to undo.");
  Object.keys(entry.changes).forEach((id) => ticks.delete(id));
  if (await save(entry.path, reversed(entry.changes))) say("Undone.");
}

const mark = (value) => {
  if (value !== null && !(value >= 0 && value <= data.points)) {
    return say(`A mark is from 0 to ${data.points}.`, true);
  }
  scope().forEach((member) => ticks.delete(member.id));
  return give({ mark: value });
};

// To each answer that has changed what it had before.
function again() {
  const changes = scope().filter(changedSince).map((member) => {
    const { mark, comment } = member.earlier;
    return changesTo([member], { mark, comment: comment ?? member.comment });
  });
  return changes.length ? give({ mark: null }, Object.assign({}, ...changes)) : say("Nothing was marked before it changed.");
}

async function tick(line) {
  if (!data.lines[line]) return;
  const chosen = ticked(ticks.get(scope()[0].id) ?? new Set(), line, data.lines);
  const wanted = { mark: sum(chosen, data.lines, data.points) };
  if (part("sentences").checked) {
    const comments = new Set(scope().map((member) => member.comment));
    wanted.comment = withSentences(comments.size === 1 ? [...comments][0] : "", chosen, data.lines);
  }
  scope().forEach((member) => ticks.set(member.id, chosen));
  await give(wanted);
  drawSides();
}

async function keepApart() {
  const member = who ?? (scope().length === 1 ? scope()[0] : null);
  if (!member) return say("Choose one answer of the group first (→).");
  const name = `apart:${pathOf(question)}`, before = kept(name, []);
  keep(name, member.apart ? before.filter((id) => id !== member.id) : [...before, member.id]);
  who = member;
  await reopen();
}

function chooseOne(by) {
  const members = [null, ...membersOf(cards[at].group)];
  go(at, members[(members.indexOf(who) + by + members.length) % members.length], false);
}

function search() {
  const words = part("search").value.trim();
  cards.forEach((each) => { each.section.hidden = !holds(each.group, words); });
  const visible = shown();
  if (visible.length && !visible.includes(cards[at])) [at, who] = [cards.indexOf(visible[0]), null];
  say(words ? `${visible.length} of ${cards.length} groups` : "");
  draw();
}

function digit(value) {
  if (!offering) return soon(() => mark(value));
  offering = false;
  const comment = commentsOf(data.groups)[value - 1]?.[0];
  if (comment) soon(() => give({ comment }));
}

const nearer = (by) => soon(() => {
  keep("likeness", Math.min(100, Math.max(60, kept("likeness", 90) + by)));
  return reopen();
});
const other = (by) => soon(() => {
  const index = questions.indexOf(question) + by;
  return questions[index] && open(index);
});
const toggle = (id) => { part(id).checked = !part(id).checked; part(id).dispatchEvent(new Event("change")); };
const accept = () => soon(() => {
  const proposed = cards[at]?.group.empty && scope().some((member) => member.waits);
  return proposed ? mark(0) : onwards();
});
const next = () => soon(() => step(1)), previous = () => soon(() => step(-1));

listen({
  digit, line: (index) => soon(() => tick(index)), Enter: accept,
  h: () => soon(() => mark(withHalf(markOf(scope()[0]), data.points))),
  j: next, n: next, k: previous, p: previous, u: () => soon(undo), x: () => soon(keepApart),
  ArrowRight: () => soon(() => chooseOne(1)), ArrowLeft: () => soon(() => chooseOne(-1)),
  "]": () => other(1), "[": () => other(-1), "+": () => nearer(-5), "-": () => nearer(5),
  s: () => toggle("sentences"), i: () => toggle("names"), "?": () => part("help").showModal(),
  r: () => soon(again),
  m: () => part("comment").focus(), "=": () => part("mark").select(), "/": () => part("search").select(),
  o: () => { offering = true; say("Which comment? 1 – 9"); },
}, (target) => target.matches("textarea, input[type=number], input[type=search]"));

const written = () => soon(() => give({ comment: part("comment").value.trim() || null }));
part("comment").addEventListener("keydown", (event) => {
  const leave = event.key === "Escape", done = event.key === "Enter" && (event.ctrlKey || event.metaKey);
  if (done) written();
  if (!leave && !done) return;
  event.preventDefault();
  part("comment").blur();
  if (leave) drawSides();
});
part("save-comment").addEventListener("click", written);
part("mark").addEventListener("keydown", (event) => ["Enter", "Escape"].includes(event.key) && part("mark").blur());
part("mark").addEventListener("change", () => {
  const value = part("mark").value;
  soon(() => mark(value === "" ? null : Number(value)));
});
part("search").addEventListener("input", search);
part("search").addEventListener("keydown", (event) => {
  if (event.key === "Escape") { part("search").value = ""; search(); }
  if (["Enter", "Escape"].includes(event.key)) part("search").blur();
});
part("likeness").addEventListener("change", () => { keep("likeness", Number(part("likeness").value)); soon(reopen); });
part("names").addEventListener("change", () => soon(reopen));
part("question").addEventListener("change", () => soon(() => open(Number(part("question").value))));
part("undo").addEventListener("click", () => soon(undo));
part("help-button").addEventListener("click", () => part("help").showModal());
part("close-help").addEventListener("click", () => part("help").close());
part("keys").append(...KEYS.map(([key, words]) =>
  element("tr", {}, element("th", { textContent: key }), element("td", { textContent: words }))));
// Marks that others give meanwhile are seen when one comes back to the page.
addEventListener("focus", () => question && soon(reopen));

function listQuestions() {
  if (document.activeElement === part("question")) return;
  part("question").replaceChildren(...questions.map((each, index) => element("option", {
    value: index, textContent: `${each.notebook}: ${each.title} (${each.waiting} of ${each.answers})` })));
  part("question").value = question ? questions.findIndex((each) => pathOf(each) === pathOf(question)) : 0;
}

soon(async () => {
  questions = await ask("questions");
  listQuestions();
  if (!questions.length) return say("No question of this assignment is marked by hand.");
  const before = questions.findIndex((each) => pathOf(each) === kept("question", ""));
  await open(before >= 0 ? before : 0);
});
