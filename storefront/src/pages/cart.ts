// The cart: what is in it, how many, what it costs, and what goes with it.

import type { Item } from "@shopkeeper/web";
import { h, icon } from "../dom";
import { feedElement, react } from "../feed";
import { money, priceOf, titleOf } from "../names";
import { picture } from "../picture";
import type { Page } from "../route";
import { makeShelf } from "../shelf";
import { sk } from "../shop";
import { setQuantity, state } from "../state";
import { failure, nothing } from "../trouble";
import { say } from "../words";

export interface Filled {
  item: Item;
  quantity: number;
}

/** The lines with their items; what is no longer sold falls out. */
export async function filledCart(): Promise<Filled[]> {
  const lines = await Promise.all(
    state.cart.map(async ({ item_id, quantity }) => {
      try {
        return { item: await sk.items.one(item_id), quantity };
      } catch (problem) {
        if ((problem as { status?: number }).status !== 404) throw problem;
        setQuantity(item_id, 0);
        return null;
      }
    }),
  );
  return lines.filter((line) => line !== null);
}

export function totalOf(lines: Filled[]): number {
  const minor = lines.reduce(
    (sum, { item, quantity }) => sum + Math.round((item.price ?? 0) * 100) * quantity,
    0,
  );
  return minor / 100;
}

/** Total and expected rebate, as rows. */
export function sums(lines: Filled[]): HTMLElement {
  const currency = lines[0]?.item.currency ?? null;
  const back = lines.reduce(
    (sum, { item, quantity }) =>
      sum + Math.round((item.price ?? 0) * (item.rebate ?? 0) * 100) * quantity,
    0,
  );
  return h(
    "dl",
    { class: "sums" },
    back > 0
      ? h("div", {}, h("dt", {}, say("rebateTotal")), h("dd", {}, money(back / 100, currency)))
      : null,
    h(
      "div",
      { class: "total" },
      h("dt", {}, say("total")),
      h("dd", {}, money(totalOf(lines), currency)),
    ),
  );
}

function lineOf({ item, quantity }: Filled, changed: () => void): HTMLElement {
  const title = titleOf(item);
  const priced = { item_id: item.item_id, ...(item.price === null ? {} : { price: item.price }) };
  const set = (next: number) => {
    const by = next - quantity;
    setQuantity(item.item_id, next);
    const items = [{ ...priced, quantity: Math.abs(by) }];
    const event = by > 0 ? "add_to_cart" : "remove_from_cart";
    sk.event(event, { items }, true);
    react(event);
    changed();
  };
  const step = (name: string, word: string, next: number) =>
    h(
      "button",
      {
        class: "round",
        type: "button",
        "aria-label": word + " " + title,
        onclick: () => set(next),
      },
      icon(name),
    );
  return h(
    "li",
    { class: "line", "data-item": item.item_id },
    picture(item),
    h(
      "div",
      {},
      h(
        "h2",
        { class: "card-title" },
        h("a", { href: "/shop/item/" + encodeURIComponent(item.item_id), "data-route": "" }, title),
      ),
      h("p", { class: "price" }, priceOf(item)),
    ),
    h(
      "div",
      { class: "stepper", role: "group", "aria-label": say("quantity") + " " + title },
      step("minus", say("less"), quantity - 1),
      h("output", {}, String(quantity)),
      step("plus", say("plus"), quantity + 1),
    ),
    h(
      "button",
      {
        class: "round",
        type: "button",
        "data-remove": "",
        "aria-label": say("remove", title),
        onclick: () => set(0),
      },
      icon("close"),
    ),
  );
}

export function cartPage(): Page {
  const body = h("div", {});
  const below = h("div", {});
  let advised = "";

  const advise = () => {
    const items = state.cart.map((line) => line.item_id);
    if (items.join() === advised && below.hasChildNodes()) return;
    advised = items.join();
    if (items.length === 0) {
      below.replaceChildren(feedElement("rail"));
      return;
    }
    const shelf = makeShelf({
      title: say("cartMore"),
      surface: "cart",
      items,
      count: 8,
      layout: "rail",
      whenEmpty: "hide",
      acted: (event) => {
        react(event);
        if (event === "add_to_cart") void fill();
      },
    });
    below.replaceChildren(shelf.element);
    void shelf.refresh();
  };

  const fill = async () => {
    try {
      const lines = await filledCart();
      if (lines.length === 0) body.replaceChildren(nothing(say("emptyCart"), say("emptyCartHelp")));
      else {
        body.replaceChildren(
          h("ul", { class: "lines" }, ...lines.map((line) => lineOf(line, () => void fill()))),
          h(
            "div",
            { class: "summary" },
            sums(lines),
            h(
              "a",
              { class: "button", href: "/shop/checkout", "data-route": "", "data-checkout": "" },
              say("checkout"),
            ),
          ),
        );
      }
      advise();
    } catch {
      body.replaceChildren(failure(() => void fill()));
    }
  };

  void fill();
  const element = h(
    "div",
    { class: "page" },
    h("header", { class: "page-head" }, h("h1", {}, say("cart"))),
    body,
    below,
  );
  return { title: say("cart"), element };
}
