// The open question and its groups: what is shown, and which answers are being marked.
import { ask, pathOf } from "./api.js";
import { card, lazily, update } from "./cards.js";
import { commentLeft, drawComment } from "./comment.js";
import { keep, kept, keptTicks, secondsFor } from "./kept.js";
import { drawOffered, drawProgress, drawQuestion, drawScope, part, say } from "./panel.js";
import { holds, membersOf, ticksOf } from "./states.js";

// questions: all of the assignment. data: the open one's. at: the card that is being marked, one
// of `cards`. who: the one answer of it that was chosen, or null for the whole group. changed: the
// ids of answers that somebody else has just changed.
// acts: what a click on a line or an offered comment does.
export const here = {
  questions: [], question: null, data: { groups: [], lines: [], points: 0 }, cards: [], at: 0,
  who: null, changed: new Set(), acts: {},
};
const near = lazily((ids) => ask(`${pathOf(here.question)}/answers?ids=${ids.join(",")}`));

export const everybody = () => here.data.groups.flatMap(membersOf);
export const scope = () => {
  const current = here.cards[here.at];
  return here.who ? [here.who] : current ? membersOf(current.group) : [];
};
// The lines ticked for what is being marked.
export const ticks = () => {
  const [first] = scope(), { lines, points } = here.data;
  return first ? ticksOf(first, lines, points, keptTicks(pathOf(here.question))[first.id]) : new Set();
};
export const waits = (each) => membersOf(each.group).some((member) => member.waits);
export const visible = () => here.cards.filter((each) => !each.section.hidden);

const drawCard = (each, index) => update(each, index === here.at, here.who, here.changed);

export function draw() {
  here.cards.forEach(drawCard);
  drawSides();
}

export function drawSides() {
  drawScope(scope(), here.who, ticks());
  drawComment(scope(), everybody());
  drawOffered(here.data.groups, here.acts.comment);
  here.question.waiting = everybody().filter((member) => member.waits).length;
  drawProgress(everybody(), secondsFor(here.cards.filter(waits).length));
  listQuestions();
}

export function listQuestions() {
  if (document.activeElement === part("question")) return;
  part("question").replaceChildren(...here.questions.map((each, index) => new Option(
    `${each.notebook}: ${each.title} (${each.waiting} of ${each.answers})`, index)));
  part("question").value = Math.max(here.questions.indexOf(here.question), 0);
}

// stay: where one was in the question, as `place` gives it.
export async function open(index, stay = null) {
  const question = here.questions[index];
  const likeness = kept("likeness", 90), apart = kept(`apart:${pathOf(question)}`, []).join(",");
  const names = part("names").checked ? "&names=1" : "";
  const path = `${pathOf(question)}?likeness=${likeness}&apart=${apart}${names}`;
  const data = await ask(path);
  if (question !== here.question) {
    commentLeft();
    say("");
  }
  Object.assign(here, { question, data });
  part("question").value = index;
  keep("question", pathOf(question));
  part("likeness").value = likeness;
  part("likeness-words").textContent = likeness === 100 ? "equal only" : `${likeness} %`;
  drawQuestion(data, here.acts.line);
  near.disconnect();
  here.cards = data.groups.map((group) =>
    card(group, data.code, (member) => choose(group, member)));
  part("groups").replaceChildren(...here.cards.map((each) => each.section));
  part("groups").querySelectorAll(".answer").forEach((body) => near.observe(body));
  const has = (id) => (each) => membersOf(each.group).some((member) => member.id === id);
  here.who = stay?.who ? everybody().find((member) => member.id === stay.who) ?? null : null;
  here.at = Math.max(here.cards.findIndex(stay ? has(stay.id) : waits), 0);
  search();
  if (!stay) here.cards[here.at]?.section.scrollIntoView({ block: "nearest" });
}

const place = () => ({ id: scope()[0]?.id, who: here.who?.id });
export const reopen = () => open(here.questions.indexOf(here.question), place());

function choose(group, member) {
  go(here.cards.findIndex((each) => each.group === group), member, false);
}

export function go(index, member = null, scroll = true) {
  const before = here.at;
  Object.assign(here, { at: index, who: member });
  for (const each of new Set([before, index])) if (here.cards[each]) drawCard(here.cards[each], each);
  drawSides();
  if (scroll) here.cards[index]?.section.scrollIntoView({ block: "nearest" });
}

export function step(by) {
  const next = visible()[visible().indexOf(here.cards[here.at]) + by];
  if (next) go(here.cards.indexOf(next));
}

export function chooseOne(by) {
  if (!here.cards.length) return;
  const members = [null, ...membersOf(here.cards[here.at].group)];
  const next = (members.indexOf(here.who) + by + members.length) % members.length;
  go(here.at, members[next], false);
}

export function search() {
  const words = part("search").value.trim();
  here.cards.forEach((each) => { each.section.hidden = !holds(each.group, words); });
  const found = visible();
  if (found.length && !found.includes(here.cards[here.at])) {
    Object.assign(here, { at: here.cards.indexOf(found[0]), who: null });
  }
  if (words) say(`${found.length} of ${here.cards.length} groups`);
  draw();
}

// Show what the gradebook holds of some answers.
export function take(states) {
  for (const member of everybody()) Object.assign(member, states[member.id]);
  here.cards.forEach((each, index) =>
    membersOf(each.group).some((member) => states[member.id]) && drawCard(each, index));
  drawSides();
}
