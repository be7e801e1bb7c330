// How the shop looks and reads: phone and desktop, no sideways scrolling, no jumps, axe-core.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import { base, enter, openPage, order, settle, shoot } from "./browser.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe-core finds serious or critical, as text. */
async function findings(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run());
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
    );
}

const sideways = (page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

for (const [name, options] of [
  ["phone", { width: 360, height: 740, hasTouch: true }],
  ["desktop", { width: 1280, height: 900 }],
  ["dark", { width: 1280, height: 900, colorScheme: "dark" }],
  ["english", { width: 360, height: 740, locale: "en-GB", colorScheme: "dark" }],
]) {
  test(
    name + ": every page fits, reads well and has no serious finding",
    { timeout: 120_000 },
    async () => {
      // The checker itself is put into the page, which the page's own policy forbids.
      const { page, done } = await openPage({ ...options, bypassCSP: true });
      try {
        await page.goto(base + "/shop/");
        await settle(page);
        await shoot(page, name + "-consent");
        assert.deepEqual(await findings(page), []);
        await page.locator('[data-consent="granted"]').click();
        await settle(page);
        const id = (await order(page))[0];
        await page.locator(`[data-slot="home"] [data-item="${id}"] .add`).click();
        await page.waitForTimeout(4_000);
        for (const [path, shot] of [
          ["/shop/", "home"],
          ["/shop/item/" + id, "item"],
          ["/shop/search?q=" + encodeURIComponent("tea"), "search"],
          ["/shop/cart", "cart"],
          ["/shop/checkout", "checkout"],
        ]) {
          await page.goto(base + path);
          await settle(page);
          await page.waitForTimeout(500);
          await shoot(page, name + "-" + shot);
          assert.ok((await sideways(page)) <= 0, shot + " scrolls sideways");
          assert.deepEqual(await findings(page), [], shot);
        }
        await page.goto(base + "/shop/");
        await settle(page);
        await page.locator("[data-why]").first().click();
        await page.waitForTimeout(400);
        await shoot(page, name + "-why");
        assert.deepEqual(await findings(page), [], "why");
      } finally {
        await done();
      }
    },
  );
}

test("nothing jumps while lists and pictures arrive", { timeout: 60_000 }, async () => {
  const { page, done } = await openPage();
  try {
    await page.addInitScript(() => {
      window.jumped = 0;
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries())
          if (!entry.hadRecentInput) window.jumped += entry.value;
      }).observe({ type: "layout-shift", buffered: true });
    });
    await page.goto(base + "/shop/");
    await settle(page);
    await page.waitForTimeout(500);
    assert.ok((await page.evaluate(() => window.jumped)) < 0.05, "home");
    await page.goto(base + "/shop/item/" + (await order(page))[0]);
    await settle(page);
    await page.waitForTimeout(500);
    const jumped = await page.evaluate(() => window.jumped);
    assert.ok(jumped < 0.05, "item: " + jumped);
  } finally {
    await done();
  }
});

test("who wants no motion sees none", { timeout: 60_000 }, async () => {
  const { page, done } = await openPage({ reducedMotion: "reduce" });
  try {
    await enter(page);
    await page.evaluate(() => {
      window.moved = 0;
      const animate = Element.prototype.animate;
      Element.prototype.animate = function (...call) {
        window.moved += 1;
        return animate.apply(this, call);
      };
    });
    await page.locator('[data-slot="home"] .add').first().click();
    await page.locator(".panel-last[data-ms]").waitFor();
    assert.equal(await page.evaluate(() => window.moved), 0);
  } finally {
    await done();
  }
});
