// One item: what it is, what it costs, what is like it, what goes with it.

import type { EventName, Item } from "@shopkeeper/web";
import { ShopkeeperError } from "@shopkeeper/web";
import { h } from "../dom";
import { feedElement, react } from "../feed";
import { priceOf, term, titleOf } from "../names";
import { notice } from "../notice";
import { picture } from "../picture";
import type { Page } from "../route";
import { makeShelf } from "../shelf";
import { here, sk } from "../shop";
import { quantityOf, setQuantity } from "../state";
import { failure, nothing } from "../trouble";
import { hasWord, say } from "../words";

function facts(item: Item): [string, string][] {
  const attributes = item.attributes.map(({ name, value }): [string, string] => [
    hasWord(name) ? say(name) : name,
    term(String(value)),
  ]);
  const own: [string, string | null][] = [
    [say("brand"), item.brand],
    [say("category"), item.category.map(term).join(" › ")],
    [say("merchant"), item.merchant_id],
  ];
  return [...own.filter((fact): fact is [string, string] => Boolean(fact[1])), ...attributes];
}

function stock(item: Item): string {
  if (item.stock === 0) return say("stockNone");
  return item.stock !== null && item.stock < 10 ? say("stockFew", item.stock) : say("stockSome");
}

function crumbs(item: Item): HTMLElement {
  const links = item.category.map((name) =>
    h("a", { href: "/shop/category/" + encodeURIComponent(name), "data-route": "" }, term(name)),
  );
  return h("nav", { class: "crumbs", "aria-label": say("category") }, ...links);
}

function buying(item: Item): HTMLElement {
  const line = {
    item_id: item.item_id,
    quantity: 1,
    ...(item.price === null ? {} : { price: item.price }),
  };
  const act = (event: EventName) => {
    sk.event(event, { items: [line] }, true);
    react(event);
  };
  const toCart = h(
    "a",
    {
      class: "button outline",
      href: "/shop/cart",
      "data-route": "",
      hidden: quantityOf(item.item_id) === 0,
    },
    say("buyNow"),
  );
  const add = h(
    "button",
    {
      class: "button",
      type: "button",
      "data-add": "",
      disabled: item.stock === 0,
      onclick: () => {
        setQuantity(item.item_id, quantityOf(item.item_id) + 1);
        notice(say("added"));
        toCart.hidden = false;
        act("add_to_cart");
      },
    },
    say("add"),
  );
  const wish = h(
    "button",
    {
      class: "button soft",
      type: "button",
      onclick: () => {
        notice(say("wished"));
        act("add_to_wishlist");
      },
    },
    say("wish"),
  );
  return h("div", { class: "row" }, add, wish, toCart);
}

function told(item: Item): HTMLElement {
  const stats = item.stats;
  const rating =
    stats?.rating && stats.rating.count > 0
      ? say("rating", stats.rating.mean.toFixed(1), stats.rating.count)
      : null;
  const bought = stats && stats.purchases > 0 ? say("bought", stats.purchases) : null;
  return h("p", { class: "quiet" }, [rating, bought, stock(item)].filter(Boolean).join(" · "));
}

function view(item: Item): HTMLElement {
  return h(
    "article",
    { class: "item" },
    picture(item, true),
    h(
      "div",
      { class: "item-text" },
      crumbs(item),
      h("h1", {}, titleOf(item)),
      told(item),
      h(
        "p",
        { class: "price big" },
        priceOf(item),
        item.rebate
          ? h("span", { class: "badge" }, say("rebate", +(item.rebate * 100).toFixed(1)))
          : null,
      ),
      buying(item),
      h("h2", { class: "small" }, say("details")),
      h(
        "dl",
        {},
        ...facts(item).map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))),
      ),
    ),
  );
}

function bare(): HTMLElement {
  return h(
    "div",
    { class: "item bones", "aria-hidden": "true" },
    h("div", { class: "picture" }),
    h("div", { class: "item-text" }, h("p", { class: "card-title" }), h("p", { class: "price" })),
  );
}

export function itemPage(itemId: string): Page {
  const shelf = (surface: "similar" | "complements", title: string) =>
    makeShelf({
      title,
      surface,
      items: [itemId],
      count: 8,
      layout: "rail",
      whenEmpty: "hide",
      acted: react,
    });
  const shelves = [shelf("complements", say("complements")), shelf("similar", say("similar"))];
  const body = h("div", {}, bare());
  const load = async () => {
    try {
      const item = await sk.items.one(itemId);
      body.replaceChildren(view(item));
      document.title = titleOf(item) + " · " + say("shop");
    } catch (problem) {
      const gone = problem instanceof ShopkeeperError && problem.status === 404;
      body.replaceChildren(gone ? nothing(say("notFoundItem"), "") : failure(() => void load()));
    }
  };
  const left = sk.viewItem({ item_id: itemId });
  here.look(itemId);
  void load();
  for (const { refresh } of shelves) void refresh();
  return {
    title: "",
    element: h(
      "div",
      { class: "page" },
      body,
      feedElement("rail"),
      ...shelves.map((one) => one.element),
    ),
    leave: () => {
      left();
      for (const { stop } of shelves) stop();
      // The time spent here is known only now, and the list may follow it.
      react("view_item");
    },
  };
}
