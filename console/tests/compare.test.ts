// How two slates differ, and what the recommend page asks.
import { describe, expect, it } from "vitest";
import { compareSlates, isSame } from "../src/compare";
import { askOf, list, readChanges, tidyChanges } from "../src/slate";

describe("two slates", () => {
  it("mark what is new, moved, gone and the same", () => {
    const { marks, ...rest } = compareSlates(["a", "b", "c", "d"], ["a", "c", "e", "b"]);
    expect(Object.fromEntries(marks)).toEqual({
      a: { kind: "same" },
      c: { kind: "up", by: 1 },
      e: { kind: "new" },
      b: { kind: "down", by: 2 },
    });
    expect(rest).toEqual({ gone: ["d"], fresh: 1, up: 1, down: 1, same: 1 });
  });
  it("are the same only in the same order and length", () => {
    expect(isSame(compareSlates(["a", "b"], ["a", "b"]))).toBe(true);
    expect(isSame(compareSlates(["a", "b"], ["b", "a"]))).toBe(false);
    expect(isSame(compareSlates(["a", "b"], ["a"]))).toBe(false);
    expect(isSame(compareSlates([], []))).toBe(true);
  });
});

describe("asks", () => {
  const question = { customer: "c1", surface: "home", items: ["i1"], count: 10 };
  it("name items only where the surface takes them", () => {
    expect(askOf(question)).toEqual({ customer_id: "c1", count: 10, detail: "full" });
    expect(askOf({ ...question, customer: "", surface: "similar" })).toEqual({ items: ["i1"], count: 10, detail: "full" });
  });
  it("leave out what changes nothing", () => {
    expect(
      tidyChanges({
        filter: { categories: [], in_stock: false },
        boosts: [{ category: "", factor: 2 }],
        pins: [{ item_id: "", at: 0 }],
        bury: [],
      }),
    ).toEqual({});
    expect(tidyChanges({ filter: { price_max: 9, brands: ["x"] }, boosts: [{ brand: "x", factor: 2 }] })).toEqual({
      filter: { price_max: 9, brands: ["x"] },
      boosts: [{ brand: "x", factor: 2 }],
    });
  });
  it("read changes from the URL, and none from nonsense", () =>
    expect([readChanges('{"bury":["a"]}'), readChanges("[1]"), readChanges("{"), readChanges("")]).toEqual([{ bury: ["a"] }, {}, {}, {}]));
  it("split ids by commas of both scripts", () => expect(list(" a, b，c  d ")).toEqual(["a", "b", "c", "d"]));
});
