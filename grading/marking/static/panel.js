// The question beside its answers: mark scheme, mark and comment of what is being marked.
import { element } from "./cards.js";
import { commentsOf, markOf } from "./states.js";

export const part = (id) => document.getElementById(id);

export function drawQuestion(data, tick) {
  part("title").textContent = data.title;
  part("text").innerHTML = data.text;
  part("scheme").innerHTML = data.scheme;
  part("scheme-box").open = !data.lines.length;
  part("sentences-label").hidden = !data.lines.length;
  part("points").textContent = data.points;
  part("mark").max = data.points;
  part("lines").replaceChildren(...data.lines.map((line, index) => {
    const words = element("span", { innerHTML: line.html });
    const key = element("kbd", { textContent: String.fromCharCode(97 + index) });
    const marks = element("b", { textContent: line.marks });
    const made = element("button", { type: "button" }, index < 7 ? key : "", marks, words);
    made.classList.toggle("instead", line.instead !== null);
    made.addEventListener("click", () => tick(index));
    return made;
  }));
}

export function drawScope(scope, who, ticks) {
  const marks = new Set(scope.map(markOf));
  const typing = document.activeElement === part("mark");
  if (!typing) part("mark").value = marks.size === 1 ? [...marks][0] ?? "" : "";
  part("mark").placeholder = marks.size > 1 ? "several" : "";
  part("scope").textContent = who ? "the one chosen" : scope.length === 1 ? "this answer" : `all ${scope.length} of the group`;
  [...part("lines").children].forEach((line, index) => line.setAttribute("aria-pressed", ticks.has(index)));
}

export function drawOffered(groups, give) {
  const found = commentsOf(groups).slice(0, 9);
  const title = element("h3", {}, "Given before ", element("kbd", { textContent: "o" }));
  part("offered").replaceChildren(...(found.length ? [title] : []),
    ...found.map(({ comment, html, count }, index) => {
      const button = element("button", { type: "button" }, element("kbd", { textContent: index + 1 }), ` × ${count}`);
      button.setAttribute("aria-label", `Comment ${index + 1}, given to ${count}: ${comment}`);
      button.addEventListener("click", () => give(comment));
      return element("div", {}, button, element("div", { className: "prose", innerHTML: html }));
    }));
}

// left: seconds, where they can be guessed.
export function drawProgress(members, left) {
  const done = members.filter((member) => !member.waits).length;
  part("progress").max = members.length || 1;
  part("progress").value = done;
  const minutes = left ? `, about ${Math.ceil(left / 60)} min left` : "";
  part("done").textContent = `${done} / ${members.length}${minutes}`;
}

export function say(words, bad = false) {
  part("said").textContent = words;
  part("said").classList.toggle("bad", bad);
}
