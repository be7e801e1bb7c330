// How long do people wait? First load, interactions, and the live overview while 1,000 events come
// in each second. What is measured is printed; only bounds that a slow machine keeps are asserted.
//
// BASE_URL: a shop that nothing else asks meanwhile.
import { randomUUID } from "node:crypto";
import { BASE_URL, json, open, pageAt, places, settled } from "./browser.mjs";
import { expect, runWalks } from "./walker.mjs";

const browser = await open();
const at = (path) => `${BASE_URL}/console${path}`;
const known = Object.fromEntries(await places());
const LOADS = 5;
const PRESSES = 5;
const FIRST_LOAD_MS_MAX = 3_000;
const INTERACTION_MS_MAX = 500;
const FRAME_MS = 50;
const FLOW = { per_s: 1_000, batch: 100, s: 10 };
/** A share of long frames that no machine reaches unless the page itself stands still. */
const LONG_SHARE_MAX = 0.5;

const sorted = (list) => [...list].sort((a, b) => a - b);
const median = (list) => sorted(list)[Math.floor(list.length / 2)] ?? 0;
const ms = (value) => `${value.toFixed(0)} ms`;
const told = (name, list) =>
  console.log(`      ${name}: median ${ms(median(list))}, slowest ${ms(Math.max(...list))} of ${list.length}`);

/** Notes when `sight` was first painted, counted from the start of the navigation. */
const noteSight = (sight) => {
  const look = () => {
    if (document.querySelector(sight) && !document.querySelector(".waiting"))
      requestAnimationFrame(() => setTimeout(() => (globalThis.seenAt = performance.now())));
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
};

/** Notes how long each event took until the next paint; those below 16 ms are not told apart. */
const noteEvents = () => {
  globalThis.took = [];
  const observer = new PerformanceObserver((list) => {
    for (const { interactionId, duration } of list.getEntries()) if (interactionId) globalThis.took.push(duration);
  });
  observer.observe({ type: "event", durationThreshold: 16, buffered: true });
};

/** The slowest event of what `deed` does; 16 where all were faster. */
async function interaction(page, deed) {
  await page.evaluate(() => (globalThis.took = []));
  await deed();
  await settled(page);
  return page.evaluate(() => Math.max(16, ...globalThis.took));
}

async function loads(path, sight, count) {
  const took = [];
  for (let load = 0; load < count; load += 1) {
    // A context of its own has nothing in its cache.
    const page = await pageAt(browser, { language: "en" });
    await page.addInitScript(noteSight, sight);
    await page.goto(at(path));
    took.push(await (await page.waitForFunction(() => globalThis.seenAt)).jsonValue());
    await page.context().close();
  }
  return took;
}

/** Sends events until told to stop; how many were taken. */
function flow() {
  let [sent, stopped] = [0, false];
  const send = async () => {
    const begun = Date.now();
    while (!stopped) {
      const events = Array.from({ length: FLOW.batch }, (_, place) => ({
        event_id: randomUUID(),
        event: "view_item",
        customer_id: `c${(sent + place) % 400}`,
        items: [{ item_id: `i${(sent + place) % 600}` }],
      }));
      const headers = { "Content-Type": "application/json" };
      await json("/v1/events?results=rejected", BASE_URL, { method: "POST", headers, body: JSON.stringify(events) });
      sent += FLOW.batch;
      const ahead = (sent / FLOW.per_s) * 1000 - (Date.now() - begun);
      if (ahead > 0) await new Promise((done) => setTimeout(done, ahead));
    }
  };
  const done = send();
  return async () => {
    stopped = true;
    await done;
    return sent;
  };
}

/** The lengths of all frames of some seconds, in milliseconds. */
const frames = (seconds) =>
  new Promise((done) => {
    const lengths = [];
    let before = performance.now();
    const end = before + seconds * 1000;
    const frame = (now) => {
      lengths.push(now - before);
      before = now;
      if (now < end) requestAnimationFrame(frame);
      else done(lengths.slice(1));
    };
    requestAnimationFrame(frame);
  });

const walks = {
  async "the console's first load"() {
    for (const [name, path, sight] of [
      ["overview", "/", ".figures"],
      ["items", "/items", ".rows tbody tr"],
      ["decision", known.decision, ".sentences"],
    ]) {
      const took = await loads(path, sight, LOADS);
      told(`first load of ${name}, until its content is painted (aim 1,000 ms)`, took);
      expect(median(took) < FIRST_LOAD_MS_MAX, `${name} took ${ms(median(took))}`);
    }
  },
  async "interactions"(page) {
    await page.addInitScript(noteEvents);
    const measured = { "a row is opened": [], "a page is opened": [], "a letter is typed": [] };
    for (let press = 0; press < PRESSES; press += 1) {
      await page.goto(at("/items"));
      await settled(page);
      const add = async (name, deed) => measured[name].push(await interaction(page, deed));
      await add("a row is opened", () => page.locator(".rows tbody .item-name .as-link").nth(press).click());
      await page.keyboard.press("Escape");
      await settled(page);
      await add("a letter is typed", () => page.getByRole("textbox", { name: "Brand", exact: true }).pressSequentially("青禾"));
      const link = page.locator(".side .menu a").nth(1 + press);
      await add("a page is opened", () => link.click());
    }
    for (const [name, took] of Object.entries(measured)) {
      told(`${name}, event to next paint (aim 100 ms; 16 stands for less)`, took);
      expect(median(took) < INTERACTION_MS_MAX, `${name}: ${ms(median(took))}`);
    }
  },
  async "the live overview while 1,000 events come in each second"(page) {
    await page.goto(at("/"));
    await settled(page);
    const begun = Date.now();
    const before = (await json("/v1/overview")).events_total;
    const stop = flow();
    const lengths = await page.evaluate(frames, FLOW.s);
    const sent = await stop();
    const rate = sent / ((Date.now() - begun) / 1000);
    const long = lengths.filter((length) => length > FRAME_MS);
    const share = long.length / lengths.length;
    const lost = long.reduce((sum, length) => sum + length, 0) / lengths.reduce((sum, length) => sum + length, 0);
    console.log(
      `      ${rate.toFixed(0)} events/s taken; ${lengths.length} frames in ${FLOW.s} s, longest ${ms(Math.max(...lengths))}, ` +
        `${(100 * share).toFixed(1)} % of frames over ${FRAME_MS} ms (${(100 * lost).toFixed(1)} % of the time)`,
    );
    expect((await json("/v1/overview")).events_total - before === sent, "every event is in the log");
    expect(share < LONG_SHARE_MAX, "most frames are short");
  },
};

await runWalks(browser, walks);
