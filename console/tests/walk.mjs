// Walks through the console as an operator would, against BASE_URL; SIGN_IN_URL adds signing in.
import { createServer } from "node:http";
import { BASE_URL, open, places, rowsOf, settled } from "./browser.mjs";
import { expect, runWalks, shows } from "./walker.mjs";

const browser = await open();
const at = (path) => `${BASE_URL}/console${path}`;
const known = Object.fromEntries((await places()).map(([name, path]) => [name, path]));

const walks = {
  async "a keyboard skips to the content"(page) {
    await page.goto(at("/"));
    await settled(page);
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement.className === "skip"), "the first stop is the skip link");
    await page.keyboard.press("Enter");
    expect(await page.evaluate(() => document.activeElement.id === "content"), "the content has the focus");
  },
  async "the overview asks each second, and rests while hidden"(page) {
    let asked = 0;
    page.on("request", (request) => (asked += request.url().endsWith("/v1/overview")));
    await page.goto(at("/"));
    await settled(page);
    const chart = await page.evaluate(() => (globalThis.chart = document.querySelector(".plot-area svg")) !== null);
    await page.waitForTimeout(2500);
    expect(chart && asked >= 3, `asked ${asked} times`);
    expect(await page.evaluate(() => globalThis.chart === document.querySelector(".plot-area svg")), "the chart is not mounted again");
    const hide = (state) =>
      page.evaluate((value) => {
        Object.defineProperty(document, "visibilityState", { value, configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));
      }, state);
    await hide("hidden");
    await page.waitForTimeout(300);
    const before = asked;
    await page.waitForTimeout(2500);
    expect(asked === before, `asked ${asked - before} times while hidden`);
    await hide("visible");
    await page.waitForTimeout(1500);
    expect(asked > before, "asks again when seen");
  },
  async "a chart shows its table"(page) {
    await page.goto(at("/"));
    await settled(page);
    await page.getByText("Table").first().click();
    await page.waitForSelector(".behind table");
  },
  async "a lost server is said quietly, and the page comes back by itself"(page) {
    await page.goto(at("/items"));
    await settled(page);
    await page.route(/\/(v1|readyz)/, (route) => route.abort());
    await page.getByRole("textbox", { name: "Brand", exact: true }).fill("青禾");
    await shows(page, "Reconnecting");
    expect((await page.locator(".rows tbody tr").count()) > 0 || (await page.locator(".refused").count()) > 0, "something stands there");
    await page.unroute(/\/(v1|readyz)/);
    await page.waitForFunction(() => document.querySelector(".banner").dataset.shown === "false", null, { timeout: 15000 });
    await page.waitForSelector(".rows tbody tr");
  },
  async "search, page and drawer stand in the URL; back and reload keep them"(page) {
    await page.goto(at("/items"));
    await settled(page);
    const first = await page.locator(".rows tbody tr .as-link").first().textContent();
    await page.locator(".ant-pagination-item-2").click();
    await page.waitForURL(/offset=20/);
    await page.reload();
    await settled(page);
    expect((await page.locator(".rows tbody tr .as-link").first().textContent()) !== first, "the second page shows after a reload");
    await page.locator(".rows tbody tr .as-link").first().click();
    await page.waitForURL(/item=/);
    await page.waitForSelector(".ant-drawer-open");
    await page.goBack();
    await page.waitForURL((url) => !url.search.includes("item="));
    await page.goBack();
    await page.waitForFunction((text) => document.querySelector(".rows tbody tr .as-link")?.textContent === text, first);
  },
  async "a click changes the next slate"(page) {
    await page.goto(at(known.recommend));
    await settled(page);
    await page.locator(".slate li").nth(4).getByText("Simulate a click").click();
    await page.waitForSelector(".notice");
    expect(
      /was kept in [\d.]+ ms; the next answer came in [\d.]+ ms/.test(await page.locator(".notice").textContent()),
      "it says how long both took",
    );
  },
  async "two sides are compared and marked"(page) {
    await page.goto(at(known["recommend-compare"]));
    await settled(page);
    expect((await page.locator(".slates > section").count()) === 2, "two sides");
    expect((await page.locator(".slate li[data-mark=new], .slate li[data-mark=up]").count()) > 0, "something moved");
  },
  async "the parts of a score sum to it"(page) {
    await page.goto(at(known.recommend));
    await settled(page);
    const wrong = await page.evaluate(() => {
      document.querySelectorAll(".slate details").forEach((each) => (each.open = true));
      return [...document.querySelectorAll(".slate .sum td:nth-child(2)")].filter((cell) => cell.textContent).length;
    });
    expect(wrong === 0, `${wrong} scores differ from their parts`);
  },
  async "a decision is asked again to the same bytes"(page) {
    await page.goto(at(known.decision));
    await settled(page);
    await page.getByRole("button", { name: "Replay" }).click();
    await shows(page, "The same bytes came back");
  },
  async "consent is changed and changed back"(page) {
    await page.goto(at(known.customer));
    await settled(page);
    const marketing = page.getByRole("switch", { name: "Marketing messages" });
    const was = await marketing.getAttribute("aria-checked");
    for (const isWanted of [was === "false", was === "true"]) {
      await marketing.click();
      await page.waitForFunction(
        (value) => document.querySelector('[aria-label="Marketing messages"]').getAttribute("aria-checked") === value,
        String(isWanted),
      );
    }
  },
  async "the timeline loads older entries on scrolling"(page) {
    await page.goto(at(known.customer));
    await settled(page);
    const before = await page.locator(".timeline li").count();
    await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
    await page.waitForFunction((n) => document.querySelectorAll(".timeline li").length > n, before);
  },
  async "the slider asks for features of another time"(page) {
    await page.goto(at(`${known.customer}?tab=features`));
    await settled(page);
    await page.locator(".ant-slider-handle").focus();
    for (let press = 0; press < 5; press += 1) await page.keyboard.press("ArrowLeft");
    await page.waitForURL(/at=/);
  },
  async "the data page tells what is missing; its parts have addresses of their own"(page) {
    await page.goto(at("/data"));
    await settled(page);
    expect((await page.locator(".findings li").count()) > 5, "findings");
    await page.getByRole("link", { name: "Import", exact: true }).click();
    await page.waitForURL(/data\/import$/);
    await shows(page, "shopkeeper import --list");
    await page.reload();
    await shows(page, "1 · Files");
    await page.goBack();
    await page.waitForSelector(".findings li");
  },
  async "a file with two bad rows is mapped and imported, and both stand in the quarantine"(page) {
    const name = `walk-${Date.now()}.csv`;
    await page.goto(at("/data/import"));
    await settled(page);
    await page.setInputFiles("input[type=file]", { name, mimeType: "text/csv", buffer: Buffer.from(rowsOf("wer,was,x,wie,wann")) });
    await page.waitForURL(/files=walk-/);
    await shows(page, "No known layout fits");
    await page.getByRole("button", { name: "Make a mapping" }).click();
    const choose = async (label, value) => {
      await page.getByRole("combobox", { name: label }).focus();
      await page.keyboard.type(value);
      await page.locator(".ant-select-dropdown:not(.ant-select-dropdown-hidden) .ant-select-item-option-active", { hasText: value }).waitFor();
      await page.keyboard.press("Enter");
    };
    const columns = { customer_id: "wer", item_id: "was", timestamp: "wann", event: "wie" };
    for (const [field, column] of Object.entries(columns)) await choose(`(${field})`, column);
    const meant = { pv: "view_item", cart: "add_to_cart", buy: "purchase" };
    for (const [theirs, ours] of Object.entries(meant)) await choose(`${theirs}: Stands for`, ours);
    await shows(page, "Refused: 2");
    await shows(page, "a value that is not mapped");
    await page.reload();
    await shows(page, "Refused: 2");
    await page.getByRole("button", { name: "Import 1 file" }).click();
    await page.waitForURL(/data\/imports$/);
    await page.getByRole("link", { name: "See its report" }).click({ timeout: 60000 });
    const quarantine = page.getByRole("group", { name: "Quarantine" });
    await quarantine.getByText("yesterday").first().waitFor();
    expect((await quarantine.locator("tbody tr").count()) === 2, "two rows in the quarantine");
    expect((await quarantine.getByText("wie=stare").count()) === 1, "the raw row stands there");
    await page.reload();
    await quarantine.getByText("wie=stare").waitFor();
    await page.goto(at("/data/import"));
    await page.getByRole("button", { name: `Delete ${name}` }).click();
    await page.locator(".ant-popconfirm").getByRole("button", { name: "Delete" }).click();
    await page.getByRole("button", { name: `Delete ${name}` }).waitFor({ state: "detached" });
  },
  async "an endpoint is added, tested, paused and deleted; its secret shows once"(page) {
    const receiver = createServer((_, response) => response.writeHead(204).end());
    await new Promise((done) => receiver.listen(0, "127.0.0.1", done));
    const url = `http://127.0.0.1:${receiver.address().port}/walk`;
    try {
      await page.goto(at("/webhooks"));
      await settled(page);
      await page.getByRole("button", { name: "Add an endpoint" }).first().click();
      const form = page.getByRole("dialog");
      await form.getByRole("button", { name: "Add an endpoint" }).click();
      await form.getByText("An address that begins with").waitFor();
      await form.getByLabel("Address").fill(url);
      await form.getByRole("combobox", { name: "Told of" }).focus();
      await page.keyboard.type("event.*");
      await page.keyboard.press("Enter");
      await page.keyboard.press("Escape");
      await form.getByRole("button", { name: "Add an endpoint" }).click();
      await page.getByText(/^whsec_.{8}/).waitFor();
      await page.getByRole("button", { name: "I have it" }).click();
      await page.getByText(/^whsec_.{8}/).waitFor({ state: "detached" });
      const panel = page.locator("section.panel").filter({ hasText: url });
      await panel.getByRole("button", { name: "Send a test" }).click();
      await panel.getByText(/Answered 204 in|Not delivered/).waitFor();
      await panel.getByRole("button", { name: "Pause" }).click();
      await panel.getByText("paused", { exact: true }).waitFor();
      await panel.getByRole("button", { name: "Delete" }).click();
      await page.locator(".ant-popconfirm").getByRole("button", { name: "Delete" }).click();
      await panel.waitFor({ state: "detached" });
    } finally {
      receiver.close();
    }
  },
  async "items are looked up together"(page) {
    const asked = [];
    page.on("request", (request) => request.url().includes("/v1/items") && asked.push(request.url()));
    await page.goto(at(known.recommend));
    await settled(page);
    expect(asked.length > 0 && asked.length < 8, `${asked.length} requests`);
    expect(asked.every((url) => url.includes("ids=")), "all by ids");
  },
  async "a training runs, its version is promoted, and rolled back"(page) {
    await page.goto(at("/models"));
    await settled(page);
    await page.getByRole("button", { name: "Train now" }).click();
    await page.locator(".jobs > li").first().getByText("running").waitFor();
    await page.getByRole("button", { name: "Train now" }).waitFor({ timeout: 300000 });
    await settled(page);
    const dialog = page.getByRole("dialog");
    const confirm = async (name) => {
      await dialog.getByLabel(/^Why/).fill("walked through the console");
      await dialog.getByRole("button", { name }).click();
      await dialog.locator(".notice, .refused").first().waitFor();
      if (await dialog.locator(".refused").count()) {
        await dialog.getByRole("checkbox").check();
        await dialog.getByRole("button", { name }).click();
      }
      await dialog.getByText("serves now").waitFor();
      await dialog.getByRole("button", { name: "Done" }).click();
      await dialog.waitFor({ state: "hidden" });
      await settled(page);
    };
    const serving = async () => {
      const row = page.locator(".versions li").filter({ has: page.getByText("serves", { exact: true }) });
      return (await row.locator("b").textContent()) ?? "";
    };
    const before = await serving();
    await page.locator(".versions li button").filter({ hasNot: page.getByText("serves", { exact: true }) }).first().click();
    await page.getByRole("button", { name: "Promote" }).click();
    await confirm("Promote");
    expect((await serving()) !== before, "another version serves");
    await page.getByRole("button", { name: "Roll back" }).click();
    await confirm("Roll back");
    expect((await serving()) === before, "the version before serves again");
  },
  async "language and appearance are kept"(page) {
    await page.goto(at("/models"));
    await settled(page);
    await page.locator(".side").getByText("Dark").click();
    expect((await page.evaluate(() => document.documentElement.dataset.theme)) === "dark", "dark");
    await page.locator(".side").getByText("中文").click();
    await shows(page, "每个版本连同模型卡一起保存");
  },
};

const signIn = async (page) => {
  const url = process.env.SIGN_IN_URL;
  const [name, password] = (process.env.SIGN_IN_AS ?? "viewer:open sesame").split(":");
  await page.goto(`${url}/console/models`);
  await page.waitForURL(/sign-in/);
  await page.getByLabel("Name of the key").fill(name);
  await page.getByLabel("Key", { exact: true }).fill("wrong");
  await page.getByRole("button", { name: "Sign in" }).click();
  await shows(page, "No key has this name and secret");
  await page.getByLabel("Key", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(/\/console\/models/);
  await settled(page);
  const train = page.getByRole("button", { name: "Train now" });
  expect((await train.getAttribute("aria-disabled")) === "true", "a viewer may not train");
  await train.hover();
  await shows(page, "Needs the role engineer or above");
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.waitForURL(/sign-in/);
};
if (process.env.SIGN_IN_URL) walks["a viewer signs in, sees what they may not, and signs out"] = signIn;

await runWalks(browser, walks);
