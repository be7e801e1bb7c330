// Nothing is lost and nothing counts twice: over bad networks, reloads, crashes and many tabs.

import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { seeded, World, type Tab } from "./world";
import type { Mood } from "./server";

beforeEach(() => void vi.useFakeTimers({ now: Date.parse("2026-11-11T12:00:00Z") }));
afterEach(() => void vi.useRealTimers());

const run = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const view = (tab: Tab, item: string, atOnce = false) =>
  tab.shop.event("add_to_cart", { items: [{ item_id: item }] }, atOnce) as string;

describe("each event arrives once", () => {
  for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
    for (const locks of [true, false]) {
      test(`seed ${seed}, ${locks ? "web locks" : "lease"}`, async () => {
        const world = new World({ locks, seed, keepalive: seed % 3 !== 0 });
        const dice = seeded(seed * 31);
        const bad: Mood[] = ["lost", "mute", "fail", "busy", "slow"];
        world.server.mood = () => (dice() < 0.6 ? bad[Math.floor(dice() * bad.length)]! : "ok");
        const made: string[] = [];
        let tabs = [world.open(), world.open()];
        for (let step = 0; step < 60; step++) {
          const at = Math.floor(dice() * tabs.length);
          for (let n = Math.floor(dice() * 4); n > 0; n--) {
            made.push(view(tabs[at]!, "i" + step, dice() < 0.4));
          }
          if (dice() < 0.15) {
            tabs[at]!.close(dice() < 0.5);
            tabs[at] = world.open();
          }
          await run(Math.floor(dice() * 3_000));
        }
        world.server.mood = () => "ok";
        tabs.forEach((tab) => tab.emit("online"));
        await run(120_000);
        const stored = world.server.events().map((body) => body.event_id);
        expect(new Set(stored)).toEqual(new Set(made));
        expect(stored.length).toBe(made.length);
        expect(world.store.keys().filter((key) => key.startsWith("shopkeeper.q."))).toEqual([]);
      });
    }
  }
});

test("what was queued offline survives the reload and is sent by the next page", async () => {
  const world = new World();
  world.server.mood = () => "lost";
  const first = world.open();
  const id = view(first, "i1");
  await run(5_000);
  first.close();
  expect(world.server.events()).toEqual([]);
  world.server.mood = () => "ok";
  const second = world.open();
  second.emit("online");
  await run(1_000);
  expect(world.server.events().map((body) => body.event_id)).toEqual([id]);
});

test.each([true, false])("two tabs never send at the same time (web locks: %s)", async (locks) => {
  const world = new World({ locks });
  world.server.mood = () => "slow";
  const tabs = [world.open(), world.open(), world.open()];
  for (let n = 0; n < 30; n++) {
    view(tabs[n % 3]!, "i" + n);
    await run(300);
  }
  await run(60_000);
  expect(world.server.events()).toHaveLength(30);
  expect(world.server.atOnceMax).toBe(1);
  expect(world.server.duplicates).toBe(0);
});

test("a tab that crashed while sending does not stop the others", async () => {
  for (const locks of [true, false]) {
    const world = new World({ locks });
    const first = world.open();
    await run(2_000);
    world.server.mood = () => "slow";
    const id = view(first, "i1");
    await run(1_500);
    first.close(true);
    world.server.mood = () => "ok";
    world.open();
    await run(30_000);
    expect(world.server.events().map((body) => body.event_id)).toEqual([id]);
  }
});

test("leaving sends what waits, by keepalive", async () => {
  const world = new World();
  const tab = world.open();
  await run(2_000);
  const id = view(tab, "i1");
  tab.close();
  await run(50);
  const last = world.server.seen.at(-1)!;
  expect(last.bodies.map((body) => body.event_id)).toEqual([id]);
  expect(last.keepalive).toBe(true);
});

test("without keepalive a beacon is used, at the same origin and without a key", async () => {
  const world = new World({ keepalive: false });
  const near = world.open({ endpoint: "" });
  await run(2_000);
  const id = view(near, "i1");
  near.close();
  expect(world.beacons.map(({ url }) => url)).toEqual(["/v1/events?results=rejected"]);
  await run(50);
  expect(world.server.stored.has(id)).toBe(true);
  // It is not known to have arrived, so the next page sends it again; it still counts once.
  world.open({ endpoint: "" }).shop.event("share");
  await run(10_000);
  expect(world.server.duplicates).toBe(1);
  expect(world.server.events()).toHaveLength(2);
  const far = world.open({ key: "sk_1" });
  await run(2_000);
  view(far, "i2");
  far.close();
  expect(world.beacons).toHaveLength(1);
});

test("the queue is bounded, drops impressions first, and says so", async () => {
  const world = new World();
  world.server.mood = () => "lost";
  const tab = world.open({ queueMax: 10 });
  for (let n = 0; n < 4; n++) tab.shop.event("view_item_list", { items: [{ item_id: "s" + n }] });
  for (let n = 0; n < 8; n++) view(tab, "i" + n);
  const kept = world.store.keys().filter((key) => key.startsWith("shopkeeper.q."));
  expect(kept).toHaveLength(10);
  expect(kept.filter((key) => world.store.read(key)!.includes("view_item_list"))).toHaveLength(0);
  expect(tab.troubles).toContain("queue_full");
});

test("a full storage costs no event while the page lives", async () => {
  const world = new World();
  const tab = world.open();
  await run(2_000);
  world.quota = 0;
  const id = view(tab, "i1");
  await run(2_000);
  expect(world.server.stored.has(id)).toBe(true);
});
