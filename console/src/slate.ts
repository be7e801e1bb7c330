// What the recommend page asks: read from the URL, written to it, turned into an ask.
import type { Ask, Boost, Filter } from "./wire";

export const SURFACES = ["home", "similar", "complements", "cart", "session", "buy-again", "rank"] as const;
const ABOUT_ITEMS = new Set(["similar", "complements", "cart", "rank"]);

export interface Changes {
  filter?: Filter;
  boosts?: Boost[];
  pins?: { item_id: string; at: number }[];
  bury?: string[];
}
export interface Question {
  customer: string;
  surface: string;
  items: string[];
  count: number;
}

export const wantsItems = (surface: string) => ABOUT_ITEMS.has(surface);
export const takesItems = (surface: string) => wantsItems(surface) || surface === "session";

export const list = (text: string): string[] =>
  text
    .split(/[,，\s]+/)
    .map((each) => each.trim())
    .filter(Boolean);

/** Changes as they stand in the URL; anything unreadable counts as none. */
export function readChanges(text: string): Changes {
  try {
    const value: unknown = JSON.parse(text || "{}");
    return value && typeof value === "object" && !Array.isArray(value) ? (value as Changes) : {};
  } catch {
    return {};
  }
}

/** Leaves out what changes nothing: empty lists, boosts without a name, unset numbers. */
export function tidyChanges({ filter = {}, boosts = [], pins = [], bury = [] }: Changes): Changes {
  const set = Object.entries(filter).filter(([, value]) =>
    Array.isArray(value) ? value.length > 0 : value !== undefined && value !== null && value !== false,
  );
  const named = boosts.filter(({ factor, ...what }) => factor > 0 && Object.values(what).some(Boolean));
  const placed = pins.filter((pin) => pin.item_id);
  return {
    ...(set.length > 0 && { filter: Object.fromEntries(set) }),
    ...(named.length > 0 && { boosts: named }),
    ...(placed.length > 0 && { pins: placed }),
    ...(bury.length > 0 && { bury }),
  };
}

export function askOf({ customer, surface, items, count }: Question, changes: Changes = {}): Ask {
  return {
    ...(customer && { customer_id: customer }),
    ...(takesItems(surface) && items.length > 0 && { items }),
    count,
    detail: "full",
    ...tidyChanges(changes),
  };
}
