// Every page in both languages, on a desktop and a phone: a picture, no sideways scrolling, and with
// axe-core nothing serious, light and dark. BASE_URL; ONLY=page, VIEW=en-1280, SCREENS=folder.
import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { open, pageAt, places, settled, visit } from "./browser.mjs";

const script = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const out = process.env.SCREENS ?? new URL("./shots/", import.meta.url).pathname;
const NARROWEST = 360;
/** The views in which the checker looks at dark colours; in the others it looks at light ones. */
const DARK = ["zh-1280", "en-390"];
mkdirSync(out, { recursive: true });
const browser = await open();
const phone = { height: 844, isMobile: true, hasTouch: true };
const views = ["en", "zh"].flatMap((language) => [
  [`${language}-1280`, { language, width: 1280 }],
  [`${language}-390`, { language, width: 390, ...phone }],
]);

/** What axe-core finds serious or critical, as text. */
async function findings(page) {
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, help, nodes }) => {
      const where = nodes.slice(0, 3).map(({ target, html }) => `${target} ${html.slice(0, 140)}`);
      return `${id}: ${help}\n        ${where.join("\n        ")}`;
    });
}

const sideways = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/** Shown over a page: the picture is of what is seen at once. */
const isOver = (name) => name.includes("drawer") || name.endsWith("-new");

/** What is wrong with the page that is shown. */
async function look(page, name, view) {
  const faults = [];
  const note = (what) => (fault) => faults.push(`${what}${fault}`);
  const size = page.viewportSize();
  if ((await sideways(page)) > 1) faults.push("scrolls sideways");
  await page.screenshot({ path: `${out}/console-${name}-${view}.png`, fullPage: !isOver(name), animations: "disabled" });
  await page.addScriptTag({ path: script });
  const isDark = DARK.includes(view);
  if (isDark) {
    await page.emulateMedia({ colorScheme: "dark" });
    await settled(page);
    if (name === "overview") await page.screenshot({ path: `${out}/console-${name}-dark-${view}.png`, animations: "disabled" });
  }
  (await findings(page)).forEach(note(isDark ? "in the dark: " : ""));
  if (isDark) await page.emulateMedia({ colorScheme: "light" });
  if (size.width < 500) {
    await page.setViewportSize({ ...size, width: NARROWEST });
    if ((await sideways(page)) > 1) faults.push(`scrolls sideways at ${NARROWEST} px`);
    await page.setViewportSize(size);
  }
  return faults;
}

let failed = 0;
const all = (await places()).filter(([name]) => !process.env.ONLY || name.startsWith(process.env.ONLY));

async function lookThrough([view, how]) {
  // The checker itself is put into the page, which the page's own policy forbids.
  const page = await pageAt(browser, { theme: "system", colorScheme: "light", bypassCSP: true, ...how });
  for (const place of all) {
    const [name] = place;
    let faults = [];
    try {
      await visit(page, place);
      faults = await look(page, name, view);
    } catch (error) {
      faults = [String(error).split("\n").slice(0, 3).join(" ")];
    }
    faults.push(...page.faults.splice(0));
    if (faults.length > 0) failed += 1;
    console.log(faults.length > 0 ? `FAIL  ${view} ${name}: ${faults.join("\n      ")}` : `ok    ${view} ${name}`);
  }
  await page.context().close();
}

// Two at a time: most of a look is waiting until a page is still.
const waiting = views.filter(([view]) => !process.env.VIEW || process.env.VIEW === view);
const lane = async () => {
  for (let view = waiting.shift(); view; view = waiting.shift()) await lookThrough(view);
};
await Promise.all([lane(), lane()]);
await browser.close();
process.exitCode = failed > 0 ? 1 : 0;
