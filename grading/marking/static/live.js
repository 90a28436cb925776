// Marks that others give meanwhile: the server is asked for them while the page is looked at.
import { news, pathOf } from "./api.js";
import { saves, soon } from "./acts.js";
import { draw, everybody, here, reopen, take } from "./board.js";
import { part } from "./panel.js";
import { same } from "./states.js";

const EVERY = 3000; // milliseconds
const BRIEFLY = 10_000;
let known = { path: null, etag: null }, timer = null, forgetting = null;

const tell = (words) => {
  if (part("others").textContent !== words) part("others").textContent = words;
};

async function look() {
  clearTimeout(timer);
  if (document.hidden) return;
  try {
    if (here.question) await ask();
  } catch {
    tell("The server does not answer: marks of others are not shown.");
  }
  clearTimeout(timer);
  timer = setTimeout(look, EVERY);
}

async function ask() {
  const path = pathOf(here.question), before = saves.count;
  // A hub that ends servers nobody uses doesn't take this for use.
  const told = await news(`${path}/states?no_track_activity=1`, known.path === path ? known.etag : null);
  if (part("others").textContent.startsWith("The server")) tell("");
  if (!told) return; // nothing is new
  await soon(() => {
    if (path !== pathOf(here.question) || before !== saves.count) return null; // too old by now
    known = { path, etag: told.etag };
    return receive(told.states, told.questions);
  });
}

async function receive(states, questions) {
  for (const each of here.questions) {
    Object.assign(each, questions.find((other) => pathOf(other) === pathOf(each)));
  }
  const members = everybody();
  const others = members.filter((member) => states[member.id] && !same(member, states[member.id]));
  others.forEach((member) => here.changed.add(member.id));
  if (members.length !== Object.keys(states).length || members.some(({ id }) => !states[id])) {
    await reopen();
    tell("Submissions were graded meanwhile: the page shows them.");
  } else {
    take(Object.fromEntries(others.map((member) => [member.id, states[member.id]])));
  }
  if (!others.length) return;
  tell(`Somebody else changed ${others.length === 1 ? "1 answer" : `${others.length} answers`}.`);
  clearTimeout(forgetting);
  forgetting = setTimeout(() => { here.changed.clear(); tell(""); draw(); }, BRIEFLY);
}

export function live() {
  document.addEventListener("visibilitychange", look);
  addEventListener("focus", look);
  look();
}
