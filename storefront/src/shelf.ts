// A shelf: a heading and the items of one slot, with what it shows while it loads, when it has
// nothing, and when it fails.

import type { Ask, EventName, Surface } from "@shopkeeper/web";
import { bones, makeCard } from "./card";
import { h } from "./dom";
import { rearrange } from "./flip";
import type { Standing } from "./reasons";
import { here, sk } from "./shop";
import { say } from "./words";

export interface ShelfOptions {
  title: string;
  note?: string;
  surface: Surface;
  items?: string[];
  count: number;
  layout: "grid" | "rail";
  /** Without items the shelf says so, or is not there at all. */
  whenEmpty: "say" | "hide";
  more?: boolean;
  /** Something was told about one of its items. */
  acted(event: EventName): void;
}

export interface Shelf {
  element: HTMLElement;
  /** Resolves to true when the new list is in place. */
  refresh(): Promise<boolean>;
  name(title: string, note: string): void;
  stop(): void;
}

const idOf = (element: HTMLElement) => element.dataset.item ?? "";
let shelves = 0;

export function makeShelf(options: ShelfOptions): Shelf {
  const { surface, count, layout, whenEmpty, acted } = options;
  const id = "shelf-" + ++shelves;
  const title = h("h2", { id }, options.title);
  const note = h("p", { class: "quiet" }, options.note ?? "");
  const list = h("div", { class: "cards " + layout, "data-slot": surface }, ...bones(count));
  const said = h("div", { class: "said", hidden: true });
  const more = h(
    "button",
    { class: "button soft more", type: "button", hidden: true, onclick: () => void extend() },
    say("more"),
  );
  const element = h(
    "section",
    { class: "shelf", "aria-labelledby": id, "aria-busy": "true" },
    h("header", {}, title, note),
    list,
    said,
    more,
  );
  const made = new Map<string, { card: HTMLElement; standing: Standing }>();

  const speak = (...content: (HTMLElement | string)[]) => {
    said.replaceChildren(...content);
    said.hidden = content.length === 0;
  };

  const slot = sk.slot(list, {
    surface,
    count,
    ...(options.items ? { items: options.items } : {}),
    async render(choice, answer) {
      const known = made.get(choice.item_id);
      if (known) {
        known.standing = { choice, answer };
        return known.card;
      }
      // An item that was deleted a moment ago is left out rather than failing the whole list.
      const item = await sk.items.one(choice.item_id).catch(() => null);
      if (!item) return h("div", { hidden: true });
      const entry = { standing: { choice, answer } } as { card: HTMLElement; standing: Standing };
      entry.card = makeCard(item, {
        standing: () => entry.standing,
        suggests: true,
        acted,
        gone: (card) =>
          rearrange(
            list,
            cardsOf(list).filter((other) => other !== card),
            idOf,
          ),
      });
      made.set(choice.item_id, entry);
      return entry.card;
    },
    place: (elements) => {
      const shown = elements.filter((card) => !here.isHidden(idOf(card)));
      rearrange(list, shown, idOf);
      element.hidden = shown.length === 0 && whenEmpty === "hide";
      speak(...(shown.length === 0 ? [say("noList")] : []));
    },
    selected: (choice) => {
      here.look(choice.item_id);
      acted("select_item");
    },
  });

  const settle = () => {
    element.removeAttribute("aria-busy");
    more.hidden = !options.more || !slot.answer?.next_page;
  };

  const extend = async () => {
    more.disabled = true;
    await slot.more().catch(() => null);
    more.disabled = false;
    settle();
  };

  const refresh = async (): Promise<boolean> => {
    const hidden = here.hidden();
    const ask: Ask = hidden.length > 0 ? { filter: { exclude: hidden } } : {};
    try {
      const answer = await slot.refresh(ask);
      if (answer) settle();
      return answer !== null;
    } catch {
      if (!slot.answer) {
        list.replaceChildren();
        const retry = h(
          "button",
          { class: "button soft", type: "button", onclick: again },
          say("retry"),
        );
        speak(h("strong", {}, say("failed")), h("span", {}, say("failedHelp")), retry);
        settle();
      }
      return false;
    }
  };

  const again = () => {
    speak();
    list.replaceChildren(...bones(count));
    void refresh();
  };

  return {
    element,
    refresh,
    name: (text, small) => {
      title.textContent = text;
      note.textContent = small;
    },
    stop: () => slot.stop(),
  };
}

function cardsOf(list: HTMLElement): HTMLElement[] {
  return [...list.children] as HTMLElement[];
}
