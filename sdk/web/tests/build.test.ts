// What is shipped: small, without eval, and answering over a real connection.

import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { memoryStore, type Browser } from "../src/browser";
import { createShopkeeper } from "../src/index";

const built = (name: string) => readFileSync(new URL("../dist/" + name, import.meta.url));

test.each(["shopkeeper.js", "shopkeeper.mjs"])("%s is at most 12 kB gzipped", (name) => {
  expect(gzipSync(built(name), { level: 9 }).length).toBeLessThanOrEqual(12_000);
});

test.each(["shopkeeper.js", "shopkeeper.mjs"])("%s runs under a strict content policy", (name) => {
  expect(built(name).toString()).not.toMatch(
    /\beval\(|new Function|innerHTML|setAttribute\("style/,
  );
});

test("the classic script defines one global name", () => {
  const load = new Function(built("shopkeeper.js").toString() + ";return Shopkeeper;");
  expect(typeof load().createShopkeeper).toBe("function");
});

test("over a real connection: an answer, a retry after 503, a problem", async () => {
  let turn = 0;
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (part) => (body += part));
    request.on("end", () => {
      response.setHeader("Content-Type", "application/json");
      response.statusCode = request.url === "/v1/items/none" ? 404 : turn++ === 0 ? 503 : 200;
      if (response.statusCode === 200) bodies.push(body);
      response.end(JSON.stringify({ code: "item_unknown", detail: "no such item", results: [] }));
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  const browser: Browser = {
    fetch: (...call) => fetch(...call),
    beacon: null,
    keepalive: false,
    store: memoryStore(),
    locks: null,
    now: () => Date.now(),
    random: () => 0,
    uuid: () => crypto.randomUUID(),
    visible: () => true,
    origin: "http://127.0.0.1",
    watch: () => () => {},
  };
  const endpoint = "http://127.0.0.1:" + port;
  const shop = createShopkeeper({
    endpoint,
    consent: "granted",
    language: "en",
    batchMs: 1,
    browser,
  });
  shop.event("share", { items: [{ item_id: "i1" }] });
  await expect.poll(() => bodies.join().includes('"share"'), { timeout: 5_000 }).toBe(true);
  await expect(shop.items.one("none")).rejects.toMatchObject({ status: 404, code: "item_unknown" });
  shop.stop();
  server.close();
});
