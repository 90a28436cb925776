// The button that makes the feedback of the class again; the server works on it by itself.
import { ask } from "./api.js";
import { part, say } from "./panel.js";

const EVERY = 1000; // milliseconds
let working = false;

function show(now) {
  working = now;
  part("publish").setAttribute("aria-disabled", now);
  part("publish").classList.toggle("working", now);
  part("publish-words").textContent = now ? "Publishing…" : "Publish";
}

async function follow(told) {
  show(true);
  try {
    while (told.working) {
      await new Promise((go) => setTimeout(go, EVERY));
      told = await ask("publish");
    }
    say(told.said ?? "Publishing was stopped with the server.", !told.ok);
  } catch (error) {
    say(`Publishing may go on, but the server does not answer: ${error.message}`, true);
  } finally {
    show(false);
  }
}

export async function publish() {
  if (working) return say("The feedback is being made.");
  show(true);
  say("Making the feedback of the class…");
  try {
    await follow(await ask("publish", {}));
  } finally {
    show(false);
  }
}

// Another page may have begun it.
export async function goOnPublishing() {
  const told = await ask("publish");
  if (told.working) await follow(told);
}
