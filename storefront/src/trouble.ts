// What a page shows when it could not be loaded, or when there is nothing to show.

import { h } from "./dom";
import { say } from "./words";

export function failure(again: () => void): HTMLElement {
  return h(
    "div",
    { class: "said", role: "alert" },
    h("strong", {}, say("failed")),
    h("span", {}, say("failedHelp")),
    h("button", { class: "button soft", type: "button", onclick: again }, say("retry")),
  );
}

export function nothing(title: string, help: string): HTMLElement {
  return h(
    "div",
    { class: "said big" },
    h("strong", {}, title),
    h("span", {}, help),
    h("a", { class: "button soft", href: "/shop/", "data-route": "" }, say("home")),
  );
}
