// The main paths of an operator that need more than one page, browser or server to be walked.
//
// BASE_URL: the shop with customers; QUIET_URL and CONTROL_URL: one that may be stopped and started.
import assert from "node:assert/strict";
import { BASE_URL, json, open, pageAt, places, settled, until } from "./browser.mjs";
import { expect, runWalks, shows } from "./walker.mjs";

const { QUIET_URL, CONTROL_URL } = process.env;
const browser = await open();
const at = (path, base = BASE_URL) => `${base}/console${path}`;
const RETURN_MS = 30_000;
const TRAIN_MS = 300_000;
const server = async (deed) => expect((await fetch(`${CONTROL_URL}/${deed}`, { method: "POST" })).ok, deed);

/** Versions of one model, newest first; trains until there are two. */
async function versions() {
  const all = await json("/v1/models");
  const { name } = all.find(({ state }) => state === "serving");
  const own = all.filter((each) => each.name === name).sort((a, b) => b.version - a.version);
  if (own.length > 1) return own;
  await json("/v1/train", BASE_URL, { method: "POST" });
  await until(async () => (await json("/v1/jobs")).every(({ state }) => state !== "running"), "the training", TRAIN_MS);
  return versions();
}

/** Fills in why, confirms, and confirms once more if a gate says no. */
async function confirm(page, name, why) {
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel(/^Why/).fill(why);
  await dialog.getByRole("button", { name }).click();
  await dialog.locator(".notice, .refused").first().waitFor();
  if (await dialog.locator(".refused").count()) {
    await dialog.getByRole("checkbox").check();
    await dialog.getByRole("button", { name }).click();
  }
  await dialog.getByText("serves now").waitFor();
  await dialog.getByRole("button", { name: "Done" }).click();
  await dialog.waitFor({ state: "hidden" });
}

const shownServing = async (page) => {
  await page.goto(at("/models"));
  await settled(page);
  const row = page.locator(".versions li").filter({ has: page.getByText("serves", { exact: true }) });
  return (await row.locator("b").textContent()) ?? "";
};

const serving = async () => {
  const { name, version } = (await json("/v1/models")).find(({ state }) => state === "serving");
  return `${name}/${version}`;
};

const walks = {
  async "two operators promote and roll back, and each sees what the other did"(first, owner) {
    const own = await versions();
    const second = await pageAt(owner, { language: "en" });
    const before = await shownServing(first);
    expect((await shownServing(second)) === before, "both begin with the same version");
    const was = await serving();
    const other = own.find(({ name, version, damage }) => `${name}/${version}` !== was && !damage);
    await first.goto(at(`/models?version=${other.name}/${other.version}`));
    await settled(first);
    await first.getByRole("button", { name: "Promote" }).click();
    await confirm(first, "Promote", "the first operator");
    assert.equal(await serving(), `${other.name}/${other.version}`);
    const after = await shownServing(second);
    expect(after !== before, "the second operator sees what the first did");
    await second.getByRole("button", { name: "Roll back" }).click();
    await confirm(second, "Roll back", "the second operator");
    assert.equal(await serving(), was);
    expect((await shownServing(first)) === before, "the first operator sees what the second did");
    const notes = (await json("/v1/audits?count=10")).map((audit) => JSON.stringify(audit));
    for (const who of ["first", "second"])
      expect(
        notes.some((audit) => audit.includes(`the ${who} operator`)),
        `the trail names what the ${who} said`,
      );
    await second.context().close();
  },

  async "two operators promote at the same moment: one version serves, and both see it"(first, owner) {
    const [newest, next] = (await versions()).filter(({ damage }) => !damage);
    const second = await pageAt(owner, { language: "en" });
    const was = await serving();
    // Both first make the shop serve something; then each wants another version.
    const promote = (version, note) =>
      json(`/v1/models/${version.name}/promote`, BASE_URL, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ version: version.version, note, force: true }),
      });
    await Promise.all([promote(newest, "one"), promote(next, "the other")]);
    const now = await serving();
    const [one, other] = [await shownServing(first), await shownServing(second)];
    expect(one === other, "both see the same");
    expect(one.includes(now.split("/")[1]), `${one} is shown and ${now} serves`);
    const back = (await versions()).find(({ name, version }) => `${name}/${version}` === was);
    await promote(back, "as it was");
    await second.context().close();
  },

  async "a decision made in the shop is replayed to its own record"(page) {
    const shop = await pageAt(browser, { language: "en" });
    await shop.goto(`${BASE_URL}/shop/`);
    await shop.locator('[data-consent="granted"]').click();
    const answered = shop.waitForResponse((answer) => answer.url().endsWith("/v1/recommend/home"));
    await shop.locator('[data-slot="home"] .wish').first().click();
    const { decision_id: id } = await (await answered).json();
    await shop.context().close();
    await page.goto(at(`/decisions/${id}`));
    await settled(page);
    const replayed = page.waitForResponse((answer) => answer.url().endsWith("/replay"));
    await page.getByRole("button", { name: "Replay" }).click();
    const { same, differs, decision } = await (await replayed).json();
    await shows(page, "The same bytes came back");
    const record = await json(`/v1/decisions/${id}`);
    assert.equal(same, true);
    assert.deepEqual(differs, []);
    for (const part of ["kind", "chosen", "considered", "stopped", "models", "policy", "personal", "arms"])
      assert.deepEqual(decision[part], record[part], part);
    const rows = await page.locator("table").first().locator("tbody tr").count();
    expect(rows > 0 && record.chosen.length > 0, "what was chosen is shown");
  },

  async "every page stands after a reload, and back leads to the one before"(page) {
    const all = (await places()).filter(([name]) => name !== "missing");
    const head = async () => (await page.locator("h1").first().textContent()) ?? "";
    const heads = [];
    for (const [name, path] of all) {
      await page.goto(at(path));
      await settled(page);
      const was = await head();
      await page.reload();
      await settled(page);
      expect((await head()) === was, `${name}: “${was}” became “${await head()}” by a reload`);
      expect((await page.locator(".refused").count()) === 0, `${name} shows a refusal`);
      heads.push([name, was, new URL(page.url())]);
    }
    for (const [name, was, url] of heads.slice(0, -1).reverse()) {
      await page.goBack();
      await page.waitForURL((now) => now.pathname === url.pathname);
      await until(async () => (await head().catch(() => "")) === was, `${name} after going back`);
    }
  },

  async "a server that restarts while pages are open is lost and found again"(first, owner) {
    const second = await pageAt(owner, { language: "en" });
    const pages = [
      [first, "/"],
      [second, "/items"],
    ];
    for (const [page, path] of pages) {
      await page.goto(at(path, QUIET_URL));
      await settled(page);
    }
    const up = async () => (await json("/v1/overview", QUIET_URL)).uptime_s;
    const before = await up();
    await server("stop");
    try {
      await shows(first, "Reconnecting");
      await second.getByRole("textbox", { name: "Brand", exact: true }).fill("青禾");
      await shows(second, "Reconnecting");
      expect((await second.locator("h1").count()) === 1, "the page stands as it did");
    } finally {
      await server("start");
    }
    for (const [page] of pages) {
      const back = () => document.querySelector(".banner").dataset.shown === "false";
      await page.waitForFunction(back, null, { timeout: RETURN_MS });
      await settled(page);
      expect((await page.locator(".refused").count()) === 0, "nothing stays refused");
    }
    await second.waitForSelector(".rows tbody tr");
    const asked = first.waitForResponse((answer) => answer.url().endsWith("/v1/overview") && answer.ok());
    await asked;
    expect((await up()) < before + RETURN_MS / 1000, "it is another run of the server");
    await second.context().close();
  },

  async "a policy keeps strange scripts and addresses out of the console"(page) {
    const answer = await page.goto(at("/"));
    const policy = answer.headers()["content-security-policy"] ?? "";
    for (const part of ["default-src 'self'", "object-src 'none'", "frame-ancestors 'none'"])
      expect(policy.includes(part), `the policy says ${part}`);
    await settled(page);
    const got = await page.evaluate(async (url) => {
      const inline = document.createElement("script");
      inline.text = "window.strange = true";
      document.head.append(inline);
      const far = await fetch(url).then(
        () => "reached",
        () => "refused",
      );
      return { strange: globalThis.strange ?? null, far };
    }, `${QUIET_URL}/healthz`);
    assert.deepEqual(got, { strange: null, far: "refused" });
    page.faults = page.faults.filter((fault) => !/Content Security Policy|violates/.test(fault));
  },
};

await runWalks(browser, walks);
