// When, how much, and how politely: batches, back-off, Retry-After, bodies that are wrong.

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { World, type Tab } from "./world";

beforeEach(() => void vi.useFakeTimers({ now: Date.parse("2026-11-11T12:00:00Z") }));
afterEach(() => void vi.useRealTimers());

const run = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const view = (tab: Tab, item = "i1") => tab.shop.event("share", { items: [{ item_id: item }] });

async function settled(options = {}): Promise<{ world: World; tab: Tab }> {
  const world = new World();
  const tab = world.open(options);
  await run(3_000);
  world.server.seen.length = 0;
  return { world, tab };
}

test("events of one second travel together, in order", async () => {
  const { world, tab } = await settled();
  const ids = [view(tab), view(tab), view(tab)];
  await run(900);
  expect(world.server.seen).toHaveLength(0);
  await run(200);
  expect(world.server.seen.map((seen) => seen.bodies.map((body) => body.event_id))).toEqual([ids]);
});

test("a full batch does not wait", async () => {
  const { world, tab } = await settled({ batchMax: 5 });
  for (let n = 0; n < 12; n++) view(tab);
  await run(100);
  expect(world.server.seen.map((seen) => seen.bodies.length)).toEqual([5, 5, 2]);
});

test("a body stays below what a browser sends after the page", async () => {
  const { world, tab } = await settled();
  for (let n = 0; n < 40; n++) tab.shop.event("search", { search_term: "茶".repeat(1_000) });
  await run(3_000);
  expect(world.server.events()).toHaveLength(40);
  for (const { bodies } of world.server.seen) {
    expect(new TextEncoder().encode(JSON.stringify(bodies)).length).toBeLessThanOrEqual(61_000);
  }
});

test("at once means at once", async () => {
  const { world, tab } = await settled();
  tab.shop.event("dismiss_item", { items: [{ item_id: "i1" }] }, true);
  await run(30);
  expect(world.server.events()).toHaveLength(1);
});

test("each failure doubles the distance, with half of it left to chance", async () => {
  const { world, tab } = await settled();
  const tries: number[] = [];
  world.server.mood = () => {
    tries.push(Date.now());
    return "fail";
  };
  view(tab);
  await run(200_000);
  const gaps = tries.slice(1).map((at, n) => at - tries[n]!);
  gaps.forEach((gap, n) => {
    const step = Math.min(60_000, 1_000 * 2 ** n);
    expect(gap).toBeGreaterThanOrEqual(step / 2);
    expect(gap).toBeLessThanOrEqual(step + 100);
  });
  expect(gaps.length).toBeGreaterThan(5);
  expect(gaps.length).toBeLessThan(12);
  expect(new Set(gaps.map((gap, n) => gap / 2 ** n)).size).toBe(gaps.length);
});

test.each([
  ["30", 30_000],
  ["Wed, 11 Nov 2026 12:01:00 GMT", 50_000],
])("Retry-After %s is kept to, by every tab and over a reload", async (header, atLeast) => {
  const { world, tab } = await settled();
  world.server.retryAfter = header;
  const tries: number[] = [];
  world.server.mood = () => {
    tries.push(Date.now());
    return tries.length === 1 ? "busy" : "ok";
  };
  view(tab);
  await run(1_500);
  tab.close();
  const next = world.open();
  next.emit("online");
  await run(90_000);
  expect(tries.length).toBeGreaterThanOrEqual(2);
  expect(tries[1]! - tries[0]!).toBeGreaterThanOrEqual(atLeast);
  expect(world.server.events()).toHaveLength(1);
});

test("one wrong event among many is found and dropped, the others arrive", async () => {
  const { world, tab } = await settled();
  for (let n = 0; n < 9; n++) view(tab);
  tab.shop.event("poison" as "share");
  for (let n = 0; n < 9; n++) view(tab);
  await run(10_000);
  expect(world.server.events()).toHaveLength(18);
  expect(tab.troubles).toContain("field_invalid");
  expect(world.store.keys().some((key) => key.startsWith("shopkeeper.q."))).toBe(false);
});

test("flush says whether the server has it all", async () => {
  const { world, tab } = await settled();
  view(tab);
  const good = tab.shop.flush();
  await run(100);
  expect(await good).toBe(true);
  world.server.mood = () => "lost";
  view(tab);
  const bad = tab.shop.flush();
  await run(100);
  expect(await bad).toBe(false);
});

test("the key travels as a bearer token, without cookies", async () => {
  const world = new World();
  world.open({ key: "sk_public" });
  await run(2_000);
  expect(world.server.seen[0]!.headers.Authorization).toBe("Bearer sk_public");
});
