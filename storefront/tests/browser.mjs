// A real browser for the checks: Debian's Chromium, alone and without chatter.
//
// BASE_URL: where the shop is. CHROMIUM: the browser's path. SCREENS: where pictures go.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after } from "node:test";
import { chromium } from "playwright-core";

export const base = (process.env.BASE_URL ?? "http://127.0.0.1:7788").replace(/\/$/, "");
export const shots = process.env.SCREENS ?? join(import.meta.dirname, "shots");

/** Requests of each page that have no answer yet. */
const pending = new WeakMap();
const POLL_MS = 50;
const QUIET_MS = 300;

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

let browser = null;
after(async () => (await browser)?.close());

/** A context of its own: nothing is known of it, and nothing stays of it. */
export async function openContext({ width = 1280, height = 900, ...rest } = {}) {
  browser ??= chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    headless: true,
    args: FLAGS,
  });
  return (await browser).newContext({ viewport: { width, height }, locale: "zh-CN", ...rest });
}

/** Notes what a page asks and what it complains of. */
export function watch(page) {
  const sent = [];
  const errors = [];
  const open = new Set();
  pending.set(page, open);
  page.on("request", (request) => {
    open.add(request);
    const { pathname } = new URL(request.url());
    if (!pathname.startsWith("/v1/")) return;
    const text = request.postData();
    sent.push({ path: pathname, bodies: text ? [JSON.parse(text)].flat() : [] });
  });
  for (const end of ["requestfinished", "requestfailed"])
    page.on(end, (request) => open.delete(request));
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  return { sent, errors };
}

/** A page of a fresh context, with every request of it noted; `done` closes it. */
export async function openPage(options = {}) {
  const context = await openContext(options);
  const page = await context.newPage();
  return { page, context, ...watch(page), done: () => context.close() };
}

export const eventsOf = (sent) =>
  sent.filter(({ path }) => path === "/v1/events").flatMap(({ bodies }) => bodies);

/** What `look` finds, as soon as it is something true. */
export async function until(look, what, ms = 10_000) {
  const end = Date.now() + ms;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error(`waited ${ms} ms for ${what}`);
    await new Promise((done) => setTimeout(done, POLL_MS));
  }
}

/** Opens the shop and answers the banner. */
export async function enter(page, choice = "granted", path = "/shop/", at = base) {
  await page.goto(at + path);
  await page.locator(`[data-consent="${choice}"]`).click();
  await page.locator('[data-slot="home"] [data-item]').first().waitFor();
  await settle(page);
}

export async function signIn(page, customer) {
  await page.getByRole("button", { name: /^(登录|Sign in)$/ }).click();
  await page.locator("#customer").fill(customer);
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: new RegExp(`(退出|Sign out) ${customer}`) }).waitFor();
  await settle(page);
}

/** Waits until nothing has been asked for a while, and no list waits for its answer. */
export async function settle(page) {
  for (let quiet = 0; quiet < QUIET_MS; quiet += POLL_MS) {
    await page.waitForTimeout(POLL_MS);
    if (pending.get(page).size > 0) quiet = 0;
  }
  await page.waitForFunction(() => !document.querySelector("[aria-busy], [data-bones]"));
}

/** Waits until nothing moves and every picture that is to be seen is there. */
export async function still(page) {
  await page.waitForFunction(() => {
    const seen = (image) => {
      const { top, bottom, left, right } = image.getBoundingClientRect();
      const isInside = bottom > 0 && top < innerHeight && right > 0 && left < innerWidth;
      return image.loading !== "lazy" || isInside;
    };
    const moves = document.getAnimations().some(({ playState }) => playState === "running");
    return !moves && [...document.images].every((image) => image.complete || !seen(image));
  });
}

/** Waits until the SDK has nothing left to send. */
export async function delivered(page, ms = 30_000) {
  const empty = () => !Object.keys(localStorage).some((key) => key.startsWith("shopkeeper.q."));
  await page.waitForFunction(empty, null, { timeout: ms, polling: POLL_MS });
}

export const queued = (page) =>
  page.evaluate(
    () => Object.keys(localStorage).filter((key) => key.startsWith("shopkeeper.q.")).length,
  );

export const order = (page, slot = "home") =>
  page
    .locator(`[data-slot="${slot}"] [data-item]`)
    .evaluateAll((cards) => cards.map((card) => card.dataset.item));

/** A picture of the whole page, or of what is to be seen of it. */
export async function shoot(page, name, fullPage = true) {
  mkdirSync(shots, { recursive: true });
  // What lies below the fold would be loaded on scrolling.
  if (fullPage)
    await page.evaluate(() => [...document.images].forEach((image) => (image.loading = "eager")));
  await still(page);
  await page.screenshot({ path: join(shots, name + ".png"), fullPage, animations: "disabled" });
}

export async function json(path, at = base) {
  const answer = await fetch(at + path);
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

/** Everything the server's log holds of a customer, oldest first. */
export async function timeline(customer, at = base) {
  const all = [];
  for (let before = ""; ; ) {
    const path = `/v1/customers/${encodeURIComponent(customer)}/timeline?count=200${before}`;
    const { entries, next } = await json(path, at);
    all.unshift(...[...entries].reverse());
    if (next === null) return all;
    before = `&before=${next}`;
  }
}
