// The classic script on a page of another origin, under a strict content policy, with a key.
//
// API_URL and API_KEY name a server that lists the origin of FAR_URL in `[server] origins`; the page
// itself is made by `far.mjs`.

import assert from "node:assert/strict";
import { test } from "node:test";
import { base, delivered, eventsOf, openPage, settle, until } from "./browser.mjs";

const { FAR_URL: far } = process.env;

/** Runs `scene` on a fresh page. */
function scene(name, run) {
  test(name, { timeout: 60_000, skip: !far && "no FAR_URL" }, async () => {
    const opened = await openPage();
    try {
      await run(opened);
    } finally {
      await opened.done();
    }
  });
}

scene("another origin, a strict policy and a key", async ({ page, sent, errors }) => {
  await page.goto(far);
  await page.locator("p[data-item]").first().waitFor();
  await page.locator("p[data-item]").nth(1).click();
  const told = (name) => () => eventsOf(sent).find((body) => body.event === name);
  const click = await until(told("select_item"), "the click");
  assert.equal(click.items[0].index, 1);
  const shown = await until(told("view_item_list"), "what was shown");
  assert.equal(shown.decision_id, click.decision_id);
  await settle(page);
  assert.equal(await page.evaluate(() => window.troubles), undefined);
  // The last event leaves with the page, or with the next one.
  await page.evaluate(() => shop.event("share", { items: [{ item_id: "i1" }] }));
  await page.goto("about:blank");
  await page.goto(far);
  await delivered(page);
  await until(told("share"), "the last event");
  assert.deepEqual(errors, []);
});

scene("an origin that is not listed is told nothing", async ({ page }) => {
  const other = far.replace("127.0.0.1", "localhost");
  await page.goto(other);
  await page.waitForFunction(() => window.refused && window.troubles);
  assert.equal(await page.locator("p[data-item]").count(), 0);
  assert.match(await page.evaluate(() => window.troubles[0].code), /unreachable/);
});

scene("a policy keeps strange scripts and addresses out of the shop", async ({ page }) => {
  const answer = await page.goto(base + "/shop/");
  const policy = answer.headers()["content-security-policy"];
  assert.match(policy, /default-src 'self'/);
  assert.match(policy, /frame-ancestors 'none'/);
  await settle(page);
  const got = await page.evaluate(async (url) => {
    const broken = [];
    document.addEventListener("securitypolicyviolation", (event) =>
      broken.push(event.effectiveDirective),
    );
    const tried = (deed) => Promise.resolve().then(deed).then(() => "done", () => "refused");
    const inline = document.createElement("script");
    await tried(() => (inline.text = "window.strange = true"));
    document.head.append(inline);
    const markup = await tried(() => (document.createElement("p").innerHTML = "<b>x</b>"));
    const far = await tried(() => fetch(url));
    await new Promise((done) => setTimeout(done));
    return { strange: window.strange, markup, far, broken };
  }, far);
  assert.equal(got.strange, undefined);
  assert.deepEqual([got.markup, got.far], ["refused", "refused"]);
  assert.ok(got.broken.includes("connect-src"), got.broken.join());
});
