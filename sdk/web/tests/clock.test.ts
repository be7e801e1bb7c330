// A computer's clock may be wrong, and may be put right while the shop is open.

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { World } from "./world";

const NOON = Date.parse("2026-11-11T12:00:00Z");
const DAY_MS = 86_400_000;

beforeEach(() => void vi.useFakeTimers({ now: NOON }));
afterEach(() => void vi.useRealTimers());

const run = (ms: number) => vi.advanceTimersByTimeAsync(ms);

test("events of a clock that is days ahead arrive without their time", async () => {
  const world = new World();
  const began = Date.now();
  world.server.clock = () => NOON - 3 * DAY_MS + (Date.now() - began);
  const tab = world.open();
  const id = tab.shop.event("share", { items: [{ item_id: "i1" }] })!;
  await run(10_000);
  expect(world.server.stored.get(id)).toMatchObject({ event: "share" });
  expect(world.server.stored.get(id)!.timestamp).toBeUndefined();
  expect(world.server.consents()).toHaveLength(3);
});

test("a clock that is set back neither holds events back for ever nor keeps us busy", async () => {
  const world = new World();
  const tab = world.open();
  await run(3_000);
  tab.shop.viewItem({ item_id: "i1" });
  world.server.mood = () => "busy";
  tab.shop.event("share");
  await run(2_000);
  tab.close(true);
  world.server.mood = () => "ok";
  vi.setSystemTime(NOON - 30 * DAY_MS);
  world.open().shop.event("share");
  await run(5_000);
  const events = world.server.events().map((body) => body.event);
  expect(events.sort()).toEqual(["share", "share", "view_item"]);
});
