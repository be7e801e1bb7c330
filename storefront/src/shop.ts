// The one SDK object of the page, and what the visitor did here before any list knows it.

import { createShopkeeper } from "@shopkeeper/web";
import { state } from "./state";

const told = (name: string) =>
  document.querySelector<HTMLMetaElement>(`meta[name="shopkeeper-${name}"]`)?.content ?? "";

export const sk = createShopkeeper({
  endpoint: told("endpoint"),
  ...(told("key") ? { key: told("key") } : {}),
  consent: "unknown",
  language: state.language,
  ...(state.customer ? { customerId: state.customer } : {}),
  context: { channel: "web", device_class: innerWidth < 700 ? "phone" : "desktop" },
});

const HIDDEN = "store.dismissed";
const RECENT = "store.recent";
const HIDDEN_MAX = 200;

function kept(name: string): string[] {
  if (sk.consent !== "granted") return [];
  try {
    return JSON.parse(localStorage.getItem(name) ?? "[]") as string[];
  } catch {
    return [];
  }
}

function keep(name: string, ids: string[]): void {
  if (sk.consent !== "granted") return;
  try {
    localStorage.setItem(name, JSON.stringify(ids));
  } catch {
    // Without room it holds for this page only.
  }
}

const hidden = new Set(kept(HIDDEN));
let looked = kept(RECENT);

/** Without consent these lists live in memory only, and end with the page. */
export const here = {
  isHidden: (itemId: string) => hidden.has(itemId),
  hidden: () => [...hidden],
  hide(itemId: string) {
    hidden.add(itemId);
    keep(HIDDEN, [...hidden].slice(-HIDDEN_MAX));
  },
  /** Newest first. */
  looked: () => looked,
  look(itemId: string) {
    looked = [itemId, ...looked.filter((known) => known !== itemId)].slice(0, 10);
    keep(RECENT, looked);
  },
  forget() {
    hidden.clear();
    looked = [];
    for (const name of [HIDDEN, RECENT]) localStorage.removeItem(name);
  },
};
