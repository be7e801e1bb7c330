// The top of every page: name, search, categories, language, colours, sign-in, cart.

import { departments } from "./categories";
import { h, icon } from "./dom";
import { renew } from "./feed";
import { term } from "./names";
import { fillPanel } from "./panel";
import { go } from "./route";
import { sk } from "./shop";
import { onCart, state } from "./state";
import { say } from "./words";

let input: HTMLInputElement | null = null;
let nav: HTMLElement | null = null;
let cart: HTMLElement | null = null;

onCart(fillCart);

function fillCart(): void {
  const pieces = state.pieces;
  cart?.setAttribute("aria-label", say("cart") + (pieces > 0 ? " " + pieces : ""));
  cart?.replaceChildren(
    icon("cart"),
    h("b", { class: "count", hidden: pieces === 0 }, String(pieces)),
  );
}

function searchForm(): HTMLElement {
  input = h("input", {
    type: "search",
    name: "q",
    placeholder: say("searchHint"),
    "aria-label": say("search"),
    autocomplete: "off",
    maxlength: 80,
  });
  const submit = (event: Event) => {
    event.preventDefault();
    const words = input!.value.trim();
    if (!words) return;
    sk.event("search", { search_term: words });
    go("/shop/search?q=" + encodeURIComponent(words));
  };
  return h(
    "form",
    { class: "search", role: "search", action: "/shop/search", onsubmit: submit },
    input,
    h("button", { class: "round", type: "submit", "aria-label": say("search") }, icon("search")),
  );
}

function themeButton(): HTMLElement {
  const name = () => say(state.theme === "dark" ? "light" : "dark");
  const button = h(
    "button",
    {
      class: "round",
      type: "button",
      "aria-label": name(),
      onclick: () => {
        state.theme = state.theme === "dark" ? "light" : "dark";
        button.setAttribute("aria-label", name());
        button.replaceChildren(icon(state.theme === "dark" ? "sun" : "moon"));
      },
    },
    icon(state.theme === "dark" ? "sun" : "moon"),
  );
  return button;
}

async function signedIn(button: HTMLElement): Promise<void> {
  label(button);
  fillPanel();
  await renew();
}

function label(button: HTMLElement): void {
  const name = state.customer ? say("signOut") + " " + state.customer : say("signIn");
  button.setAttribute("aria-label", name);
  button.replaceChildren(icon("person"), h("span", {}, state.customer ?? say("signIn")));
}

function signInDialog(done: () => void): void {
  const id = h("input", {
    name: "customer",
    required: true,
    pattern: "\\S{1,128}",
    value: "c1",
    id: "customer",
  });
  const submit = async () => {
    state.customer = id.value.trim();
    await sk.login(state.customer);
    done();
  };
  const dialog = h(
    "dialog",
    { class: "dialog", "aria-labelledby": "sign-in", onclose: () => dialog.remove() },
    h(
      "form",
      { method: "dialog", class: "stack", onsubmit: () => void submit() },
      h("h2", { id: "sign-in" }, say("signInAs")),
      h("p", { class: "quiet" }, say("signInHelp")),
      h("label", { for: "customer" }, say("customerId")),
      id,
      h(
        "div",
        { class: "row" },
        h(
          "button",
          { class: "button soft", type: "button", onclick: () => dialog.close() },
          say("cancel"),
        ),
        h("button", { class: "button", type: "submit" }, say("signIn")),
      ),
    ),
  );
  document.body.append(dialog);
  dialog.showModal();
  id.select();
}

function personButton(): HTMLElement {
  const button = h("button", {
    class: "pill",
    type: "button",
    onclick: () => {
      if (!state.customer) return signInDialog(() => void signedIn(button));
      state.customer = null;
      sk.logout();
      void signedIn(button);
    },
  });
  label(button);
  return button;
}

export function makeHeader(speak: () => void): HTMLElement {
  cart = h("a", { class: "pill", href: "/shop/cart", "data-route": "", "data-cart": "" });
  fillCart();
  nav = h("nav", { class: "departments", "aria-label": say("categories") });
  return h(
    "header",
    { class: "header" },
    h(
      "div",
      { class: "bar" },
      h(
        "a",
        { class: "brand", href: "/shop/", "data-route": "" },
        h("span", { class: "seal", "aria-hidden": "true" }, "掌"),
        h("span", { class: "brand-name" }, say("shop")),
      ),
      searchForm(),
      h(
        "div",
        { class: "tools" },
        h(
          "button",
          {
            class: "pill",
            type: "button",
            lang: state.language === "zh" ? "en" : "zh-CN",
            onclick: speak,
            "data-language": "",
          },
          say("otherLanguage"),
        ),
        themeButton(),
        personButton(),
        cart,
      ),
    ),
    nav,
  );
}

let current: string | null = null;

/** Asked again on the next page when the server could not be reached. */
async function fillNav(): Promise<void> {
  if (nav?.hasChildNodes()) return;
  const names = await departments();
  const link = (name: string) =>
    h(
      "a",
      { href: "/shop/category/" + encodeURIComponent(name), "data-route": "", "data-name": name },
      term(name),
    );
  nav?.replaceChildren(...names.map(link));
  markNav();
}

/** Shows where the visitor is. */
export function markHeader(path: string[], query: URLSearchParams): void {
  void fillNav();
  current = path[0] === "category" ? (path[1] ?? null) : null;
  if (input) input.value = path[0] === "search" ? (query.get("q") ?? "") : "";
  markNav();
}

function markNav(): void {
  for (const link of nav?.querySelectorAll<HTMLElement>("a") ?? []) {
    if (link.dataset.name === current) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}
