// Items of the catalogue as a list of cards: no decision stands behind it, clicks are told all
// the same.

import type { Item } from "@shopkeeper/web";
import { makeCard } from "./card";
import { react } from "./feed";
import { here, sk } from "./shop";

/** `suggests`: the shop chose them, so each card says why. */
export function makeItems(
  layout: "grid" | "rail",
  suggests = false,
): {
  element: HTMLElement;
  append(items: Item[]): void;
} {
  const element = document.createElement("div");
  element.className = "cards " + layout;
  const chosen = (event: MouseEvent) => {
    const target = event.target as Element;
    const card = target.closest<HTMLElement>("[data-item]");
    if (!card || target.closest("button")) return;
    const index = [...element.children].indexOf(card);
    sk.event("select_item", { items: [{ item_id: card.dataset.item!, index }] }, true);
    here.look(card.dataset.item!);
    react("select_item");
  };
  element.addEventListener("click", chosen);
  return {
    element,
    append: (items) => {
      const shown = items.filter((item) => !here.isHidden(item.item_id));
      const gone = (card: HTMLElement) => card.remove();
      const host = { standing: () => null, suggests, acted: react, gone };
      element.append(...shown.map((item) => makeCard(item, host)));
    },
  };
}
