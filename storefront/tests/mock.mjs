// A stand-in for what a server lacks: serves the built shop and GET /v1/items, passes on the rest.
//
// SHOPKEEPER: address of a running server. CATALOGUE: its facts, written by `shopkeeper export`.
// PORT: where to listen, default 7812. PICTURES=1 names pictures, for trying their absence.

import { createReadStream, existsSync, readFileSync } from "node:fs";
import { createServer, request as ask } from "node:http";
import { extname, join } from "node:path";
import { createInterface } from "node:readline";

const upstream = new URL(process.env.SHOPKEEPER ?? "http://127.0.0.1:7788");
const dist = join(import.meta.dirname, "..", "dist");
const kinds = {
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".html": "text/html; charset=utf-8",
};

const items = new Map();
for await (const text of createInterface({ input: createReadStream(process.env.CATALOGUE) })) {
  const { Item, Event } = JSON.parse(text).fact.body;
  if (Item) items.set(Item.id, itemOut(Item));
  if (Event) count(Event);
}
const popular = [...items.values()].sort((a, b) => b.stats.popularity - a.stats.popularity);
const sorts = {
  popular: () => popular,
  price: () => [...popular].sort((a, b) => a.price - b.price),
  newest: () => [...items.values()].reverse(),
};

function itemOut(item) {
  return {
    item_id: item.id,
    title_zh: item.title_zh,
    title_en: item.title_en,
    category: item.category,
    brand: item.brand,
    merchant_id: item.merchant,
    price: item.price.minor / 100,
    currency: item.price.currency,
    rebate: item.rebate_ppm / 1e6,
    stock: item.stock,
    active: item.active,
    attributes: item.attributes,
    image: process.env.PICTURES ? `/shop/pictures/${item.id}.svg` : null,
    link: null,
    stats: { views: 0, carts: 0, purchases: 0, shown: 0, popularity: 0, trend: 0, rating: null },
  };
}

function count({ kind, lines }) {
  const field = {
    ViewItem: "views",
    AddToCart: "carts",
    Purchase: "purchases",
    ViewItemList: "shown",
  }[kind];
  for (const line of lines) {
    const stats = items.get(line.item)?.stats;
    if (!stats || !field) continue;
    stats[field] += 1;
    stats.popularity += { views: 1, carts: 4, purchases: 6, shown: 0 }[field];
  }
}

function list(query) {
  const words = (query.get("query") ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  const category = query.get("category");
  const matching = sorts[query.get("sort") ?? "popular"]().filter((item) => {
    const text = [item.title_zh, item.title_en, item.brand, ...item.category]
      .join(" ")
      .toLowerCase();
    return (
      (!category || item.category.includes(category)) && words.every((word) => text.includes(word))
    );
  });
  const offset = Number(query.get("offset") ?? 0);
  const page = matching.slice(offset, offset + Number(query.get("count") ?? 20));
  return { total: matching.length, offset, items: page };
}

function json(response, status, body) {
  response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
}

function pass(request, response) {
  const { hostname, port } = upstream;
  const { method, url: path, headers } = request;
  const passed = ask({ hostname, port, method, path, headers }, (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    answer.pipe(response);
  });
  passed.on("error", () => json(response, 502, { code: "upstream", status: 502 }));
  request.pipe(passed);
}

function serve(path, response) {
  const file = join(dist, path.replace(/^\/shop\//, ""));
  const found = file.startsWith(dist) && extname(file) && existsSync(file);
  if (!found && extname(path)) return json(response, 404, { code: "not_found", status: 404 });
  const shown = found ? file : join(dist, "index.html");
  response.writeHead(200, { "Content-Type": kinds[extname(shown)] ?? "application/octet-stream" });
  response.end(readFileSync(shown));
}

createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url, "http://mock");
  if (request.method === "GET" && pathname === "/v1/items")
    return json(response, 200, list(searchParams));
  const one = request.method === "GET" && pathname.match(/^\/v1\/items\/([^/]+)$/);
  if (one) {
    const item = items.get(decodeURIComponent(one[1]));
    return item
      ? json(response, 200, item)
      : json(response, 404, { code: "item_unknown", status: 404 });
  }
  if (pathname.startsWith("/shop/")) return serve(pathname, response);
  pass(request, response);
}).listen(Number(process.env.PORT ?? 7812), "127.0.0.1");
