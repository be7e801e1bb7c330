// Runs walks one after another, each on a fresh page, and tells one line of each. ONLY=word.
import { pageAt } from "./browser.mjs";

export async function shows(page, text, timeout = 15000) {
  await page.getByText(text).first().waitFor({ timeout });
}

export function expect(isTrue, what) {
  if (!isTrue) throw new Error(what);
}

const said = (error) => String(error).split("\n").slice(0, 4).join(" ");

/** Closes the browser; the process ends with 1 if a walk failed. A walk may set `page.expected`. */
export async function runWalks(browser, walks) {
  let failed = 0;
  for (const [name, walk] of Object.entries(walks)) {
    if (process.env.ONLY && !name.includes(process.env.ONLY)) continue;
    const page = await pageAt(browser, { language: "en" });
    const begun = Date.now();
    try {
      await walk(page, browser);
      const faults = page.faults.filter((fault) => !fault.startsWith("Failed to load resource"));
      expect(faults.length === 0, faults.join("; "));
      console.log(`ok    ${name} (${((Date.now() - begun) / 1000).toFixed(1)} s)`);
    } catch (error) {
      failed += 1;
      console.log(`FAIL  ${name}: ${said(error)}`);
      if (process.env.OUT) await page.screenshot({ path: `${process.env.OUT}/fail-${failed}.png` });
    }
    await page.context().close();
  }
  await browser.close();
  process.exitCode = failed > 0 ? 1 : 0;
}
