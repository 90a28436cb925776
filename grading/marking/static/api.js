// Questions and marks, from and to the server.
const { address, xsrf } = document.body.dataset;

export class Refused extends Error {
  constructor(status, message, changed) {
    super(message);
    this.status = status;
    this.changed = changed; // by 409: what is stored of the answers that others have changed
  }
}

// The server's reply to a path below the assignment's; with a body, which is JSON, it writes.
export async function ask(path, body) {
  const headers = { "Content-Type": "application/json", "X-XSRFToken": xsrf };
  const options = body === undefined ? {} : { method: "POST", body: JSON.stringify(body), headers };
  const reply = await fetch(`${address}/${path}`, { credentials: "same-origin", ...options });
  const told = await reply.json().catch(() => ({}));
  if (reply.ok) return told;
  const why = told.reason || told.message || reply.statusText || `error ${reply.status}`;
  throw new Refused(reply.status, why, told.changed);
}

// What is new below a path since the version `etag`, with its own; null where nothing is.
export async function news(path, etag) {
  const headers = etag ? { "If-None-Match": etag } : {};
  const reply = await fetch(`${address}/${path}`, { credentials: "same-origin", headers });
  if (reply.status === 304) return null;
  if (!reply.ok) throw new Refused(reply.status, reply.statusText);
  return { ...(await reply.json()), etag: reply.headers.get("ETag") };
}

export const pathOf = (question) =>
  [question.notebook, question.name].map(encodeURIComponent).join("/");
