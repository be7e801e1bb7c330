// The order: confirmed, told as a purchase, thanked for.

import { h } from "../dom";
import { feedElement, react } from "../feed";
import { money, titleOf } from "../names";
import { picture } from "../picture";
import { go, type Page } from "../route";
import { sk } from "../shop";
import { emptyCart } from "../state";
import { failure, nothing } from "../trouble";
import { say } from "../words";
import { filledCart, sums, totalOf, type Filled } from "./cart";

const linesOf = (lines: Filled[]) =>
  lines.map(({ item, quantity }) => ({
    item_id: item.item_id,
    quantity,
    ...(item.price === null ? {} : { price: item.price }),
  }));

/** Day and eight letters of chance: easy to say on the phone, and no count of the shop's orders. */
function orderNumber(): string {
  const day = new Date().toISOString().slice(0, 10).replaceAll("-", "");
  const chance = crypto.getRandomValues(new Uint32Array(2));
  return (
    "SK" +
    day +
    [...chance]
      .map((part) => part.toString(36).slice(-4).padStart(4, "0"))
      .join("")
      .toUpperCase()
  );
}

async function order(lines: Filled[]): Promise<void> {
  const number = orderNumber();
  const currency = lines[0]?.item.currency;
  sk.event("purchase", {
    items: linesOf(lines),
    transaction_id: number,
    value: totalOf(lines),
    ...(currency ? { currency } : {}),
  });
  emptyCart();
  go("/shop/done/" + number);
  react("purchase");
}

function confirm(lines: Filled[]): HTMLElement {
  const row = ({ item, quantity }: Filled) =>
    h(
      "li",
      { class: "line" },
      picture(item),
      h(
        "div",
        {},
        h("p", { class: "card-title" }, titleOf(item)),
        h("p", { class: "quiet" }, "× " + quantity),
      ),
      h("p", { class: "price" }, money((item.price ?? 0) * quantity, item.currency)),
    );
  const place = h("button", { class: "button", type: "button", "data-place": "" }, say("place"));
  place.addEventListener("click", () => {
    place.disabled = true;
    void order(lines);
  });
  return h(
    "div",
    {},
    h("ul", { class: "lines" }, ...lines.map(row)),
    h(
      "div",
      { class: "summary" },
      sums(lines),
      h("p", { class: "quiet" }, say("confirmHelp")),
      place,
    ),
  );
}

export function checkoutPage(): Page {
  const body = h("div", {});
  const load = async () => {
    try {
      const lines = await filledCart();
      if (lines.length > 0)
        sk.event("begin_checkout", { items: linesOf(lines), value: totalOf(lines) });
      body.replaceChildren(
        lines.length > 0 ? confirm(lines) : nothing(say("emptyCart"), say("emptyCartHelp")),
      );
    } catch {
      body.replaceChildren(failure(() => void load()));
    }
  };
  void load();
  const element = h(
    "div",
    { class: "page" },
    h("header", { class: "page-head" }, h("h1", {}, say("confirm"))),
    body,
  );
  return { title: say("confirm"), element };
}

export function donePage(number: string): Page {
  const element = h(
    "div",
    { class: "page" },
    h(
      "div",
      { class: "said big" },
      h("h1", {}, say("thanks")),
      h("p", {}, say("orderNumber") + " ", h("strong", { "data-order": "" }, number)),
      h("a", { class: "button soft", href: "/shop/", "data-route": "" }, say("home")),
    ),
    feedElement("rail"),
  );
  return { title: say("thanks"), element };
}
