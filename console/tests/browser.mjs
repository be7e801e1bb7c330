// What the browser checks share: the browser, the server's address, every page with its state.
import { chromium } from "playwright-core";

export const BASE_URL = process.env.BASE_URL ?? "http://127.0.0.1:7813";

/** Requests of each page that have no answer yet. */
const pending = new WeakMap();
const POLL_MS = 50;
const QUIET_MS = 250;

export const open = () =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });

/** A fresh page at this width, language and theme. */
export async function pageAt(browser, { width = 1440, height = 900, language = "en", theme = "light", ...rest } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, locale: language === "zh" ? "zh-CN" : "en-GB", ...rest });
  await context.addInitScript(
    ([l, t]) => {
      localStorage.setItem("console.language", l);
      localStorage.setItem("console.theme", t);
    },
    [language, theme],
  );
  const page = await context.newPage();
  page.faults = [];
  const open = new Set();
  pending.set(page, open);
  page.on("request", (request) => open.add(request));
  for (const end of ["requestfinished", "requestfailed"]) page.on(end, (request) => open.delete(request));
  page.on("pageerror", (error) => page.faults.push(String(error)));
  page.on("console", (message) => message.type() === "error" && page.faults.push(message.text()));
  return page;
}

export async function json(path, at = BASE_URL, how = {}) {
  const answer = await fetch(at + path, how);
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.json();
}

/** A small file that lies on the server, so that its first rows can be shown: two of them are bad. */
const SHOWN = "UserBehavior-shown.csv";
const BAD = ["walker,item-2,7,stare,1762830060", "walker,item-3,7,pv,yesterday"];
export const rowsOf = (header) =>
  [header, "walker,item-1,7,pv,1762830000", ...BAD, "walker,item-2,7,cart,1762830120", "walker,item-1,7,buy,1762830180", ""].join("\n");

async function lying() {
  const body = rowsOf("user_id,item_id,category_id,behavior_type,timestamp");
  const answer = await fetch(`${BASE_URL}/v1/uploads/${SHOWN}`, { method: "PUT", body });
  if (!answer.ok) throw new Error(`${SHOWN}: ${answer.status}`);
  return SHOWN;
}

/** Goes to one of the places. An open server asks nobody to sign in, so that page is told of a closed one. */
export async function visit(page, [name, path]) {
  const isClosed = name === "sign-in";
  const session = /\/v1\/session$/;
  if (isClosed) await page.route(session, (route) => route.fulfill({ json: { open: false, operator: null } }));
  await page.goto(`${BASE_URL}/console${path}`);
  await settled(page);
  if (isClosed) await page.unroute(session);
}

/** What `look` finds, as soon as it is something true. */
export async function until(look, what, ms = 15_000) {
  const end = Date.now() + ms;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error(`waited ${ms} ms for ${what}`);
    await new Promise((done) => setTimeout(done, POLL_MS));
  }
}

/** Name, and path under /console. */
export async function places() {
  const { customers } = await json("/v1/customers?prefix=c1&count=200");
  const customer = process.env.CUSTOMER ?? customers.reduce((most, row) => (row.touches > most.touches ? row : most)).customer_id;
  const item = (await json("/v1/items?count=50")).items.find(({ stock }) => stock !== 0);
  const decisions = (await json("/v1/decisions?kind=recommend.home&count=20")).decisions;
  const decision = decisions.find((row) => row.chosen > 0) ?? decisions[0];
  const { imports } = await json("/v1/imports");
  const changes = encodeURIComponent(
    JSON.stringify({ boosts: [{ brand: item.brand, factor: 3 }], pins: [{ item_id: item.item_id, at: 1 }] }),
  );
  return [
    ["overview", "/"],
    ["data", "/data"],
    ["data-import", `/data/import?files=${await lying()}`],
    ["data-import-mapping", `/data/import?files=${await lying()}&by=mapping`],
    ["data-imports", "/data/imports"],
    ...imports.slice(0, 1).map(({ id }) => ["data-report", `/data/imports/${id}`]),
    ["items", "/items"],
    ["items-drawer", `/items?item=${item.item_id}`],
    ["customers", "/customers?prefix=c1"],
    ["customer", `/customers/${customer}`],
    ["customer-features", `/customers/${customer}?tab=features&at=${new Date(Date.now() - 9 * 864e5).toISOString()}`],
    ["recommend", `/recommend?customer=${customer}&go=1`],
    ["recommend-compare", `/recommend?customer=${customer}&go=1&compare=1&b=${changes}`],
    ["models", "/models"],
    ["decisions", "/decisions"],
    ["decision", `/decisions/${decision.decision_id}`],
    ["experiments", "/experiments"],
    ["webhooks", "/webhooks"],
    ["webhooks-new", "/webhooks?edit=new"],
    ["webhooks-dead", "/webhooks/dead-letters"],
    ["settings", "/settings"],
    ["settings-keys", "/settings?tab=keys"],
    ["settings-audits", "/settings?tab=audits"],
    ["missing", "/nowhere"],
    ["sign-in", "/sign-in"],
  ];
}

/** Waits until nothing on the page says it is loading, nothing is being asked and nothing moves. */
export async function settled(page) {
  await page.waitForSelector("h1", { timeout: 15000 });
  for (let quiet = 0; quiet < QUIET_MS; quiet += POLL_MS) {
    await page.waitForTimeout(POLL_MS);
    if (pending.get(page).size > 0) quiet = 0;
  }
  const still = () => {
    const moves = document.getAnimations().some(
      ({ playState, effect }) => playState === "running" && effect?.getComputedTiming().iterations !== Infinity,
    );
    return !moves && !document.querySelector(".waiting");
  };
  await page.waitForFunction(still, null, { timeout: 15000 });
}
