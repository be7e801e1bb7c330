// Dwell counts visible time only, and a click's decision follows the item to the order.

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { World } from "./world";

beforeEach(() => void vi.useFakeTimers({ now: Date.parse("2026-11-11T12:00:00Z") }));
afterEach(() => void vi.useRealTimers());

const run = (ms: number) => vi.advanceTimersByTimeAsync(ms);

test("one view, with the time the page was visible", async () => {
  const world = new World();
  const tab = world.open();
  const leave = tab.shop.viewItem({ item_id: "i1" });
  await run(4_000);
  tab.emit("hidden");
  await run(60_000);
  tab.emit("visible");
  await run(3_000);
  expect(world.server.events()).toEqual([]);
  leave();
  leave();
  await run(2_000);
  expect(world.server.events()).toMatchObject([
    { event: "view_item", dwell_ms: 7_000, timestamp: "2026-11-11T12:00:00.000Z" },
  ]);
});

test("the next view ends the one before; the page's end sends the last", async () => {
  const world = new World();
  const tab = world.open();
  tab.shop.viewItem({ item_id: "i1" });
  await run(1_000);
  tab.shop.viewItem({ item_id: "i2" });
  await run(2_000);
  tab.close();
  await run(100);
  const dwells = world.server.events().map((body) => body.dwell_ms);
  expect(dwells).toEqual([1_000, 2_000]);
});

test("a browser killed in the background loses no view", async () => {
  const world = new World();
  const tab = world.open();
  tab.shop.viewItem({ item_id: "i1" });
  await run(5_000);
  tab.emit("hidden");
  tab.close(true);
  await run(31 * 60_000);
  world.open();
  await run(5_000);
  expect(world.server.events()).toMatchObject([{ event: "view_item", dwell_ms: 5_000 }]);
});

test("a withdrawn consent ends the open view unsent", async () => {
  const world = new World();
  const tab = world.open();
  const leave = tab.shop.viewItem({ item_id: "i1" });
  await run(2_000);
  void tab.shop.setConsent("denied");
  leave();
  await run(5_000);
  expect(world.server.events()).toEqual([]);
});
