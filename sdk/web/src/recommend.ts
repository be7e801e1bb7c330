// Asks for lists, items and explanations. Ids go along only with consent.

import type { Visitor } from "./consent";
import type { Http } from "./http";
import type { Answer, Ask, Explanation, Item, ItemPage, ItemQuery } from "./wire";

/** The surfaces of a shop that have a list. */
export type Surface = "home" | "similar" | "complements" | "cart" | "session" | "buyAgain";

export type Recommend = Record<Surface, (ask?: Ask) => Promise<Answer>> & {
  /** The next page of an answer, by its `next_page`: nothing repeats or shifts. */
  page(token: string): Promise<Answer>;
};

export interface Catalogue {
  find(query?: ItemQuery): Promise<ItemPage>;
  /** Asked once per page load; a failed ask is not remembered. */
  one(itemId: string): Promise<Item>;
}

const LIST_MS_MAX = 5_000;

/** POST throughout: ids in an address would end up in the access logs of everything between. */
export function makeRecommend(http: Http, visitor: Visitor): Recommend {
  const ask =
    (surface: string) =>
    (what: Ask = {}) =>
      http<Answer>("/v1/recommend/" + surface, {
        method: "POST",
        body: JSON.stringify({ ...what, ...visitor.who() }),
        timeoutMs: LIST_MS_MAX,
      });
  return {
    home: ask("home"),
    similar: ask("similar"),
    complements: ask("complements"),
    cart: ask("cart"),
    session: ask("session"),
    buyAgain: ask("buy-again"),
    page: (token) =>
      http<Answer>("/v1/recommend/pages/" + encodeURIComponent(token), { timeoutMs: LIST_MS_MAX }),
  };
}

export function makeCatalogue(http: Http): Catalogue {
  const known = new Map<string, Promise<Item>>();
  return {
    find: async (query = {}) => {
      const given = Object.entries(query).filter(
        ([, value]) => value !== undefined && value !== "",
      );
      const words = new URLSearchParams(given.map(([name, value]) => [name, String(value)]));
      const page = await http<ItemPage>("/v1/items?" + words.toString());
      for (const item of page.items) known.set(item.item_id, Promise.resolve(item));
      return page;
    },
    one: (itemId) => {
      const asked = known.get(itemId);
      if (asked) return asked;
      const answer = http<Item>("/v1/items/" + encodeURIComponent(itemId), { priority: "low" });
      known.set(itemId, answer);
      answer.catch(() => known.delete(itemId));
      return answer;
    },
  };
}

export function explain(http: Http, decisionId: string, language: string): Promise<Explanation> {
  const id = encodeURIComponent(decisionId);
  return http<Explanation>("/v1/decisions/" + id + "/explain?lang=" + language);
}
