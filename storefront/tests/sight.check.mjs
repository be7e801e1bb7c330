// How the shop looks and reads: every page in both languages, on a phone and a desktop, light and
// dark: no sideways scrolling, nothing serious found by axe-core, and a picture of each.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, test } from "node:test";
import { base, delivered, enter, openPage, order, settle, shoot, still } from "./browser.mjs";
import { prepared } from "./places.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const NARROWEST = 360;
/** The views in which the checker looks at dark colours; in the others it looks at light ones. */
const DARK = ["zh-1280", "en-390"];

/** What axe-core finds serious or critical, as text. */
async function findings(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() =>
    window.axe.run(document, { resultTypes: ["violations"] }),
  );
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
    );
}

const sideways = (page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/** Looks at what is shown now; every page is checked in both colours, in one view or another. */
async function look(page, name, view, fullPage = true) {
  await settle(page);
  await still(page);
  const size = page.viewportSize();
  assert.ok((await sideways(page)) <= 0, name + " scrolls sideways");
  await shoot(page, `shop-${name}-${view}`, fullPage);
  const isDark = DARK.includes(view);
  await page.emulateMedia({ colorScheme: isDark ? "dark" : "light" });
  await still(page);
  assert.deepEqual(await findings(page), [], name + (isDark ? " in the dark" : ""));
  if (isDark && name === "home") await shoot(page, `shop-${name}-dark-${view}`, fullPage);
  await page.emulateMedia({ colorScheme: "light" });
  if (size.width < 500) {
    await page.setViewportSize({ ...size, width: NARROWEST });
    assert.ok((await sideways(page)) <= 0, `${name} scrolls sideways at ${NARROWEST} px`);
    await page.setViewportSize(size);
  }
}

// Two at a time: most of a look is waiting until a page is still.
describe("every page", { concurrency: 2 }, () => {
  for (const [language, locale] of [
    ["zh", "zh-CN"],
    ["en", "en-GB"],
  ]) {
    for (const width of [1280, 390]) {
      const view = `${language}-${width}`;
      test(`${view}: every page fits and reads well, light and dark`, { timeout: 180_000 }, async () => {
        const phone = width < 500 ? { height: 844, hasTouch: true } : {};
        // The checker itself is put into the page, which the page's own policy forbids.
        const options = { width, locale, colorScheme: "light", ...phone, bypassCSP: true };
        const { page, errors, done } = await openPage(options);
        try {
          await page.goto(base + "/shop/");
          await look(page, "consent", view, false);
          await page.locator('[data-consent="granted"]').click();
          await settle(page);
          await page.getByRole("button", { name: /^(登录|Sign in)$/ }).click();
          await look(page, "sign-in", view, false);
          await page.keyboard.press("Escape");
          await page.goto(base + "/shop/cart");
          await look(page, "cart-empty", view);
          await page.goto(base + "/shop/");
          await settle(page);
          for (const [name, path, sight] of await prepared(page)) {
            await page.goto(base + path);
            await page.locator(`main ${sight}`).first().waitFor();
            await look(page, name, view);
          }
          await page.goto(base + "/shop/");
          await settle(page);
          await page.locator("[data-why]").first().click();
          await page.getByRole("dialog").waitFor();
          await look(page, "why", view, false);
          const strange = errors.filter((error) => !/Failed to load resource.*404/.test(error));
          assert.deepEqual(strange, []);
        } finally {
          await done();
        }
      });
    }
  }
});

test("what cannot be loaded says so, and reads well", { timeout: 60_000 }, async () => {
  const { page, done } = await openPage({ bypassCSP: true });
  try {
    await page.route("**/v1/**", (route) => route.abort());
    await page.goto(base + "/shop/");
    await page.locator(".said").first().waitFor();
    await settle(page);
    await shoot(page, "shop-error-zh-1280");
    assert.deepEqual(await findings(page), []);
  } finally {
    await done();
  }
});

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
    await still(page);
    assert.ok((await page.evaluate(() => window.jumped)) < 0.05, "home");
    await page.goto(base + "/shop/item/" + (await order(page))[0]);
    await settle(page);
    await still(page);
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
    await delivered(page);
    assert.equal(await page.evaluate(() => window.moved), 0);
  } finally {
    await done();
  }
});
