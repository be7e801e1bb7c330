// Item look-ups go together, the past is read until something is found, quiet beats are drawn.
import { describe, expect, it } from "vitest";
import { evenBeats } from "../src/beats";
import { makeLookup, MOST } from "../src/lookup";
import { gather } from "../src/past";
import type { Item } from "../src/wire";

describe("items", () => {
  const asked: string[][] = [];
  const itemOf = makeLookup(async (ids) => {
    asked.push(ids);
    return { items: ids.filter((id) => id !== "none").map((item_id) => ({ item_id }) as Item) };
  });
  it("asked for within one tick are one request, each id once", async () => {
    const found = await Promise.all(["a", "b", "a"].map(itemOf));
    expect([found.map((item) => item.item_id), asked]).toEqual([["a", "b", "a"], [["a", "b"]]]);
  });
  it("that the server does not know are refused alone", async () => {
    const [one, other] = await Promise.allSettled([itemOf("a"), itemOf("none")]);
    expect([one?.status, other?.status]).toEqual(["fulfilled", "rejected"]);
  });
  it("beyond the most of a request go in several", async () => {
    asked.length = 0;
    await Promise.all(Array.from({ length: MOST + 3 }, (_, at) => itemOf(`i${at}`)));
    expect(asked.map((ids) => ids.length)).toEqual([MOST, 3]);
  });
  it("all fail when their request does", async () => {
    const failing = makeLookup(() => Promise.reject(new Error("away")));
    await expect(failing("a")).rejects.toThrow("away");
  });
});

describe("the past", () => {
  const parts = (...rows: number[][]) => {
    const counts: number[] = [];
    const read = async (before: number | null, count: number) => {
      const at = before ?? 0;
      counts.push(count);
      return { rows: rows[at] ?? [], next: at + 1 < rows.length ? at + 1 : null };
    };
    return { counts, read };
  };
  it("is read over empty parts", async () => {
    const { counts, read } = parts([], [], [1, 2], [3]);
    expect([await gather(null, 2, read), counts]).toEqual([{ rows: [1, 2], next: 3 }, [2, 2, 2]]);
  });
  it("ends at the beginning, with few or none", async () =>
    expect([await gather(null, 9, parts([1], []).read), await gather(null, 9, parts([]).read)]).toEqual([
      { rows: [1], next: null },
      { rows: [], next: null },
    ]));
  it("is shown in part when it holds little", async () =>
    expect(await gather(null, 9, parts([1], ...Array.from({ length: 20 }, () => [])).read)).toEqual({ rows: [1], next: 8 }));
});

describe("beats", () => {
  const beat = (at: string) => ({ at, events: 10, decisions: 5, p50_ms: 1, p99_ms: 2, degraded: 0 });
  it("of quiet are zeros, without a latency; the running one is left out", () => {
    const series = [beat("2026-12-01T00:00:05Z"), beat("2026-12-01T00:00:20Z")];
    const even = evenBeats(series, "2026-12-01T00:00:23Z", 20);
    expect(even.map(({ events, p50_ms }) => [events, p50_ms])).toEqual([
      [0, null],
      [10, 1],
      [0, null],
      [0, null],
    ]);
  });
  it("are a quarter of an hour at most", () => expect(evenBeats([], "2026-12-01T00:00:00Z", 1e6).length).toBe(180));
});
