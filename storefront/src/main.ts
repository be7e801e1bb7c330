// Starts the shop: one frame, one page at a time, addresses that can be shared.

import { mountBanner } from "./banner";
import { h } from "./dom";
import { dropFeed } from "./feed";
import { makeHeader, markHeader } from "./header";
import { mountNotice } from "./notice";
import { browsePage } from "./pages/browse";
import { cartPage } from "./pages/cart";
import { checkoutPage, donePage } from "./pages/checkout";
import { homePage } from "./pages/home";
import { itemPage } from "./pages/item";
import { nowherePage } from "./pages/nowhere";
import { fillPanel, mountPanel } from "./panel";
import { onRoute, type Page } from "./route";
import { sk } from "./shop";
import { state } from "./state";
import { say } from "./words";

const root = document.querySelector<HTMLElement>("#shop")!;
const main = h("main", { id: "main", tabindex: -1 });
let page: Page | null = null;

function pageOf(path: string[], query: URLSearchParams): Page {
  const [kind, name] = path;
  if (!kind) return homePage();
  if (kind === "category" && name) return browsePage({ category: name });
  if (kind === "search") return browsePage({ query: query.get("q") ?? "" });
  if (kind === "item" && name) return itemPage(name);
  if (kind === "cart") return cartPage();
  if (kind === "checkout") return checkoutPage();
  if (kind === "done" && name) return donePage(name);
  return nowherePage();
}

function show(path: string[], query: URLSearchParams, arrived: boolean): void {
  page?.leave?.();
  page = pageOf(path, query);
  document.title = page.title ? page.title + " · " + say("shop") : say("shop");
  main.replaceChildren(page.element);
  markHeader(path, query);
  if (!arrived) return;
  scrollTo({ top: 0, behavior: "instant" });
  main.focus({ preventScroll: true });
}

/** Everything that carries words is made anew. */
function frame(): void {
  document.documentElement.lang = state.language === "zh" ? "zh-CN" : "en";
  sk.language = state.language;
  dropFeed();
  const speak = () => {
    state.language = state.language === "zh" ? "en" : "zh";
    frame();
  };
  const footer = h(
    "footer",
    { class: "footer" },
    h("p", {}, say("footer")),
    h(
      "button",
      { class: "link", type: "button", onclick: () => mountBanner(true) },
      say("privacy"),
    ),
  );
  const skip = h("a", { class: "skip", href: "#main" }, say("skip"));
  root.replaceChildren(skip, makeHeader(speak), main, footer);
  mountBanner(false);
  fillPanel();
  onRoute(show);
}

mountNotice();
mountPanel();
frame();
