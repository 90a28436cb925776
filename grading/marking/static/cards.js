// Groups of answers as cards. The server has made their HTML harmless; it is fetched when it is near.
import { markOf, membersOf } from "./states.js";

export function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

// A card with its parts; `choose(member)` is called when one answer of it is chosen, or null.
export function card(group, code, choose) {
  const head = element("h2");
  const section = element("div", { className: "card" }, head);
  section.setAttribute("role", "listitem"); // of #groups
  const variants = group.variants.map((variant) => {
    const body = element("div", { className: code ? "answer code" : "answer prose", textContent: "…" });
    body.dataset.id = variant.members[0].id;
    const chips = element("div", { className: "chips" });
    const earlier = element("div");
    section.append(element("div", { className: "variant" }, body, chips, earlier));
    return { variant, chips, earlier };
  });
  head.addEventListener("click", () => choose(null));
  section.addEventListener("click", (event) => event.target === section && choose(null));
  return { group, section, head, variants, choose };
}

// Show what has changed: the marks, and which answers are being marked.
export function update(shown, current, who, changed) {
  const members = membersOf(shown.group);
  const texts = shown.variants.length;
  const count = members.length === 1 ? "1 answer" : `${members.length} answers`;
  const open = members.some((member) => member.waits);
  const kind = shown.group.empty ? ` without text${open ? ": 0 proposed (Enter)" : ""}`
    : members[0].apart ? ", kept apart" : texts > 1 ? `, ${texts} alike` : members.length > 1 ? ", equal" : "";
  shown.head.replaceChildren(count + kind, element("span", { className: "marks" }, summary(members)));
  shown.section.classList.toggle("current", current);
  shown.section.setAttribute("aria-current", current);
  shown.section.classList.toggle("marked", !open);
  for (const { variant, chips, earlier } of shown.variants) {
    earlier.replaceChildren(...variant.members.filter(changedSince).map((member) => before(member, members.length > 1)));
    chips.replaceChildren(...variant.members.map((member) => chip(member, current && who === member, shown.choose)));
  }
  shown.section.querySelectorAll(".comments, .others").forEach((each) => each.remove());
  if (members.some((member) => changed.has(member.id))) {
    shown.head.after(element("p", { className: "others", textContent: "Somebody else has just changed this." }));
  }
  const comments = new Map(members.filter((member) => member.comment).map((member) => [member.comment, member.html]));
  if (comments.size) {
    shown.section.append(element("div", { className: "comments" },
      ...[...comments.values()].map((innerHTML) => element("div", { className: "prose", innerHTML }))));
  }
}

// Whether an answer is another one than was marked, and has no new mark yet.
export const changedSince = (member) => Boolean(member.earlier) && member.mark === null;

const nameOf = (member) => member.submission ?? `no. ${member.number}`;

// What was given to an answer before it changed, and what changed: the server has escaped it.
function before(member, named) {
  const { mark, comment, changed } = member.earlier;
  const gave = [mark === null ? "no mark" : `${mark}`, ...(comment ? [`“${comment}”`] : [])].join(", ");
  const box = element("div", { className: "earlier" },
    element("p", {}, element("b", { textContent: `${named ? `${nameOf(member)}: marked` : "Marked"} before: ` }), gave, " ",
      element("kbd", { textContent: "r" })));
  if (changed === null) {
    box.append(element("p", { textContent: "The answer is the same; the question has other marks now." }));
    return box;
  }
  box.append(element("p", {}, "Changed since: ", element("del", { textContent: "taken out" }), " ",
    element("ins", { textContent: "put in" })), element("div", { className: "changed", innerHTML: changed }));
  return box;
}

function chip(member, chosen, choose) {
  const mark = markOf(member);
  const words = `${nameOf(member)}${mark === null ? "" : `: ${mark}`}`;
  const made = element("button", { type: "button", textContent: words });
  made.setAttribute("aria-pressed", chosen);
  made.addEventListener("click", () => choose(chosen ? null : member));
  return made;
}

function summary(members) {
  const counts = new Map();
  for (const member of members) {
    const words = member.waits ? (member.mark === null ? "to mark" : `${member.mark}, look again`) : markOf(member);
    counts.set(words, (counts.get(words) ?? 0) + 1);
  }
  if (counts.size === 1) return String([...counts.keys()][0]);
  return [...counts].map(([words, count]) => `${words} × ${count}`).join(" · ");
}

// Fetches the HTML of answers that come near, many in one request.
export function lazily(fetchHtml) {
  const near = new IntersectionObserver((seen) => {
    const bodies = seen.filter((each) => each.isIntersecting).map((each) => each.target);
    bodies.forEach((body) => near.unobserve(body));
    if (bodies.length) fill(bodies, fetchHtml);
  }, { rootMargin: "1200px" });
  return near;
}

async function fill(bodies, fetchHtml) {
  for (let from = 0; from < bodies.length; from += 40) {
    const some = bodies.slice(from, from + 40);
    const found = await fetchHtml(some.map((body) => body.dataset.id));
    for (const body of some) {
      body.innerHTML = found[body.dataset.id] ?? "";
      if (!body.textContent.trim() && !body.querySelector("img")) body.textContent = "(nothing)";
      body.querySelectorAll("a[href]").forEach((link) => { link.target = "_blank"; });
    }
  }
}
