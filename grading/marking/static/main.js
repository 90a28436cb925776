// Keys, buttons and fields of the page, and what each of them does.
import { ask, pathOf } from "./api.js";
import { again, comment, give, keepApart, mark, onwards, soon, tick, undo } from "./acts.js";
import { chooseOne, drawSides, here, listQuestions, open, reopen, scope, search, step } from "./board.js";
import { element } from "./cards.js";
import { commentLeft } from "./comment.js";
import { keep, kept } from "./kept.js";
import { KEYS, listen } from "./keys.js";
import { live } from "./live.js";
import { part, say } from "./panel.js";
import { goOnPublishing, publish } from "./publish.js";
import { commentsOf, markOf, withHalf } from "./states.js";

let offering = false; // the next digit chooses a comment given before

const on = (id, event, action) => part(id).addEventListener(event, action);
const toggle = (id) => { part(id).checked = !part(id).checked; part(id).dispatchEvent(new Event("change")); };

here.acts = {
  line: (index) => soon(() => tick(index)),
  comment: (words) => soon(() => give({ comment: words })),
};

function digit(value) {
  if (!offering) return soon(() => mark(value));
  offering = false;
  const words = commentsOf(here.data.groups)[value - 1]?.comment;
  if (words) here.acts.comment(words);
}

const nearer = (by) => soon(() => {
  keep("likeness", Math.min(100, Math.max(60, kept("likeness", 90) + by)));
  return reopen();
});
const other = (by) => soon(() => {
  const index = here.questions.indexOf(here.question) + by;
  return here.questions[index] && open(index);
});
const accept = () => soon(() => {
  const proposed = here.cards[here.at]?.group.empty && scope().some((member) => member.waits);
  return proposed ? mark(0) : onwards();
});
const next = () => soon(() => step(1)), previous = () => soon(() => step(-1));
const publishing = () => publish().catch((error) => say(error.message, true));

listen({
  digit, line: here.acts.line, Enter: accept,
  h: () => soon(() => scope().length && mark(withHalf(markOf(scope()[0]), here.data.points))),
  j: next, n: next, k: previous, p: previous, u: () => soon(undo), x: () => soon(keepApart),
  ArrowRight: () => soon(() => chooseOne(1)), ArrowLeft: () => soon(() => chooseOne(-1)),
  "]": () => other(1), "[": () => other(-1), "+": () => nearer(-5), "-": () => nearer(5),
  s: () => toggle("sentences"), i: () => toggle("names"), "?": () => part("help").showModal(),
  r: () => soon(again), m: () => part("comment").focus(), "=": () => part("mark").select(), "/": () => part("search").select(),
  o: () => { offering = true; say("Which comment? 1 – 9"); }, P: publishing,
}, (target) => target.matches("textarea, input[type=number], input[type=search]"));

on("comment", "keydown", (event) => {
  const leave = event.key === "Escape", done = event.key === "Enter" && (event.ctrlKey || event.metaKey);
  if (done) soon(() => comment(event.shiftKey));
  if (!leave && !done) return;
  event.preventDefault();
  part("comment").blur();
  if (leave) { commentLeft(); drawSides(); }
});
on("save-comment", "click", () => soon(() => comment()));
on("save-places", "click", () => soon(() => comment(true)));
on("mark", "keydown", (event) => ["Enter", "Escape"].includes(event.key) && part("mark").blur());
on("mark", "change", () => {
  const value = part("mark").value;
  soon(() => mark(value === "" ? null : Number(value)));
});
on("search", "input", () => { search(); if (!part("search").value.trim()) say(""); });
on("search", "keydown", (event) => {
  if (event.key === "Escape") { part("search").value = ""; search(); say(""); }
  if (["Enter", "Escape"].includes(event.key)) part("search").blur();
});
on("likeness", "change", () => { keep("likeness", Number(part("likeness").value)); soon(reopen); });
on("names", "change", () => soon(reopen));
on("question", "change", () => soon(() => open(Number(part("question").value))));
on("undo", "click", () => soon(undo));
on("publish", "click", publishing);
on("help-button", "click", () => part("help").showModal());
on("close-help", "click", () => part("help").close());
part("keys").append(...KEYS.map(([key, words]) =>
  element("tr", {}, element("th", { textContent: key }), element("td", { textContent: words }))));

soon(async () => {
  here.questions = await ask("questions");
  listQuestions();
  if (!here.questions.length) return say("No question of this assignment is marked by hand.");
  const before = here.questions.findIndex((each) => pathOf(each) === kept("question", ""));
  await open(before >= 0 ? before : 0);
}).then(() => { live(); return goOnPublishing(); }).catch((error) => say(error.message, true));
