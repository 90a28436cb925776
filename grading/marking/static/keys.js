// Which key does what. While a text is written, keys are letters.
export const KEYS = [
  ["0 – 9", "the mark; =: any other mark"],
  ["h", "a half more, or the half away"],
  ["a – g", "tick a line of the mark scheme"],
  ["s", "ticked lines go to the comment, or not"],
  ["Enter", "the proposed 0; else on to the next that waits, in the next question too"],
  ["j, n / k, p", "next / previous group"],
  ["→ / ←", "one answer of the group, then all of it"],
  ["x", "keep the chosen answer apart, or put it back"],
  ["m", "write a comment; Ctrl+Enter saves it, Esc leaves it"],
  ["Ctrl+Shift+Enter", "save it in all places: wherever the one before it is, in one action"],
  ["o, then 1 – 9", "a comment given before"],
  ["r", "the mark and comment from before the answer changed, again"],
  ["u", "undo"],
  ["] / [", "next / previous question"],
  ["+ / −", "put more / less different answers together"],
  ["/", "search; Esc ends it"],
  ["i", "names, shown or hidden"],
  ["P (Shift)", "publish: make the feedback of the class again"],
  ["?", "these keys"],
];

// Calls an action for each key. `writing` says whether keys are letters now.
export function listen(actions, writing) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (document.querySelector("dialog[open]") || writing(event.target)) return;
    // A button or a list that has the focus keeps its own keys.
    if (event.key === "Enter" && event.target.closest("button, summary, a")) return;
    if (event.target.matches("select, input[type=range]") && /^(Arrow|\d)/.test(event.key)) return;
    const action = actions[event.key] ??
      (/^\d$/.test(event.key) ? () => actions.digit(Number(event.key)) :
        /^[a-g]$/.test(event.key) ? () => actions.line(event.key.charCodeAt(0) - 97) : null);
    if (!action) return;
    event.preventDefault();
    action();
  });
}
