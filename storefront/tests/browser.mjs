// A real browser for the checks: Debian's Chromium, alone and without chatter.
//
// BASE_URL: where the shop is, default http://127.0.0.1:7812. CHROMIUM: the browser's path.

import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

export const base = (process.env.BASE_URL ?? "http://127.0.0.1:7812").replace(/\/$/, "");
export const shots = join(import.meta.dirname, "shots");

/** Requests of each page that have no answer yet. */
const pending = new WeakMap();

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** A page of a fresh profile, with every request of it noted; `done` closes and cleans up. */
export async function openPage(options = {}) {
  const { width = 1280, height = 900, ...rest } = options;
  const profile = mkdtempSync(join(tmpdir(), "shop-check-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    headless: true,
    args: FLAGS,
    viewport: { width, height },
    locale: "zh-CN",
    ...rest,
  });
  const page = context.pages()[0] ?? (await context.newPage());
  const sent = [];
  const open = new Set();
  pending.set(page, open);
  page.on("request", (request) => open.add(request));
  for (const end of ["requestfinished", "requestfailed"])
    page.on(end, (request) => open.delete(request));
  const errors = [];
  page.on("request", (request) => {
    const { pathname } = new URL(request.url());
    if (!pathname.startsWith("/v1/")) return;
    const text = request.postData();
    sent.push({ path: pathname, bodies: text ? [JSON.parse(text)].flat() : [] });
  });
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  const done = async () => {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  };
  return { page, context, sent, errors, done };
}

export const eventsOf = (sent) =>
  sent.filter(({ path }) => path === "/v1/events").flatMap(({ bodies }) => bodies);

/** Opens the shop and answers the banner. */
export async function enter(page, choice = "granted", path = "/shop/") {
  await page.goto(base + path);
  await page.locator(`[data-consent="${choice}"]`).click();
  await page.locator('[data-slot="home"] [data-item]').first().waitFor();
  await settle(page);
}

/** Waits until nothing is being asked for, and no list waits for its answer. */
export async function settle(page) {
  for (let quiet = 0; quiet < 4; quiet++) {
    await page.waitForTimeout(100);
    if (pending.get(page).size > 0) quiet = 0;
  }
  await page.waitForFunction(() => !document.querySelector("[aria-busy], [data-bones]"));
}

export const order = (page, slot = "home") =>
  page
    .locator(`[data-slot="${slot}"] [data-item]`)
    .evaluateAll((cards) => cards.map((card) => card.dataset.item));

export async function shoot(page, name) {
  mkdirSync(shots, { recursive: true });
  await page.screenshot({ path: join(shots, name + ".png") });
}
