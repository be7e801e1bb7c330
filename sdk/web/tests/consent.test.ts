// Nothing before a yes, nothing after a no, and the no itself is told.

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { World } from "./world";

beforeEach(() => void vi.useFakeTimers({ now: Date.parse("2026-11-11T12:00:00Z") }));
afterEach(() => void vi.useRealTimers());

const run = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const cart = { items: [{ item_id: "i1" }] };

test("before the choice nothing is stored and nothing is sent", async () => {
  const world = new World();
  const tab = world.open({ consent: "unknown" });
  expect(tab.shop.event("add_to_cart", cart)).toBeNull();
  tab.shop.viewItem({ item_id: "i1" })();
  tab.emit("hidden");
  await run(10_000);
  expect(world.store.keys()).toEqual([]);
  expect(world.server.seen).toEqual([]);
});

test("lists are asked without ids before the choice and after a no", async () => {
  const world = new World();
  const tab = world.open({ consent: "unknown", customerId: "c1" });
  void tab.shop.recommend.home({ count: 3 });
  await run(100);
  void tab.shop.setConsent("denied");
  void tab.shop.recommend.home({ count: 3 });
  await run(100);
  expect(world.server.asks("home")).toEqual([{ count: 3 }, { count: 3 }]);
});

test("a yes makes a device id and tells each purpose before the first event", async () => {
  const world = new World();
  const tab = world.open({ consent: "unknown" });
  void tab.shop.setConsent("granted");
  tab.shop.event("add_to_cart", cart);
  void tab.shop.recommend.home();
  await run(3_000);
  const device = world.store.read("shopkeeper.device");
  const purposes = ["personalisation", "identity_merge", "training"];
  expect(world.server.consents()).toMatchObject(
    purposes.map((purpose) => ({ purpose, granted: true, device_id: device })),
  );
  const paths = world.server.seen.map(({ path }) => path.replace(/\?.*/, ""));
  expect(paths.indexOf("/v1/consents")).toBeLessThan(paths.indexOf("/v1/events"));
  expect(world.server.events()[0]).toMatchObject({ device_id: device, event: "add_to_cart" });
  expect(world.server.asks("home")[0]).toMatchObject({ device_id: device });
});

test("a yes is told once, however many pages say it", async () => {
  const world = new World();
  for (let page = 0; page < 3; page++) {
    const tab = world.open({ consent: "granted" });
    await run(2_000);
    tab.close();
  }
  expect(world.server.consents()).toHaveLength(3);
});

test("a no takes back the ids and what was queued, and is told under the id it concerns", async () => {
  const world = new World();
  const tab = world.open();
  await run(2_000);
  const device = world.store.read("shopkeeper.device");
  tab.shop.event("add_to_cart", cart);
  void tab.shop.setConsent("denied");
  await run(5_000);
  expect(world.server.events()).toEqual([]);
  expect(world.server.consents().slice(3)).toMatchObject(
    [1, 2, 3].map(() => ({ granted: false, device_id: device })),
  );
  expect(world.store.keys()).toEqual(["shopkeeper.consent"]);
  expect(tab.shop.event("add_to_cart", cart)).toBeNull();
});

test("the no of a visitor of whom nothing is known needs no message", async () => {
  const world = new World();
  const tab = world.open({ consent: "unknown" });
  void tab.shop.setConsent("denied");
  await run(5_000);
  expect(world.server.seen).toEqual([]);
  expect(world.store.keys()).toEqual(["shopkeeper.consent"]);
});

test("a no in one tab holds in the other at once", async () => {
  const world = new World();
  const [one, two] = [world.open(), world.open()];
  await run(2_000);
  void one.shop.setConsent("denied");
  expect(two.shop.consent).toBe("denied");
  expect(two.shop.event("add_to_cart", cart)).toBeNull();
});

test("the no survives a dead network and is told later", async () => {
  const world = new World();
  const tab = world.open();
  await run(2_000);
  world.server.mood = () => "lost";
  void tab.shop.setConsent("denied");
  await run(2_000);
  tab.close();
  world.server.mood = () => "ok";
  const next = world.open({ consent: "unknown" });
  next.emit("online");
  await run(5_000);
  expect(world.server.consents().filter((body) => body.granted === false)).toHaveLength(3);
});

test("login names both ids; logout makes the device another", async () => {
  const world = new World();
  const tab = world.open();
  await run(2_000);
  const before = world.store.read("shopkeeper.device");
  void tab.shop.login("c7");
  await run(100);
  expect(world.server.events()).toMatchObject([
    { event: "login", device_id: before, customer_id: "c7" },
  ]);
  tab.shop.logout();
  expect(tab.shop.customerId).toBeNull();
  const after = world.store.read("shopkeeper.device");
  expect(after).not.toBe(before);
  await run(2_000);
  expect(world.server.consents().filter((body) => body.device_id === after)).toHaveLength(3);
});

test("a visit ends after half an hour without an event", async () => {
  const world = new World();
  const tab = world.open();
  tab.shop.event("share", cart);
  await run(29 * 60_000);
  tab.shop.event("share", cart);
  await run(31 * 60_000);
  tab.shop.event("share", cart);
  await run(5_000);
  const [one, two, three] = world.server.events().map((body) => body.session_id);
  expect(one).toBe(two);
  expect(three).not.toBe(two);
});
