// Runs every check that needs a browser against the real binary on a made-up shop.
//
// `cargo xtask browser` starts this. SHOPKEEPER: the binary; CHROMIUM: the browser; SCREENS: where
// pictures go. Words after the name choose checks. Everything that is started here and every file
// but the pictures is gone at the end, whichever end it is.

import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { serveFar } from "../../storefront/tests/far.mjs";
import { control, keyedShop, makeShop, openShop, quietShop, stopAll } from "./servers.mjs";

const root = resolve(import.meta.dirname, "../..");
const binary = resolve(process.env.SHOPKEEPER ?? join(root, "target/debug/shopkeeper"));
const screens = resolve(process.env.SCREENS ?? join(root, "target/screens"));
/** Longer than any group of checks takes on a slow machine. */
const GROUP_MS = 420_000;
const KILL_MS = 5_000;

const node = (folder, file) => [folder, [join("tests", file)]];
const tests = (folder, file) => [
  folder,
  ["--test", "--test-reporter", join(import.meta.dirname, "lines.mjs"), join("tests", file)],
];

/**
 * Name, program, which server it asks, and which one it may stop. Shop and console are checked side
 * by side, each in this order; what is measured is measured alone, afterwards.
 */
const GROUPS = [
  ["shop", tests("storefront", "shop.check.mjs"), "open"],
  ["shop-pages", tests("storefront", "pages.check.mjs"), "open"],
  ["shop-sight", tests("storefront", "sight.check.mjs"), "open"],
  ["shop-origin", tests("storefront", "origin.check.mjs"), "keyed"],
  ["shop-delivery", tests("storefront", "delivery.check.mjs"), "quiet", "quiet"],
  ["console-sight", node("console", "look.mjs"), "open"],
  ["console-walk", node("console", "walk.mjs"), "open"],
  ["console-paths", node("console", "paths.mjs"), "open", "spare"],
  ["console-timing", node("console", "timing.mjs"), "spare"],
];
const laneOf = (name) => (name === "console-timing" ? "alone" : name.split("-")[0]);

const only = process.argv.slice(2);
const chosen = GROUPS.filter(([name]) => only.length === 0 || only.some((word) => name.includes(word)));
const total = { ok: 0, failed: 0 };
const dir = mkdtempSync(join(tmpdir(), "shopkeeper-browser-"));
const children = new Set();
let ending = null;

const late = (ms) => new Promise((done) => setTimeout(done, ms, "late").unref());

/** Ends a group's own process group: Node, and what it started. */
async function endChild({ pid, gone }) {
  for (const signal of ["SIGTERM", "SIGKILL"]) {
    try {
      process.kill(-pid, signal);
    } catch {
      return;
    }
    if ((await Promise.race([gone, late(KILL_MS)])) !== "late") return;
  }
}

/** Ends what was started and removes what was written; once, however often it is asked. */
function end() {
  ending ??= (async () => {
    await Promise.all([...children].map(endChild));
    await stopAll();
    rmSync(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  })();
  return ending;
}

function add(line, count) {
  if (line.startsWith("ok ")) count.ok += 1;
  else if (line.startsWith("FAIL ")) count.failed += 1;
}

function fail(line) {
  total.failed += 1;
  console.log(`FAIL  ${line}`);
}

async function runGroup([name, [folder, args], server, stopped], urls) {
  const begun = Date.now();
  const [count, lines] = [{ ok: 0, failed: 0 }, []];
  const started = spawn(process.execPath, args, {
    cwd: join(root, folder),
    env: { ...urls.env, BASE_URL: urls[server], QUIET_URL: urls[stopped], CONTROL_URL: urls.control[stopped] },
    stdio: ["ignore", "pipe", "inherit"],
    detached: true,
  });
  const child = { pid: started.pid, gone: new Promise((done) => started.once("close", done)) };
  children.add(child);
  createInterface({ input: started.stdout }).on("line", (line) => {
    if (ending) return;
    add(line, count);
    console.log(line.replace(/^(ok|FAIL) +/, `$&${name}: `));
  });
  const code = await Promise.race([child.gone, late(GROUP_MS)]);
  await endChild(child);
  children.delete(child);
  if (ending) return;
  total.ok += count.ok;
  total.failed += count.failed;
  if (code === "late") fail(`${name}: no end after ${GROUP_MS / 1000} s`);
  else if (count.ok + count.failed === 0) fail(`${name}: it told of no check`);
  else if (code !== 0 && count.failed === 0) fail(`${name}: it ended with ${code}`);
  console.log(`── ${name}: ${count.ok} ok, ${count.failed} failed, ${((Date.now() - begun) / 1000).toFixed(1)} s`);
}

async function runLane(lane, urls) {
  for (const group of chosen) {
    if (ending) return;
    if (laneOf(group[0]) === lane) await runGroup(group, urls);
  }
}

async function main() {
  if (chosen.length === 0) throw new Error(`no checks are called so; there are ${GROUPS.map(([name]) => name).join(", ")}`);
  mkdirSync(screens, { recursive: true });
  const begun = Date.now();
  await makeShop(binary, dir);
  const far = await serveFar();
  const wanted = new Set(chosen.flatMap(([, , ...servers]) => servers));
  // The console's checks sign in at the shop with keys.
  if (chosen.some(([name]) => laneOf(name) === "console")) wanted.add("keyed");
  const servers = {};
  const make = {
    open: () => openShop(binary, dir),
    quiet: () => quietShop(binary, dir, "quiet"),
    spare: () => quietShop(binary, dir, "spare"),
    keyed: () => keyedShop(binary, dir, far.origin),
  };
  for (const name of wanted) servers[name] = await make[name]().start();
  const home = join(dir, "home");
  mkdirSync(home);
  const env = {
    ...process.env,
    SCREENS: screens,
    TMPDIR: dir,
    HOME: home,
    XDG_CONFIG_HOME: home,
    XDG_CACHE_HOME: home,
  };
  const urls = { env, control: {} };
  for (const [name, server] of Object.entries(servers)) {
    urls[name] = server.url;
    urls.control[name] = await control(server);
  }
  if (servers.keyed) {
    const { url, secrets } = servers.keyed;
    far.asks(url, secrets.page);
    Object.assign(env, { API_URL: url, FAR_URL: far.url, API_KEY: secrets.page });
    Object.assign(env, { SIGN_IN_URL: url, SIGN_IN_AS: `viewer:${secrets.viewer}` });
  }
  console.log(`the shop is made and served after ${((Date.now() - begun) / 1000).toFixed(1)} s`);
  await Promise.all(["shop", "console"].map((lane) => runLane(lane, urls)));
  await runLane("alone", urls);
}

async function leave(code) {
  await end();
  process.exit(code);
}

for (const [signal, number] of Object.entries({ SIGINT: 2, SIGTERM: 15, SIGHUP: 1 }))
  process.on(signal, () => void leave(128 + number));
// Whoever started this holds the other end: when they are gone, so is this.
if (process.env.HELD) process.stdin.on("end", () => void leave(1)).resume().unref();

try {
  await main();
} catch (error) {
  if (!ending) fail(String(error?.message ?? error));
}
if (!ending) {
  await end();
  console.log(`${total.ok} browser checks passed, ${total.failed} failed; pictures are in ${screens}`);
  process.exit(total.failed > 0 ? 1 : 0);
}
