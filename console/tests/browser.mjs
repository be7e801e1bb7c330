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
  const changes = encodeURIComponent(
    JSON.stringify({ boosts: [{ brand: item.brand, factor: 3 }], pins: [{ item_id: item.item_id, at: 1 }] }),
  );
  return [
    ["overview", "/"],
    ["data", "/data"],
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
    ["settings", "/settings"],
    ["settings-keys", "/settings?tab=keys"],
    ["settings-audits", "/settings?tab=audits"],
    ["missing", "/nowhere"],
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
