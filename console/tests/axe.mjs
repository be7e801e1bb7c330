// Accessibility of every page with axe-core: light and dark, desktop and phone. Serious findings fail.
import { createRequire } from "node:module";
import { open, pageAt, places, visit } from "./browser.mjs";

const script = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const browser = await open();
let serious = 0;
let looked = 0;
for (const how of [{ language: "en" }, { language: "zh", theme: "dark" }, { language: "en", width: 360, height: 780 }]) {
  const page = await pageAt(browser, how);
  for (const place of await places()) {
    const [name] = place;
    if (process.env.ONLY && !name.startsWith(process.env.ONLY)) continue;
    await visit(page, place);
    await page.waitForTimeout(300);
    await page.addScriptTag({ path: script });
    const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
    looked += 1;
    for (const { id, impact, help, nodes } of violations) {
      if (impact === "serious" || impact === "critical") serious += 1;
      console.log(
        `${JSON.stringify(how)} ${name}: ${impact} ${id}: ${help}\n    ${nodes
          .slice(0, 3)
          .map((node) => `${node.target} ${node.html.slice(0, 140)}`)
          .join("\n    ")}`,
      );
    }
  }
  await page.context().close();
}
await browser.close();
console.log(`${looked} pages looked at, ${serious} serious findings`);
if (serious) process.exit(1);
