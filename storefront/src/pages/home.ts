// The front of the shop: the list that follows you, what goes with your last look, what sells.

import { bones } from "../card";
import { h } from "../dom";
import { feedElement, react } from "../feed";
import { makeItems } from "../items";
import { titleOf } from "../names";
import type { Page } from "../route";
import { makeShelf, type Shelf } from "../shelf";
import { here, sk } from "../shop";
import { failure } from "../trouble";
import { say } from "../words";

const RAIL = 8;

function becauseShelf(): Shelf | null {
  const [last] = here.looked();
  if (!last) return null;
  const shelf = makeShelf({
    title: " ",
    surface: "similar",
    items: [last],
    count: RAIL,
    layout: "rail",
    whenEmpty: "hide",
    acted: react,
  });
  void sk.items.one(last).then(
    (item) => shelf.name(say("because", titleOf(item)), ""),
    () => shelf.element.remove(),
  );
  void shelf.refresh();
  return shelf;
}

function popularShelf(): HTMLElement {
  const list = makeItems("rail", true);
  const body = h("div", {}, h("div", { class: "cards rail" }, ...bones(RAIL)));
  const load = async () => {
    try {
      const { items } = await sk.items.find({ sort: "popular", count: 2 * RAIL });
      list.element.replaceChildren();
      list.append(items);
      body.replaceChildren(list.element);
    } catch {
      body.replaceChildren(failure(() => void load()));
    }
  };
  void load();
  return h(
    "section",
    { class: "shelf", "aria-labelledby": "popular" },
    h("header", {}, h("h2", { id: "popular" }, say("popular"))),
    body,
  );
}

export function homePage(): Page {
  const because = becauseShelf();
  const element = h(
    "div",
    { class: "page" },
    h("h1", { class: "unseen" }, say("shop")),
    feedElement("grid"),
    because?.element,
    popularShelf(),
  );
  return { title: "", element, leave: () => because?.stop() };
}
