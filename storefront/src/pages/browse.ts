// A category, or what a search found.

import type { ItemQuery } from "@shopkeeper/web";
import { bones } from "../card";
import { below, departments } from "../categories";
import { h } from "../dom";
import { makeItems } from "../items";
import { term } from "../names";
import type { Page } from "../route";
import { sk } from "../shop";
import { failure } from "../trouble";
import { say } from "../words";

const COUNT = 24;
const SORTS = [
  ["popular", "sortPopular"],
  ["price", "sortPrice"],
  ["newest", "sortNewest"],
] as const;

export function browsePage(asked: { category?: string; query?: string }): Page {
  const title = asked.category ? term(asked.category) : say("results", asked.query ?? "");
  const total = h("p", { class: "quiet" }, " ");
  const chips = h("nav", { class: "chips", "aria-label": say("categories") });
  const body = h("div", {});
  const more = h(
    "button",
    { class: "button soft more", type: "button", hidden: true },
    say("more"),
  );
  const sort = h(
    "select",
    { id: "sort", onchange: () => void begin() },
    ...SORTS.map(([value, word]) => h("option", { value }, say(word))),
  );
  let list = makeItems("grid");
  let offset = 0;
  let turn = 0;

  const load = async () => {
    const mine = turn;
    more.disabled = true;
    const query: ItemQuery = { ...asked, sort: sort.value as "popular", offset, count: COUNT };
    try {
      const page = await sk.items.find(query);
      if (mine !== turn) return;
      if (offset === 0) body.replaceChildren(list.element);
      list.append(page.items);
      offset += page.items.length;
      total.textContent = say("count", page.total);
      more.hidden = offset >= page.total || page.items.length === 0;
      if (page.total === 0) await empty();
    } catch {
      if (mine === turn && offset === 0) body.replaceChildren(failure(() => void begin()));
    } finally {
      more.disabled = false;
    }
  };

  const begin = async () => {
    turn += 1;
    offset = 0;
    list = makeItems("grid");
    more.hidden = true;
    body.replaceChildren(h("div", { class: "cards grid" }, ...bones(8)));
    await load();
  };

  const link = (name: string, text = term(name)) =>
    h(
      "a",
      { class: "chip", href: "/shop/category/" + encodeURIComponent(name), "data-route": "" },
      text,
    );

  const empty = async () => {
    const said = h(
      "div",
      { class: "said big" },
      h("strong", {}, say("noResults", asked.query ?? title)),
      h("span", {}, say("noResultsHelp")),
    );
    body.replaceChildren(said);
    chips.replaceChildren(...(await departments()).map((name) => link(name)));
  };

  const narrow = async () => {
    if (!asked.category) return;
    const { items } = await sk.items.find({ category: asked.category, count: 100 });
    const names = below(items, asked.category);
    const broad = items[0]?.category[0];
    const up = broad && broad !== asked.category ? [link(broad, "← " + term(broad))] : [];
    chips.replaceChildren(...up, ...names.map((name) => link(name)));
  };

  more.addEventListener("click", () => void load());
  void begin();
  void narrow().catch(() => chips.remove());
  const element = h(
    "div",
    { class: "page" },
    h(
      "header",
      { class: "page-head" },
      h("div", {}, h("h1", {}, title), total),
      h("label", { class: "sort", for: "sort" }, h("span", {}, say("sort")), sort),
    ),
    chips,
    body,
    more,
  );
  return { title, element };
}
