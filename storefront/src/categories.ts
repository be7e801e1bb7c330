// Which categories does the shop have? Gathered from items, since the catalogue lists no tree.

import type { Item } from "@shopkeeper/web";
import { sk } from "./shop";

const ASKED = 100;
let asked: Promise<string[]> | null = null;

/** The broadest categories, those with most items in front. */
export function departments(): Promise<string[]> {
  asked ??= Promise.all([
    sk.items.find({ sort: "popular", count: ASKED }),
    sk.items.find({ sort: "price", count: ASKED }),
    sk.items.find({ sort: "newest", count: ASKED }),
  ])
    .then((pages) => ranked(pages.flatMap((page) => page.items.map((item) => item.category[0]))))
    .catch(() => {
      asked = null;
      return [];
    });
  return asked;
}

/** The categories below one, as far as these items show them. */
export function below(items: Item[], category: string): string[] {
  return ranked(
    items.map((item) => {
      const at = item.category.indexOf(category);
      return at < 0 ? undefined : item.category[at + 1];
    }),
  );
}

function ranked(names: (string | undefined)[]): string[] {
  const counts = new Map<string, number>();
  for (const name of names) if (name) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0])).map(([name]) => name);
}
