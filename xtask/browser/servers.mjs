// The servers that the checks ask: the real binary on copies of one made-up shop, each in a
// directory and on a port of its own. Whoever starts one here also ends it.

import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { cpSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";

/** A shop that is small enough to be trained in seconds and large enough for every page. */
const SHOP = ["--items", "600", "--customers", "400", "--sessions", "3000"];
const READY_MS = 120_000;
const STOP_MS = 15_000;
const LINES_KEPT = 30;

const running = new Set();

/** Resolves with the exit code. */
const ended = (child) =>
  new Promise((done) => {
    if (child.exitCode !== null || child.signalCode !== null) done(child.exitCode);
    else child.once("exit", (code) => done(code));
  });

const within = (ms, promise) =>
  Promise.race([promise, new Promise((done) => setTimeout(done, ms, "late").unref())]);

export class Server {
  url = "";
  #child = null;
  #said = [];

  constructor(binary, dir, name, args) {
    Object.assign(this, { binary, dir, name, args });
  }

  /** Starts, on the port of before if there was one, and returns once the server is ready. */
  async start() {
    if (this.#child) return this;
    const listen = this.url ? new URL(this.url).host : "127.0.0.1:0";
    const child = spawn(this.binary, [...this.args, "--listen", listen], {
      cwd: this.dir,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, RUST_LOG: "info" },
    });
    this.#child = child;
    running.add(this);
    const address = new Promise((found) => {
      const read = (text) => {
        this.#said.push(...text.split("\n").filter(Boolean));
        this.#said.splice(0, this.#said.length - LINES_KEPT);
        const line = text.split("\n").find((each) => each.includes("answering"));
        const [host] = line?.match(/127\.0\.0\.1:\d+/) ?? [];
        if (host) found("http://" + host);
      };
      for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", read);
    });
    const gone = ended(child).then((code) => this.#fail(`ended with ${code}`));
    this.url = await Promise.race([address, gone, this.#late()]);
    await Promise.race([this.#ready(), gone, this.#late()]);
    gone.catch(() => {});
    return this;
  }

  /** `SIGTERM` lets it finish what it has; `SIGKILL` is what a power cut does. */
  async stop(signal = "SIGTERM") {
    const child = this.#child;
    if (!child) return;
    child.kill(signal);
    if ((await within(STOP_MS, ended(child))) === "late") child.kill("SIGKILL");
    await ended(child);
    this.#child = null;
    running.delete(this);
  }

  async #ready() {
    for (;;) {
      const answer = await fetch(this.url + "/readyz").catch(() => null);
      if (answer?.ok) return;
      await new Promise((done) => setTimeout(done, 50));
    }
  }

  #late() {
    return new Promise((_, refuse) => {
      setTimeout(() => {
        try {
          this.#fail(`was not ready after ${READY_MS / 1000} s`);
        } catch (error) {
          refuse(error);
        }
      }, READY_MS).unref();
    });
  }

  #fail(what) {
    throw new Error(`the server “${this.name}” ${what}; it said:\n  ${this.#said.join("\n  ")}`);
  }
}

/** Makes the shop once, in `dir`, to be copied for each server. */
export async function makeShop(binary, dir) {
  const child = spawn(binary, ["demo", "--once", "--dir", join(dir, "made"), ...SHOP], {
    cwd: dir,
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, RUST_LOG: "warn" },
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text) => (said = (said + text).slice(-4_000)));
  const maker = { stop: async () => child.kill("SIGKILL") && ended(child) };
  running.add(maker);
  const code = await ended(child);
  running.delete(maker);
  if (code !== 0) throw new Error(`making the shop ended with ${code}; it said:\n${said}`);
}

const copied = (dir, name) => {
  cpSync(join(dir, "made"), join(dir, name), { recursive: true });
  return join(dir, name);
};

const EXPERIMENT = `[policies.same]

[[experiments]]
name = "two-of-a-kind"
arms = [{ name = "old", weight = 0.5 }, { name = "new", weight = 0.5, policy = "same" }]
`;

/** Everybody on this machine may do everything, customers keep coming, an experiment runs. */
export function openShop(binary, dir) {
  const config = join(dir, "open.toml");
  writeFileSync(config, EXPERIMENT);
  const args = ["demo", "--config", config, "--dir", copied(dir, "open"), ...SHOP];
  return new Server(binary, dir, "open", args);
}

/** The same without customers who come by themselves, so that every event of it is a check's. */
export function quietShop(binary, dir, name) {
  const args = ["demo", "--dir", copied(dir, name), ...SHOP, "--visits-per-minute", "0"];
  return new Server(binary, dir, name, args);
}

/** A shop with keys, which pages of `origin` may ask. */
export function keyedShop(binary, dir, origin) {
  const keys = {
    page: ["events:write", "recommend:read"],
    viewer: ["decisions:read", "recommend:read"],
  };
  const secrets = Object.fromEntries(
    Object.keys(keys).map((name) => [name, "sk_" + randomBytes(32).toString("hex")]),
  );
  const hash = (secret) => "sha256:" + createHash("sha256").update(secret).digest("hex");
  const text = Object.entries(keys).map(
    ([name, scopes]) =>
      `[[server.keys]]\nname = "${name}"\nhash = "${hash(secrets[name])}"\nscopes = ${JSON.stringify(scopes)}\n`,
  );
  const config = join(dir, "keyed.toml");
  writeFileSync(config, `[server]\norigins = ["${origin}"]\n${text.join("")}`);
  const args = ["serve", "--config", config, "--dir", copied(dir, "keyed")];
  return Object.assign(new Server(binary, dir, "keyed", args), { secrets });
}

/** Lets checks stop, kill and start one server: `POST /stop`, `/kill`, `/start`. */
export async function control(server) {
  const deeds = {
    "/stop": () => server.stop(),
    "/kill": () => server.stop("SIGKILL"),
    "/start": () => server.start(),
  };
  const door = createServer(async ({ method, url }, response) => {
    const deed = method === "POST" && deeds[url];
    if (!deed) return response.writeHead(404).end();
    const error = await deed().then(
      () => null,
      (problem) => problem,
    );
    response.writeHead(error ? 500 : 200).end(error ? String(error) : "");
  });
  await new Promise((done) => door.listen(0, "127.0.0.1", done));
  door.unref();
  return `http://127.0.0.1:${door.address().port}`;
}

/** Ends every server that was started here. */
export async function stopAll() {
  await Promise.all([...running].map((server) => server.stop()));
}
