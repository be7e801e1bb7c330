// The shop in a real browser: what a visitor does, and what then goes over the wire.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import {
  base,
  delivered,
  enter,
  eventsOf,
  json,
  openPage,
  order,
  settle,
  signIn,
  until,
} from "./browser.mjs";

const first = (page, slot = "home") => page.locator(`[data-slot="${slot}"] [data-item]`).first();

/** Runs `scene` on a fresh page, and fails if the page itself complained. */
function scene(name, options, run) {
  test(name, { timeout: 60_000 }, async () => {
    const opened = await openPage(options);
    try {
      await run(opened);
      assert.deepEqual(opened.errors, []);
    } finally {
      await opened.done();
    }
  });
}

/** Reasons that speak of what one customer did. */
const PERSONAL = [
  "alike_customers",
  "declared",
  "due_again",
  "liked_along",
  "same_brand",
  "same_category",
  "same_merchant",
  "similar_to",
  "taste",
];

const measured = (page) => page.locator(".panel-last[data-ms]");

scene("a click changes the list and the panel says how fast", {}, async ({ page, sent }) => {
  await enter(page);
  const before = await order(page);
  const chosen = before[2];
  await page.locator(`[data-slot="home"] [data-item="${chosen}"] a`).click();
  await page.waitForURL("**/shop/item/" + chosen);
  await measured(page).waitFor();
  const after = await order(page);
  assert.notDeepEqual(after, before);
  const ms = Number(await measured(page).getAttribute("data-ms"));
  assert.ok(ms > 0 && ms < 5_000, String(ms));
  const click = eventsOf(sent).find((body) => body.event === "select_item");
  assert.deepEqual(click.items, [{ item_id: chosen, index: 2 }]);
  assert.ok(click.decision_id && click.device_id && click.session_id);
  await page.goBack();
  await settle(page);
  const viewed = () => eventsOf(sent).find((body) => body.event === "view_item");
  const view = await until(viewed, "the view of the item");
  assert.equal(view.decision_id, click.decision_id);
  assert.ok(view.dwell_ms > 0);
  await page.getByText(/因为你看过/).waitFor();
});

scene("what is seen is told once, with its decision", {}, async ({ page, sent }) => {
  await enter(page);
  const told = () => eventsOf(sent).filter((body) => body.event === "view_item_list");
  const lines = () =>
    told().flatMap((body) => body.items.map((line) => body.decision_id + line.item_id));
  await until(() => lines().length >= 5, "five items that were seen");
  // Away and back again: what was told is not told anew.
  await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
  await page.locator(".footer").waitFor();
  await page.evaluate(() => scrollTo(0, 0));
  await page.waitForTimeout(1_500);
  await delivered(page);
  const [shown, seen] = [told(), lines()];
  assert.equal(new Set(seen).size, seen.length);
  assert.ok(shown.every((body) => body.items.every((line) => Number.isInteger(line.index))));
});

scene("what is dismissed is gone, and stays gone after a reload", {}, async ({ page, sent }) => {
  const customer = "dismiss-" + randomUUID();
  await enter(page);
  await signIn(page, customer);
  const card = first(page);
  const id = await card.getAttribute("data-item");
  await card.locator("[data-dismiss]").click();
  await measured(page).waitFor();
  assert.equal(await page.locator(`[data-item="${id}"]`).count(), 0);
  assert.ok(
    eventsOf(sent).some((body) => body.event === "dismiss_item" && body.items[0].item_id === id),
  );
  await page.reload();
  await first(page).waitFor();
  await settle(page);
  assert.equal(await page.locator(`[data-item="${id}"]`).count(), 0);
  // The server knows it by itself, without being told by the page what to leave out.
  const path = `/v1/recommend/home?customer_id=${customer}&count=50`;
  const { decision_id, items } = await json(path);
  assert.ok(items.length > 0 && items.every((choice) => choice.item_id !== id));
  const { stopped } = await json("/v1/decisions/" + decision_id);
  assert.ok(JSON.stringify(stopped).includes(`"${id}"`), "the record says that it was stopped");
});

scene("without consent no id leaves the page and none is stored", {}, async ({ page, sent }) => {
  const decided = [];
  page.on("response", async (response) => {
    if (!response.url().includes("/v1/recommend/")) return;
    const { decision_id } = await response.json().catch(() => ({}));
    if (decision_id) decided.push(decision_id);
  });
  await page.goto(base + "/shop/");
  await settle(page);
  // Longer than a list must be seen to count as shown.
  await page.waitForTimeout(1_500);
  assert.deepEqual(await page.evaluate(() => Object.keys(localStorage)), []);
  await page.locator('[data-consent="denied"]').click();
  await settle(page);
  await first(page).locator(".add").click();
  await first(page).locator("a").click();
  await settle(page);
  await page.goBack();
  await settle(page);
  // Longer than an event would wait for company.
  await page.waitForTimeout(1_500);
  assert.deepEqual(
    sent.filter(({ path }) => !/^\/v1\/(recommend|items|decisions)/.test(path)),
    [],
  );
  for (const { bodies } of sent) {
    for (const body of bodies) {
      for (const id of ["customer_id", "device_id", "session_id"])
        assert.equal(body[id], undefined);
    }
  }
  const keys = await page.evaluate(() => Object.keys(localStorage).sort());
  assert.deepEqual(keys, ["shopkeeper.consent", "store.cart"]);
  // And the server's own records know of nobody, and give no reason that is about somebody.
  assert.ok(decided.length >= 3, String(decided.length));
  const records = await Promise.all(decided.map((id) => json("/v1/decisions/" + id)));
  const codes = new Set();
  for (const { kind, who, chosen } of records) {
    assert.ok(!who.customer_id && !who.device_id && !who.session_id);
    if (kind !== "recommend.home") continue;
    for (const { reasons } of chosen) for (const { code } of reasons ?? []) codes.add(code);
  }
  assert.ok(codes.size > 0);
  assert.deepEqual(
    PERSONAL.filter((code) => codes.has(code)),
    [],
  );
});

scene("consent that is taken back removes the ids and is told", {}, async ({ page, sent }) => {
  await enter(page);
  const device = await page.evaluate(() => localStorage.getItem("shopkeeper.device"));
  assert.ok(device);
  await page.getByRole("button", { name: "隐私选择" }).click();
  await page.locator('[data-consent="denied"]').click();
  await settle(page);
  const said = () =>
    sent.filter(({ path }) => path === "/v1/consents").flatMap(({ bodies }) => bodies);
  const no = () => said().some((body) => body.granted === false && body.device_id === device);
  await until(no, "the no to be told");
  assert.equal(await page.evaluate(() => localStorage.getItem("shopkeeper.device")), null);
});

scene(
  "search finds by title, in both languages, and says when it finds nothing",
  {},
  async ({ page, sent }) => {
    await enter(page);
    const search = async (words) => {
      await page.getByRole("searchbox").fill(words);
      await page.keyboard.press("Enter");
      await page.waitForURL("**/shop/search?q=*");
      await settle(page);
    };
    await search("茶叶");
    const titles = await page.locator("[data-item] h3").allInnerTexts();
    assert.ok(titles.length > 0 && titles.every((title) => title.includes("茶叶")), titles.join());
    await search("kettle");
    assert.ok((await page.locator("[data-item]").count()) > 0);
    await search("zzzz");
    assert.ok(await page.getByText("没有找到“zzzz”").isVisible());
    await delivered(page);
    assert.deepEqual(
      eventsOf(sent)
        .filter((body) => body.event === "search")
        .map((body) => body.search_term),
      ["茶叶", "kettle", "zzzz"],
    );
  },
);

scene("categories can be browsed, narrowed and sorted", {}, async ({ page }) => {
  await enter(page);
  await page.locator(".departments a").nth(1).click();
  await settle(page);
  await page.locator(".chips a").first().waitFor();
  await page.getByLabel("排序").selectOption("price");
  await settle(page);
  const prices = await page.locator(".cards.grid .price").allInnerTexts();
  const amounts = prices.map((text) => Number(text.replace(/[^\d.]/g, "")));
  assert.deepEqual(
    amounts,
    [...amounts].sort((a, b) => a - b),
  );
  await page.locator(".chips a").first().click();
  await settle(page);
  assert.ok((await page.locator("[data-item]").count()) > 0);
});

scene("cart and checkout end in an order number and one purchase", {}, async ({ page, sent }) => {
  await enter(page);
  const ids = (await order(page)).slice(0, 2);
  await page.locator(`[data-slot="home"] [data-item="${ids[0]}"] .add`).click();
  await measured(page).waitFor();
  await page.goto(base + "/shop/item/" + ids[1]);
  await page.locator("[data-add]").click();
  await page.locator("[data-cart]").click();
  await settle(page);
  await page.locator(`.line[data-item="${ids[0]}"] .stepper button`).last().click();
  await page.waitForFunction(() =>
    [...document.querySelectorAll("output")].some((one) => one.textContent === "2"),
  );
  await settle(page);
  await page.locator("[data-checkout]").click();
  await page.locator("[data-place]").click();
  const number = await page.locator("[data-order]").innerText();
  assert.match(number, /^SK\d{8}\w{8}$/);
  await settle(page);
  await delivered(page);
  const bought = eventsOf(sent).filter((body) => body.event === "purchase");
  assert.equal(bought.length, 1);
  assert.equal(bought[0].transaction_id, number);
  assert.equal(bought[0].currency, "CNY");
  assert.deepEqual(
    bought[0].items.map((line) => [line.item_id, line.quantity]),
    [
      [ids[0], 2],
      [ids[1], 1],
    ],
  );
  const sum = bought[0].items.reduce((total, line) => total + line.price * line.quantity, 0);
  assert.ok(Math.abs(sum - bought[0].value) < 0.005);
  assert.equal(await page.locator(".count").isVisible(), false);
});

scene("every suggestion says why, and the whole record can be read", {}, async ({ page }) => {
  const answered = page.waitForResponse((answer) => answer.url().endsWith("/v1/recommend/home"));
  await enter(page);
  const { items } = await (await answered).json();
  assert.ok(
    items.every((choice) => choice.reasons.length > 0),
    "every choice has a reason",
  );
  await first(page).locator("[data-why]").click();
  const dialog = page.getByRole("dialog");
  await dialog.locator("li").first().waitFor();
  await dialog.locator("summary").click();
  await dialog.locator(".record .mine").waitFor();
  await page.keyboard.press("Escape");
  assert.equal(await page.getByRole("dialog").count(), 0);
});

scene("a customer who signs in is known to the next list", {}, async ({ page, sent }) => {
  await enter(page);
  await signIn(page, "c42");
  const login = eventsOf(sent).find((body) => body.event === "login");
  assert.ok(login.customer_id === "c42" && login.device_id);
  assert.equal(
    sent.filter(({ path }) => path === "/v1/recommend/home").at(-1).bodies[0].customer_id,
    "c42",
  );
  const before = login.device_id;
  await page.getByRole("button", { name: "退出 c42" }).click();
  await settle(page);
  const last = sent.filter(({ path }) => path === "/v1/recommend/home").at(-1).bodies[0];
  assert.equal(last.customer_id, undefined);
  assert.notEqual(last.device_id, before);
});

scene("two languages and two sets of colours, kept over a reload", {}, async ({ page }) => {
  await enter(page);
  await page.locator("[data-language]").click();
  await settle(page);
  assert.equal(await page.getByRole("heading", { name: "For you" }).isVisible(), true);
  await page.getByRole("button", { name: "Dark colours" }).click();
  await page.reload();
  await settle(page);
  assert.equal(await page.locator("html").getAttribute("lang"), "en");
  assert.equal(await page.locator("html").getAttribute("data-theme"), "dark");
});

scene("the keyboard reaches and works everything", {}, async ({ page }) => {
  await page.goto(base + "/shop/");
  await settle(page);
  await page.keyboard.press("Tab");
  assert.equal(await page.locator(":focus").innerText(), "跳到正文");
  await page.locator('[data-consent="granted"]').focus();
  await page.keyboard.press("Enter");
  await settle(page);
  await first(page).locator("a").focus();
  for (const selector of ["wish", "add"]) {
    await first(page)
      .locator("." + selector)
      .focus();
    const outline = await page
      .locator(":focus")
      .evaluate((one) => getComputedStyle(one).outlineStyle);
    assert.equal(outline, "solid");
  }
  await first(page).locator("[data-dismiss]").focus();
  await page.keyboard.press("Enter");
  await measured(page).waitFor();
  assert.equal(
    await page.evaluate(() => document.activeElement.closest("[data-item]") !== null),
    true,
  );
});

test("an error says so and offers another try", { timeout: 60_000 }, async () => {
  const { page, done } = await openPage();
  try {
    let broken = true;
    await page.route("**/v1/**", (route) => (broken ? route.abort() : route.continue()));
    await page.goto(base + "/shop/");
    await page.getByText("没能加载出来").first().waitFor();
    broken = false;
    await page.getByRole("button", { name: "再试一次" }).first().click();
    await first(page).waitFor();
  } finally {
    await done();
  }
});
