// Items by id: what is asked for within one tick goes as one request.
import { api, made } from "./api";
import type { Item } from "./wire";

/** Ids that the server takes in one request. */
export const MOST = 200;

interface Asker {
  found: (item: Item) => void;
  lost: (error: unknown) => void;
}

export function makeLookup(ask: (ids: string[]) => Promise<{ items: Item[] }>) {
  const waiting = new Map<string, Asker[]>();

  async function fetchAll(asked: [string, Asker[]][]) {
    try {
      const { items } = await ask(asked.map(([id]) => id));
      const known = new Map(items.map((item) => [item.item_id, item]));
      for (const [id, askers] of asked) {
        const item = known.get(id);
        const missing = made(404, "item_unknown", `no item has the id ${id}`);
        askers.forEach((asker) => (item ? asker.found(item) : asker.lost(missing)));
      }
    } catch (error) {
      for (const [, askers] of asked) askers.forEach((asker) => asker.lost(error));
    }
  }

  function send() {
    const asked = [...waiting];
    waiting.clear();
    for (let from = 0; from < asked.length; from += MOST) void fetchAll(asked.slice(from, from + MOST));
  }

  return (id: string): Promise<Item> =>
    new Promise((found, lost) => {
      if (waiting.size === 0) setTimeout(send, 0);
      waiting.set(id, [...(waiting.get(id) ?? []), { found, lost }]);
    });
}

export const itemOf = makeLookup((ids) => api.itemsOf(ids));
