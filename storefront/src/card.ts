// An item in a list: picture, title, price, and what one can do with it.

import type { EventName, Item } from "@shopkeeper/web";
import { h, icon } from "./dom";
import { priceOf, term, titleOf } from "./names";
import { notice } from "./notice";
import { picture } from "./picture";
import { openWhy, type Standing } from "./reasons";
import { here, sk } from "./shop";
import { quantityOf, setQuantity } from "./state";
import { say } from "./words";

export interface CardHost {
  /** Null in lists that no decision made. */
  standing(): Standing | null;
  /** Whether the list suggests its items, or only holds what was asked for. */
  suggests: boolean;
  /** The event was told; lists may follow it. */
  acted(event: EventName): void;
  gone(card: HTMLElement): void;
}

const saved = new Set<string>();

export function makeCard(item: Item, host: CardHost): HTMLElement {
  const line = { item_id: item.item_id, ...(item.price === null ? {} : { price: item.price }) };
  const act = (event: EventName) => {
    const decision = host.standing()?.answer.decision_id;
    sk.event(event, { items: [line], ...(decision ? { decision_id: decision } : {}) }, true);
    host.acted(event);
  };
  const title = titleOf(item);
  const out = item.stock === 0;
  const wish = h(
    "button",
    {
      class: "round wish",
      type: "button",
      "aria-label": say("wish") + " " + title,
      "aria-pressed": String(saved.has(item.item_id)),
      onclick: () => {
        saved.add(item.item_id);
        wish.setAttribute("aria-pressed", "true");
        notice(say("wished"));
        act("add_to_wishlist");
      },
    },
    icon("heart"),
  );
  const add = h(
    "button",
    {
      class: "round add",
      type: "button",
      disabled: out,
      "aria-label": say("add") + " " + title,
      onclick: () => {
        setQuantity(item.item_id, quantityOf(item.item_id) + 1);
        notice(say("added"));
        act("add_to_cart");
      },
    },
    icon("plus"),
  );
  const dismiss = h(
    "button",
    {
      class: "link",
      type: "button",
      "data-dismiss": "",
      "aria-label": say("dismiss") + " " + title,
      onclick: () => {
        here.hide(item.item_id);
        notice(say("dismissed"));
        host.gone(card);
        // It may stand on another shelf too.
        for (const twin of document.querySelectorAll(`[data-item="${CSS.escape(item.item_id)}"]`)) {
          if (twin !== card) twin.remove();
        }
        act("dismiss_item");
      },
    },
    say("dismiss"),
  );
  const why = h(
    "button",
    {
      class: "link",
      type: "button",
      "data-why": "",
      "aria-haspopup": "dialog",
      "aria-label": say("why") + " " + title,
      onclick: () => void openWhy(item, host.standing()),
    },
    say("why"),
  );
  const href = "/shop/item/" + encodeURIComponent(item.item_id);
  const card = h(
    "article",
    { class: "card", "data-item": item.item_id },
    picture(item),
    item.rebate
      ? h("span", { class: "badge" }, say("rebate", +(item.rebate * 100).toFixed(1)))
      : null,
    wish,
    h("h3", { class: "card-title" }, h("a", { href, "data-route": "" }, title)),
    h("p", { class: "quiet card-kind" }, term(item.category.at(-1) ?? "")),
    h("p", { class: "price" }, priceOf(item)),
    out ? h("p", { class: "quiet stock" }, say("stockNone")) : null,
    add,
    h("div", { class: "card-foot" }, host.suggests ? why : h("span", {}), dismiss),
  );
  return card;
}

/** What stands in for a card while its list loads: the same size, so nothing moves. */
export function bones(count: number): HTMLElement[] {
  return Array.from({ length: count }, () =>
    h(
      "div",
      { class: "card bones", "data-bones": "", "aria-hidden": "true" },
      h("div", { class: "picture" }),
      h("p", { class: "card-title" }),
      h("p", { class: "quiet card-kind" }),
      h("p", { class: "price" }),
      h("div", { class: "card-foot" }),
    ),
  );
}
