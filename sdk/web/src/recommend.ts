// Asks for lists, items and explanations. Ids go along only with consent.

import type { Visitor } from "./consent";
import { ShopkeeperError, type Http } from "./http";
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

/** Items asked for by one request. */
const IDS_MAX = 100;

interface Waiting {
  resolve: (item: Item) => void;
  reject: (why: unknown) => void;
}

export function makeCatalogue(http: Http): Catalogue {
  const known = new Map<string, Promise<Item>>();
  // A shelf asks for its cards one by one and at once: they go as one request.
  const waiting = new Map<string, Waiting>();
  const ask = async () => {
    const asked = [...waiting];
    waiting.clear();
    for (let from = 0; from < asked.length; from += IDS_MAX) {
      const part = asked.slice(from, from + IDS_MAX);
      const ids = part.map(([id]) => encodeURIComponent(id)).join(",");
      try {
        const page = await http<ItemPage>("/v1/items?ids=" + ids, { priority: "low" });
        const found = new Map(page.items.map((item) => [item.item_id, item]));
        for (const [id, { resolve, reject }] of part) {
          const item = found.get(id);
          if (item) resolve(item);
          else reject(new ShopkeeperError(404, "item_unknown", "the catalogue has no item " + id));
        }
      } catch (error) {
        for (const [, { reject }] of part) reject(error);
      }
    }
  };
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
      const answer = new Promise<Item>((resolve, reject) => {
        if (waiting.size === 0) setTimeout(() => void ask(), 0);
        waiting.set(itemId, { resolve, reject });
      });
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
