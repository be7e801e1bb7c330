// Is nothing lost and nothing doubled, whatever happens to the network, the page or the server?
//
// What the visitor did is compared with what the server's log holds of them. CONTROL_URL stops,
// kills and starts the server that BASE_URL names.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import {
  base,
  delivered,
  enter,
  openPage,
  order,
  queued,
  settle,
  signIn,
  timeline,
  until,
} from "./browser.mjs";

const { CONTROL_URL } = process.env;
/** Back-off doubles: a server that was away for seconds is asked again within this time. */
const RECOVERY_MS = 60_000;

async function server(deed) {
  const answer = await fetch(`${CONTROL_URL}/${deed}`, { method: "POST" });
  assert.equal(answer.status, 200, await answer.text());
}

/** Runs `scene` as a customer of whom nothing is known yet. */
function scene(name, run) {
  test(name, { timeout: 180_000, skip: !CONTROL_URL && "no CONTROL_URL" }, async () => {
    const opened = await openPage();
    const customer = "delivery-" + randomUUID();
    try {
      await enter(opened.page);
      await signIn(opened.page, customer);
      await delivered(opened.page);
      await run({ ...opened, customer });
      const strange = opened.errors.filter((error) => !/Failed to load resource|ERR_/.test(error));
      assert.deepEqual(strange, []);
    } finally {
      await opened.done();
      // A scene that failed half-way must not take the next one along.
      await server("start");
    }
  });
}

/** Presses a button of the first card where that still does something; the item's id. */
async function press(page, selector) {
  const card = page
    .locator('[data-slot="home"] [data-item]')
    .filter({ has: page.locator(selector) })
    .first();
  const id = await card.getAttribute("data-item");
  await page.locator(`[data-slot="home"] [data-item="${id}"] ${selector}`).click();
  return id;
}

const save = (page) => press(page, ".wish[aria-pressed=false]");
const add = (page) => press(page, ".add:enabled");

/** What the log holds of what the visitor did, without what was merely shown. */
async function logged(customer) {
  const entries = await timeline(customer);
  return entries
    .filter(({ event }) => /^(add_to_|view_item$|select_item|dismiss_item|purchase)/.test(event))
    .flatMap(({ event, items }) => items.map(({ item_id }) => `${event} ${item_id}`));
}

const same = (got, wanted) => assert.deepEqual([...got].sort(), [...wanted].sort());

scene("a server that restarts: what was clicked meanwhile arrives once", async ({ page, customer }) => {
  const a = await save(page);
  await delivered(page);
  await settle(page);
  await server("stop");
  const b = await save(page);
  const c = await add(page);
  await until(async () => (await queued(page)) >= 2, "two events in storage");
  assert.ok((await order(page)).length > 0, "the page stands as it did");
  await server("start");
  await delivered(page, RECOVERY_MS);
  const told = [`add_to_wishlist ${a}`, `add_to_wishlist ${b}`, `add_to_cart ${c}`];
  same(await logged(customer), told);
  // And the page goes on: the next click moves the list again.
  const moved = page.waitForResponse((answer) => answer.url().includes("/v1/recommend/home"));
  const d = await save(page);
  assert.equal((await moved).status(), 200);
  await delivered(page);
  same(await logged(customer), [...told, `add_to_wishlist ${d}`]);
});

scene("a server that is killed: what it acknowledged is still there", async ({ page, customer }) => {
  const a = await save(page);
  await delivered(page);
  await settle(page);
  const b = await save(page);
  await server("kill");
  const c = await save(page);
  // A page that is reloaded has nothing but its storage; this one cannot even be loaded.
  await page.reload().catch(() => {});
  await server("start");
  await page.goto(base + "/shop/");
  await delivered(page, RECOVERY_MS);
  same(await logged(customer), [a, b, c].map((id) => `add_to_wishlist ${id}`));
});

scene("a time offline: what was done arrives once", async ({ page, context, customer }) => {
  const a = await save(page);
  await delivered(page);
  await settle(page);
  await context.setOffline(true);
  const b = await save(page);
  const c = await save(page);
  const d = await add(page);
  await until(async () => (await queued(page)) >= 3, "three events in storage");
  same(await logged(customer), [`add_to_wishlist ${a}`]);
  await context.setOffline(false);
  await delivered(page);
  const saved = [a, b, c].map((id) => `add_to_wishlist ${id}`);
  same(await logged(customer), [...saved, `add_to_cart ${d}`]);
});

scene("a reload while offline: nothing is lost or doubled", async ({ page, context, customer }) => {
  const [a] = await order(page);
  await page.locator(`[data-slot="home"] [data-item="${a}"] a`).click();
  await page.locator("[data-add]").waitFor();
  await settle(page);
  await context.setOffline(true);
  const b = await save(page);
  const c = await add(page);
  await until(async () => (await queued(page)) >= 2, "two events in storage");
  const failed = await page.reload().then(() => "", String);
  assert.match(failed, /ERR_INTERNET_DISCONNECTED/);
  await context.setOffline(false);
  await page.goto(base + "/shop/");
  await settle(page);
  await delivered(page);
  // The view of the item ended with the page, offline, and is told with its time.
  same(await logged(customer), [
    `select_item ${a}`,
    `view_item ${a}`,
    `add_to_wishlist ${b}`,
    `add_to_cart ${c}`,
  ]);
});

scene("answers that get lost: the event is sent again and kept once", async ({ page, customer }) => {
  let lost = 0;
  await page.route("**/v1/events*", async (route) => {
    if (lost >= 2) return route.continue();
    lost += 1;
    await route.fetch();
    return route.abort();
  });
  const a = await save(page);
  await delivered(page, RECOVERY_MS);
  assert.equal(lost, 2);
  same(await logged(customer), [`add_to_wishlist ${a}`]);
});
