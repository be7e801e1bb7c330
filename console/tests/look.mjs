// Pictures of every page: zh and en, desktop and phone, and some in the dark. BASE_URL, ONLY=name, OUT.
import { mkdirSync } from "node:fs";
import { open, pageAt, places, visit } from "./browser.mjs";

const out = process.env.OUT ?? new URL("./shots/", import.meta.url).pathname;
mkdirSync(out, { recursive: true });
const browser = await open();
const views = [
  ["en-1440", { language: "en", width: 1440 }],
  ["zh-1440", { language: "zh", width: 1440 }],
  ["en-390", { language: "en", width: 390, height: 844, isMobile: true, hasTouch: true }],
  ["zh-390", { language: "zh", width: 390, height: 844, isMobile: true, hasTouch: true }],
  ["en-360", { language: "en", width: 360, height: 780, isMobile: true, hasTouch: true }],
  ["dark-1440", { language: "en", width: 1440, theme: "dark" }],
].filter(([name]) => !process.env.VIEW || name === process.env.VIEW);
const faults = [];
/** Shown over a page: the picture is of what is seen at once. */
const isOver = (name) => name.includes("drawer") || name.endsWith("-new");
for (const [view, how] of views) {
  const page = await pageAt(browser, how);
  for (const place of await places()) {
    const [name] = place;
    if (process.env.ONLY && !name.startsWith(process.env.ONLY)) continue;
    await visit(page, place);
    await page.waitForTimeout(isOver(name) ? 600 : 200);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (wide > 1) faults.push(`${view} ${name}: ${wide} px too wide`);
    await page.screenshot({ path: `${out}/${name}-${view}.png`, fullPage: !isOver(name) });
  }
  faults.push(...page.faults.map((fault) => `${view}: ${fault}`));
  await page.context().close();
}
await browser.close();
console.log(faults.join("\n") || "no fault");
if (faults.length) process.exit(1);
