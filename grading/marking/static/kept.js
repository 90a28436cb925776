// What this browser remembers of an assignment, and how fast its marker is.
const own = `marking:${document.body.dataset.assignment}`;
export const kept = (name, otherwise) =>
  JSON.parse(localStorage.getItem(`${own}:${name}`)) ?? otherwise;
export const keep = (name, value) => localStorage.setItem(`${own}:${name}`, JSON.stringify(value));


// The lines ticked for answers of a question, by id.
export const keptTicks = (path) => kept(`ticks:${path}`, {});
export const keepTicks = (path, some) => keep(`ticks:${path}`, { ...keptTicks(path), ...some });

const BREAK = 300; // seconds: longer pauses are no work
const pace = { seconds: 0, groups: 0, last: null };

// A group was marked.
export function keepPace() {
  const now = Date.now() / 1000;
  if (pace.last && now - pace.last < BREAK) {
    pace.seconds += now - pace.last;
    pace.groups += 1;
  }
  pace.last = now;
}

// The seconds that some groups will take, once that can be guessed; else null.
export const secondsFor = (groups) =>
  pace.groups > 2 ? (groups * pace.seconds) / pace.groups : null;
