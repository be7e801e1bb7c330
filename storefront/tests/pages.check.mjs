// Every page of the shop by its address, after a reload, and on the way back.

import assert from "node:assert/strict";
import { test } from "node:test";
import { base, enter, openPage, order, settle } from "./browser.mjs";
import { prepared } from "./places.mjs";

test("every page stands after a reload, and back leads to the one before", { timeout: 120_000 }, async () => {
  const { page, errors, done } = await openPage();
  try {
    await enter(page);
    const all = await prepared(page);
    const stands = async ([name, path, sight]) => {
      assert.equal(new URL(page.url()).pathname + new URL(page.url()).search, path, name);
      await page.locator(`main ${sight}`).first().waitFor();
    };
    for (const place of all) {
      await page.goto(base + place[1]);
      await stands(place);
      await settle(page);
      const title = await page.title();
      await page.reload();
      await stands(place);
      await settle(page);
      assert.equal(await page.title(), title, place[0]);
    }
    await page.goto(base + "/shop/item/no-such-item");
    await page.getByText("没有这件商品").waitFor();
    await page.goBack();
    for (const place of all.slice(0, -1).reverse()) {
      await page.goBack();
      await stands(place);
    }
    // An address that leads nowhere is no fault of the page.
    const strange = errors.filter((error) => !/Failed to load resource.*404/.test(error));
    assert.deepEqual(strange, []);
  } finally {
    await done();
  }
});

test("within the page, back and forward keep the list and the place", { timeout: 60_000 }, async () => {
  const { page, errors, done } = await openPage();
  try {
    await enter(page);
    const [id, other] = await order(page);
    await page.locator(`[data-slot="home"] [data-item="${id}"] a`).click();
    await page.waitForURL("**/item/" + id);
    await settle(page);
    await page.goto(base + "/shop/item/" + other);
    await settle(page);
    await page.locator("[data-cart]").click();
    await page.waitForURL("**/shop/cart");
    await page.goBack();
    await page.waitForURL("**/item/" + other);
    await page.locator("[data-add]").waitFor();
    await page.goBack();
    await page.waitForURL("**/item/" + id);
    await page.locator("[data-add]").waitFor();
    await page.goForward();
    await page.waitForURL("**/item/" + other);
    await page.locator("[data-add]").waitFor();
    assert.deepEqual(errors, []);
  } finally {
    await done();
  }
});
