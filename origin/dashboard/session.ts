import { button, byId, element } from "./dom.js";

/** Who looks at this page. The tokens are in cookies that no script can read. */
export interface User {
  id: string;
  display_name: string;
  role: "user" | "agent" | "admin";
}

const post = (path: string, body: unknown): Promise<Response> =>
  fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

let renewing: Promise<boolean> | undefined;
let asking: Promise<void> | undefined;

/** Whether there is an access token again. Requests that find it run out at once share one exchange. */
async function renew(): Promise<boolean> {
  renewing ??= post("/auth/refresh", {})
    .then((response) => response.ok)
    .catch(() => false)
    .finally(() => (renewing = undefined));
  return renewing;
}

/**
 * `fetch` for those who are signed in: where the access token has run out, it is renewed; where there is none, the sign-in is shown,
 * and the request goes on when it has succeeded.
 */
export async function signedFetch(path: string, init: RequestInit = {}): Promise<Response> {
  const first = await fetch(path, init);
  if (first.status !== 401) return first;
  if (!(await renew())) await askToSignIn();
  return fetch(path, init);
}

/** Resolves when somebody has signed in. */
export function askToSignIn(): Promise<void> {
  asking ??= new Promise<void>((resolve) => {
    const dialog = makeDialog(() => {
      dialog.remove();
      asking = undefined;
      void showAccount();
      resolve();
    });
    document.body.append(dialog);
    dialog.showModal();
  });
  return asking;
}

function field(label: string, input: HTMLInputElement): HTMLLabelElement {
  return element("label", { class: "field" }, label, input);
}

function makeInput(type: string, name: string, autocomplete: AutoFill): HTMLInputElement {
  const input = element("input", { type });
  Object.assign(input, { name, autocomplete, required: true });
  return input;
}

function makeDialog(onDone: () => void): HTMLDialogElement {
  const email = makeInput("email", "email", "username");
  const password = makeInput("password", "password", "current-password");
  const problem = element("p", { class: "notice problem" });
  problem.hidden = true;
  problem.setAttribute("role", "alert");
  const submit = element("button", { type: "submit", class: "primary" }, "Sign in");
  const form = element("form", {}, field("E-mail", email), field("Password", password), problem, submit);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit.disabled = true;
    void trySignIn(email.value, password.value).then((complaint) => {
      submit.disabled = false;
      problem.hidden = complaint === "";
      problem.textContent = complaint;
      if (complaint === "") onDone();
      else password.select();
    });
  });
  const hint = element(
    "p",
    { class: "quiet" },
    "No account yet? On the origin’s machine: ",
    element("code", {}, "mayday-origin admin create --email you@example.com"),
  );
  const dialog = element("dialog", { class: "sign-in", aria: { labelledby: "sign-in-title" } });
  dialog.append(element("h2", { id: "sign-in-title" }, "Sign in to Mayday"), form, hint);
  // There is nothing behind it to go back to.
  dialog.addEventListener("cancel", (event) => event.preventDefault());
  return dialog;
}

/** Empty where it succeeded, else what to tell. */
async function trySignIn(email: string, password: string): Promise<string> {
  let response: Response;
  try {
    response = await post("/auth/login", { email, password, cookie: true });
  } catch {
    return "The origin can’t be reached.";
  }
  if (response.ok) {
    const { user } = (await response.json()) as { user: User };
    if (user.role !== "user") return "";
    await post("/auth/logout", {});
    return "This account is no agent’s: the dashboard is for agents and admins.";
  }
  if (response.status === 429) return `Too many tries. Wait ${response.headers.get("retry-after") ?? "some"} s.`;
  if (response.status === 401) return "E-mail or password is wrong.";
  return `The origin answered with status ${response.status}.`;
}

/** Shows who is signed in, and the way out. */
export async function showAccount(): Promise<User | undefined> {
  const response = await fetch("/auth/me");
  if (!response.ok) return undefined;
  const { user } = (await response.json()) as { user: User };
  const account = byId("account");
  account.hidden = false;
  account.replaceChildren(
    element("span", { class: "quiet", title: user.id }, user.display_name || user.role),
    button("Sign out", () => void post("/auth/logout", {}).then(() => location.reload())),
  );
  return user;
}
