// What is shipped: small, without eval, and answering over a real connection.

import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { memoryStore, type Browser } from "../src/browser";
import type { Http } from "../src/http";
import { createShopkeeper } from "../src/index";
import { makeCatalogue } from "../src/recommend";

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
      response.statusCode = request.url === "/v1/items?ids=none" ? 404 : turn++ === 0 ? 503 : 200;
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

test("cards that are asked for at once go as one request, and one that is not there is told", async () => {
  const asked: string[] = [];
  const http = ((path: string) => {
    asked.push(path);
    return Promise.resolve({ total: 1, offset: 0, items: [{ item_id: "a" }] });
  }) as Http;
  const items = makeCatalogue(http);
  const [one, same, none] = [items.one("a"), items.one("a"), items.one("b,c")];
  await expect(one).resolves.toMatchObject({ item_id: "a" });
  await expect(same).resolves.toMatchObject({ item_id: "a" });
  await expect(none).rejects.toThrow("b,c");
  await expect(none).rejects.toMatchObject({ status: 404, code: "item_unknown" });
  expect(asked).toEqual(["/v1/items?ids=a,b%2Cc"]);
});
