// The classic script on a page of another origin, under a strict content policy, with a key.
//
// API_URL and API_KEY name a server that lists http://localhost:7859 in `[server] origins`; without
// them there is nothing to check. The page is served from here, at that origin.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { test } from "node:test";
import { eventsOf, openPage, settle } from "./browser.mjs";

const { API_URL: api, API_KEY: key } = process.env;
const port = 7859;
const far = `http://localhost:${port}/far/`;
const sdk = readFileSync(new URL("../../sdk/web/dist/shopkeeper.js", import.meta.url), "utf8");

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "connect-src " + api,
  "require-trusted-types-for 'script'",
].join("; ");

const html = `<!doctype html><title>far</title><div id="slot"></div>
<script src="/far/sdk.js"></script><script src="/far/page.js"></script>`;

const script = `
  const shop = Shopkeeper.createShopkeeper({
    endpoint: ${JSON.stringify(api)}, key: ${JSON.stringify(key)}, consent: "granted", language: "en",
    onTrouble: (trouble) => (window.troubles ??= []).push(trouble),
  });
  const slot = shop.slot(document.querySelector("#slot"), {
    surface: "home",
    count: 4,
    render: (choice) => {
      const element = document.createElement("p");
      element.textContent = choice.item_id;
      element.dataset.item = choice.item_id;
      return element;
    },
  });
  slot.refresh().then(() => shop.flush());
`;

const files = {
  "/far/": ["text/html", html],
  "/far/sdk.js": ["text/javascript", sdk],
  "/far/page.js": ["text/javascript", script],
};

async function serve() {
  const server = createServer(({ url }, response) => {
    const [kind, body] = files[url] ?? ["text/plain", ""];
    response.writeHead(files[url] ? 200 : 204, {
      "Content-Type": kind,
      "Content-Security-Policy": policy,
    });
    response.end(body);
  });
  await new Promise((done) => server.listen(port, "localhost", done));
  return server;
}

test(
  "another origin, a strict policy and a key",
  { skip: !api || !key, timeout: 60_000 },
  async () => {
    const server = await serve();
    const { page, sent, errors, done } = await openPage();
    try {
      await page.goto(far);
      await page.locator("p[data-item]").first().waitFor();
      await page.locator("p[data-item]").nth(1).click();
      await page.waitForTimeout(2_500);
      await settle(page);
      const events = eventsOf(sent);
      const click = events.find((body) => body.event === "select_item");
      assert.equal(click.items[0].index, 1);
      assert.ok(
        events.some(
          (body) => body.event === "view_item_list" && body.decision_id === click.decision_id,
        ),
      );
      assert.equal(await page.evaluate(() => window.troubles), undefined);
      // The last event leaves with the page.
      await page.evaluate(() => shop.event("share", { items: [{ item_id: "i1" }] }));
      await page.goto("about:blank");
      await page.waitForTimeout(500);
      await page.goto(far);
      const empty = () =>
        !Object.keys(localStorage).some((name) => name.startsWith("shopkeeper.q."));
      await page.waitForTimeout(2_000);
      await page.waitForFunction(empty, null, { timeout: 10_000 });
      assert.ok(eventsOf(sent).some((body) => body.event === "share"));
      assert.deepEqual(errors, []);
    } finally {
      await done();
      server.closeAllConnections();
      server.close();
    }
  },
);
