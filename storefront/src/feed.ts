// The one list that follows the visitor over all pages, and moves with each click.

import type { EventName } from "@shopkeeper/web";
import { measure } from "./panel";
import { makeShelf, type Shelf } from "./shelf";
import { sk } from "./shop";
import { say } from "./words";

const COUNT = 12;
let feed: Shelf | null = null;
/** Something happened while the list was on no page. */
let stale = false;

/** Something was told: the list follows. */
export function react(event: EventName): void {
  void measure(event, () => renewFeed());
}

async function renewFeed(): Promise<boolean> {
  if (!feed?.element.isConnected) {
    stale = true;
    return false;
  }
  stale = false;
  const known = sk.consent === "granted";
  feed.name(say(known ? "forYou" : "forAnyone"), say(known ? "forYouNote" : "forAnyoneNote"));
  return feed.refresh();
}

/**
 * The list as it stands, to be put on a page; it keeps its order from the page before, so that
 * what the last click changed is seen moving.
 */
export function feedElement(layout: "grid" | "rail"): HTMLElement {
  stale ||= feed === null;
  feed ??= makeShelf({
    title: "",
    surface: "home",
    count: COUNT,
    layout,
    whenEmpty: "say",
    more: true,
    acted: react,
  });
  const list = feed.element.querySelector<HTMLElement>(".cards")!;
  list.classList.toggle("grid", layout === "grid");
  list.classList.toggle("rail", layout === "rail");
  feed.element.classList.toggle("as-rail", layout === "rail");
  // Asked once it is in place, so that what changed meanwhile is seen moving too.
  if (stale) queueMicrotask(() => void renewFeed());
  return feed.element;
}

/** Asks anew without a click: consent, customer or page changed. */
export async function renew(): Promise<void> {
  await sk.flush();
  await renewFeed();
}

/** Another language: the cards are written anew. */
export function dropFeed(): void {
  feed?.stop();
  feed = null;
}
