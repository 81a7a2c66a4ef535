// What the pages around signing in share: calls of the API, and saying in words what it refuses.

const API = "/api/v1";
const page = document.body.dataset;
const failure = document.querySelector("#failure");

/** The secret of the link by which the page was opened; browsers send what follows "#" to no server. */
export const secretOfLink = () => decodeURIComponent(location.hash.slice(1));

export function tell(words) {
  failure.textContent = words;
  failure.hidden = !words;
}

/** Call the API; the answer's document, or null once the reader was told what is wrong. */
export async function call(method, path, body) {
  const headers = { "Accept-Language": document.documentElement.lang, "Content-Type": "application/json" };
  if (page.csrf) headers["X-CSRF-Token"] = page.csrf;
  tell("");
  try {
    const response = await fetch(API + path, { method, headers, body: body && JSON.stringify(body) });
    const text = await response.text();
    const answer = text ? JSON.parse(text) : {};
    if (response.ok) return answer;
    tell(answer.detail ?? page.unreachable);
  } catch {
    tell(page.unreachable);
  }
  return null;
}

/** Do the work of a form when it is sent, once at a time. */
export function onSubmit(form, work) {
  const button = form.querySelector("button");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    await work(new FormData(form));
    button.disabled = false;
  });
}

/** Show a part of the page that needs the link's secret, or the one that says how to get it. */
export function showBySecret() {
  const part = secretOfLink() ? "#with-secret" : "#without-secret";
  document.querySelector(part).hidden = false;
}

export const goOn = () => location.replace(page.next);

// Another language must not cost the secret.
for (const link of document.querySelectorAll("#languages a")) {
  link.addEventListener("click", () => { link.hash = location.hash; });
}

const shown = document.querySelector("#shown");
shown?.addEventListener("change", () => {
  document.querySelector("#password").type = shown.checked ? "text" : "password";
});
