// What the gradebook holds of an answer (mark, comment, waits), and what becomes of it.
const FIELDS = ["mark", "comment", "waits"];

export const stateOf = (member) => Object.fromEntries(FIELDS.map((field) => [field, member[field]]));
export const same = (one, other) => FIELDS.every((field) => one[field] === other[field]);
export const membersOf = (group) => group.variants.flatMap((variant) => variant.members);
export const markOf = (member) => member.mark ?? (member.waits ? null : member.automatic ?? 0);

// The changes that give answers a mark or a comment; none for those that have it.
export function changesTo(members, wanted) {
  const changes = {};
  for (const member of members) {
    const seen = stateOf(member);
    const to = { ...seen, ...wanted };
    if ("mark" in wanted) to.waits = wanted.mark === null && member.automatic === null;
    if (!same(seen, to)) changes[member.id] = { seen, to };
  }
  return changes;
}

export const reversed = (changes) =>
  Object.fromEntries(Object.entries(changes).map(([id, { seen, to }]) => [id, { seen: to, to: seen }]));

// A half more, or a half less where there is one.
export function withHalf(mark, points) {
  const now = mark ?? 0;
  return now % 1 ? Math.floor(now) : Math.min(now + 0.5, points);
}

// The lines ticked after a click on one: a line and what stands in its place exclude each other.
export function ticked(before, index, lines) {
  const after = new Set(before);
  if (after.delete(index)) return after;
  const root = lines[index].instead ?? index;
  lines.forEach((line, other) => {
    if (other === root || line.instead === root) after.delete(other);
  });
  return after.add(index);
}

export const sum = (ticks, lines, points) =>
  Math.min(points, [...ticks].reduce((total, index) => total + lines[index].marks, 0));

// The lines that made a member's mark: those that this browser remembers, else those whose sentences
// are in the comment; none where the mark is another one.
export function ticksOf(member, lines, points, remembered) {
  const made = (ticks) => ticks.size > 0 && sum(ticks, lines, points) === member.mark;
  const said = (member.comment ?? "").split("\n");
  const told = [...lines.keys()].filter((index) => said.includes(lines[index].text));
  const known = (remembered ?? []).filter((index) => lines[index]);
  return [known, told].map((ticks) => new Set(ticks)).find(made) ?? new Set();
}

// The comment with the sentences of ticked lines, after what else is in it.
export function withSentences(comment, ticks, lines) {
  const sentences = new Set(lines.map((line) => line.text));
  const own = (comment ?? "").split("\n").filter((text) => !sentences.has(text));
  const all = [...own, ...lines.filter((_, index) => ticks.has(index)).map((line) => line.text)];
  return all.join("\n").trim() || null;
}

// The comments of a question with their HTML and how many answers have each, the most used first.
export function commentsOf(groups) {
  const counts = new Map();
  for (const { comment, html } of groups.flatMap(membersOf)) {
    if (comment) counts.set(comment, { comment, html, count: (counts.get(comment)?.count ?? 0) + 1 });
  }
  return [...counts.values()].sort((one, other) =>
    other.count - one.count || (one.comment < other.comment ? -1 : 1));
}

const plain = (text) => text.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "");
export const holds = (group, words) =>
  !words || group.variants.some(
    (variant) => plain(variant.text).includes(plain(words)) ||
      variant.members.some((member) => plain(member.submission ?? "").includes(plain(words))));
