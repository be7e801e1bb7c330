// Every page of the shop: its name, its address, and what must stand there.

import { order, settle } from "./browser.mjs";

function places(id) {
  return [
    ["home", "/shop/", '[data-slot="home"] [data-item]'],
    ["item", `/shop/item/${id}`, "[data-add]"],
    ["category", "/shop/category/", ".cards.grid [data-item]"],
    ["search", "/shop/search?q=tea", "[data-item]"],
    ["search-empty", "/shop/search?q=zzzz", ".said"],
    ["cart", "/shop/cart", ".line"],
    ["checkout", "/shop/checkout", "[data-place]"],
    ["done", "/shop/done/SK20260101ABCDEFGH", "[data-order]"],
    ["item-missing", "/shop/item/no-such-item", ".said"],
    ["missing", "/shop/nowhere", ".said"],
  ];
}

/** The places with a category that is there, and something in the cart. */
export async function prepared(page) {
  const [id] = await order(page);
  await page.locator(`[data-slot="home"] [data-item="${id}"] .add`).click();
  await settle(page);
  const category = await page.locator(".departments a").nth(1).getAttribute("href");
  return places(id).map(([name, path, sight]) => [name, name === "category" ? category : path, sight]);
}
