// The box in which a comment is written. What is typed stays there until it is saved or left,
// whatever others change meanwhile, and is never saved over what was not seen.
import { part } from "./panel.js";

// While something is typed: the comments that it replaces, by the id of the answer; of those that
// are being marked (`scope`) and of all that have the same one (`places`).
let begun = null;
let shown = { scope: [], places: [] };

const commentsOf = (members) => new Map(members.map((member) => [member.id, member.comment]));
const seen = () => ({ scope: commentsOf(shown.scope), places: commentsOf(shown.places) });
const sameIds = (scope) =>
  scope.length === begun.scope.size && scope.every((member) => begun.scope.has(member.id));

export function drawComment(scope, everybody) {
  const comments = new Set(scope.map((member) => member.comment ?? ""));
  const one = comments.size === 1 ? [...comments][0] : "";
  const places = one ? everybody.filter((member) => member.comment === one) : [];
  shown = { scope, places };
  const box = part("comment"), button = part("save-places");
  if (begun && !sameIds(scope)) begun = null;
  if (!begun && box.value !== one) box.value = one;
  box.placeholder = comments.size > 1 ? "several comments" : "Markdown, $LaTeX$";
  const many = begun ? begun.places.size : places.length;
  button.hidden = many <= scope.length;
  button.textContent = `Save in all ${many}`;
}

export function commentLeft() {
  begun = null;
}

// Takes what was typed: calls `save(comment, ids)` with the ids of the answers that it is for, in
// all `places` that have the one before or in those that are being marked. Returns what to say when
// that can't be.
export async function commentWritten(everywhere, everybody, save) {
  begun ??= seen();
  const before = everywhere ? begun.places : begun.scope;
  if (everywhere && !before.size) return "The answers being marked have no comment in common.";
  const now = commentsOf(everybody.filter((member) => before.has(member.id)));
  const differs = [...before].some(([id, comment]) => now.get(id) !== comment);
  if (differs) {
    begun = seen();
    return "Nothing was saved: somebody else has changed this comment meanwhile. Yours is in the " +
      "box still: save it again to replace theirs, or leave it with Esc.";
  }
  const saved = await save(part("comment").value.trim() || null, new Set(before.keys()));
  begun = saved ? null : seen();
  return null;
}

part("comment").addEventListener("input", () => {
  begun ??= seen();
});
