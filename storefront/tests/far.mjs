// A page of another origin, under a strict content policy, that asks a shop with a key.

import { readFileSync } from "node:fs";
import { createServer } from "node:http";

const html = `<!doctype html><title>far</title><link rel="icon" href="data:,"><div id="slot"></div>
<script src="/far/sdk.js"></script><script src="/far/page.js"></script>`;

const script = (api, key) => `
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
  slot.refresh().then(() => shop.flush(), (error) => (window.refused = String(error)));
`;

/** Serves the page; `asks` says later which shop it asks. */
export async function serveFar() {
  let [api, key] = ["", ""];
  const sdk = new URL("../../sdk/web/dist/shopkeeper.js", import.meta.url);
  const files = {
    "/far/": () => ["text/html", html],
    "/far/sdk.js": () => ["text/javascript", readFileSync(sdk, "utf8")],
    "/far/page.js": () => ["text/javascript", script(api, key)],
  };
  const server = createServer(({ url }, response) => {
    const policy = [
      "default-src 'none'",
      "img-src data:",
      "script-src 'self'",
      "connect-src " + api,
      "require-trusted-types-for 'script'",
    ];
    const [kind, body] = files[url]?.() ?? ["text/plain", ""];
    response.writeHead(files[url] ? 200 : 204, {
      "Content-Type": kind,
      "Content-Security-Policy": policy.join("; "),
    });
    response.end(body);
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  server.unref();
  const { port } = server.address();
  const origin = `http://127.0.0.1:${port}`;
  return {
    origin,
    url: origin + "/far/",
    asks: (url, secret) => ([api, key] = [url, secret]),
  };
}
