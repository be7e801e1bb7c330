// The shop in a real browser: what a visitor does, and what then goes over the wire.

import assert from "node:assert/strict";
import { test } from "node:test";
import { base, enter, eventsOf, openPage, order, settle, shoot } from "./browser.mjs";

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
  await shoot(page, "item");
  await page.goBack();
  await settle(page);
  const view = () => eventsOf(sent).find((body) => body.event === "view_item");
  await page.waitForTimeout(1_500);
  assert.equal(view().decision_id, click.decision_id);
  assert.ok(view().dwell_ms > 0);
  assert.ok(await page.getByText(/因为你看过/).isVisible());
  await page.waitForTimeout(700);
  await shoot(page, "home-after");
});

scene("what is seen is told once, with its decision", {}, async ({ page, sent }) => {
  await enter(page);
  await page.waitForTimeout(3_500);
  const shown = eventsOf(sent).filter((body) => body.event === "view_item_list");
  const seen = shown.flatMap((body) => body.items.map((line) => body.decision_id + line.item_id));
  assert.ok(seen.length >= 5, String(seen.length));
  assert.equal(new Set(seen).size, seen.length);
  assert.ok(shown.every((body) => body.items.every((line) => Number.isInteger(line.index))));
});

scene("what is dismissed is gone, and stays gone after a reload", {}, async ({ page, sent }) => {
  await enter(page);
  const card = first(page);
  const id = await card.getAttribute("data-item");
  await card.locator("[data-dismiss]").click();
  await measured(page).waitFor();
  assert.equal(await page.locator(`[data-item="${id}"]`).count(), 0);
  assert.ok(
    eventsOf(sent).some((body) => body.event === "dismiss_item" && body.items[0].item_id === id),
  );
  await page.reload();
  await settle(page);
  assert.equal(await page.locator(`[data-item="${id}"]`).count(), 0);
});

scene("without consent no id leaves the page and none is stored", {}, async ({ page, sent }) => {
  await page.goto(base + "/shop/");
  await settle(page);
  await page.waitForTimeout(1_500);
  assert.deepEqual(await page.evaluate(() => Object.keys(localStorage)), []);
  await page.locator('[data-consent="denied"]').click();
  await settle(page);
  await first(page).locator(".add").click();
  await first(page).locator("a").click();
  await settle(page);
  await page.goBack();
  await settle(page);
  await page.waitForTimeout(2_000);
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
});

scene("consent that is taken back removes the ids and is told", {}, async ({ page, sent }) => {
  await enter(page);
  const device = await page.evaluate(() => localStorage.getItem("shopkeeper.device"));
  assert.ok(device);
  await page.getByRole("button", { name: "隐私选择" }).click();
  await page.locator('[data-consent="denied"]').click();
  await settle(page);
  await page.waitForTimeout(500);
  const said = sent.filter(({ path }) => path === "/v1/consents").flatMap(({ bodies }) => bodies);
  assert.ok(said.some((body) => body.granted === false && body.device_id === device));
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
    await shoot(page, "search");
    await search("kettle");
    assert.ok((await page.locator("[data-item]").count()) > 0);
    await search("zzzz");
    assert.ok(await page.getByText("没有找到“zzzz”").isVisible());
    await shoot(page, "search-empty");
    await page.waitForTimeout(1_200);
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
  await shoot(page, "category");
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
  await shoot(page, "cart");
  await page.locator("[data-checkout]").click();
  await page.locator("[data-place]").click();
  const number = await page.locator("[data-order]").innerText();
  assert.match(number, /^SK\d{8}\w{8}$/);
  await settle(page);
  await page.waitForTimeout(1_200);
  await shoot(page, "done");
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
  await enter(page);
  await first(page).locator("[data-why]").click();
  const dialog = page.getByRole("dialog");
  await dialog.locator("li").first().waitFor();
  await dialog.locator("summary").click();
  await dialog.locator(".record .mine").waitFor();
  await shoot(page, "why");
  await page.keyboard.press("Escape");
  assert.equal(await page.getByRole("dialog").count(), 0);
});

scene("a customer who signs in is known to the next list", {}, async ({ page, sent }) => {
  await enter(page);
  await page.getByRole("button", { name: "登录", exact: true }).click();
  await page.getByLabel("顾客编号").fill("c42");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "退出 c42" }).waitFor();
  await settle(page);
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
  await shoot(page, "home-en-dark");
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
    await shoot(page, "error");
    broken = false;
    await page.getByRole("button", { name: "再试一次" }).first().click();
    await first(page).waitFor();
  } finally {
    await done();
  }
});

scene(
  "events made offline arrive once the network is back",
  {},
  async ({ page, context, errors }) => {
    await enter(page);
    const id = (await order(page))[0];
    await context.setOffline(true);
    await page.locator(`[data-slot="home"] [data-item="${id}"] .wish`).click();
    await page.waitForTimeout(1_000);
    const queued = () =>
      page.evaluate(
        () => Object.keys(localStorage).filter((key) => key.startsWith("shopkeeper.q.")).length,
      );
    assert.ok((await queued()) > 0);
    await context.setOffline(false);
    await page.waitForFunction(
      () => !Object.keys(localStorage).some((key) => key.startsWith("shopkeeper.q.")),
      null,
      { timeout: 15_000 },
    );
    errors.length = 0;
  },
);
