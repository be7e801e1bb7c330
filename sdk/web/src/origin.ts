// Which answer led to this item? Remembered from the click, so that the view, the cart and the
// order that follow, pages later, name the decision they came of.

import type { Store } from "./browser";
import type { Line } from "./wire";

const FROM = "shopkeeper.from";
const ITEMS_MAX = 50;

export class Origins {
  constructor(private readonly store: Store) {}

  note(item: string, decision: string): void {
    const rest = this.read().filter(([known]) => known !== item);
    try {
      this.store.write(FROM, JSON.stringify([[item, decision], ...rest].slice(0, ITEMS_MAX)));
    } catch {
      // A full storage costs the attribution, never the event.
    }
  }

  /** The decision of all these items; none when they came of different ones. */
  of(lines: Line[]): string | null {
    const known = new Map(this.read());
    const found = new Set(lines.map((line) => known.get(line.item_id) ?? null));
    return found.size === 1 ? ([...found][0] ?? null) : null;
  }

  forget(): void {
    this.store.remove(FROM);
  }

  private read(): [string, string][] {
    try {
      return JSON.parse(this.store.read(FROM) ?? "[]") as [string, string][];
    } catch {
      return [];
    }
  }
}
