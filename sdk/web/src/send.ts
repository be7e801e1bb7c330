// Brings the queue to the server: in batches, by one tab at a time, again and again until it is in.
//
// Each event carries an id made here, so the server stores it once however often it arrives; this
// file may therefore always choose to send again when it does not know.

import type { Browser } from "./browser";
import { ShopkeeperError, type Http } from "./http";
import { alone } from "./lock";
import type { Entry, Kept, Queue } from "./queue";
import type { Receipts } from "./wire";

export interface SendOptions {
  /** Entries of one request, at most. */
  batchMax: number;
  /** How long an entry may wait for company, in milliseconds. */
  batchMs: number;
}

/** What went wrong, for the shop's own log; the SDK has already dealt with it. */
export interface Trouble {
  code: string;
  status: number;
  message: string;
}

/** Browsers refuse bodies over 64 KiB that shall outlive the page. */
const BODY_BYTES_MAX = 60_000;
const BACK_OFF_MS = 1_000;
const BACK_OFF_MS_MAX = 60_000;
const RETRY_AFTER_MS_MAX = 3_600_000;
/** What is on its way outside the queue's turn counts as lost after this time. */
const HANDED_MS = 10_000;
const RIVAL_MS = 50;
const FLUSH_MS_MAX = 15_000;
const WAIT = "shopkeeper.wait";
/** The body itself is wrong: the same one would fail again. */
const WRONG_BODY = [400, 413, 415, 422];

const sleep = (ms: number) => new Promise<void>((done) => setTimeout(done, ms));

interface Wait {
  until: number;
  tries: number;
  /** The server named the time, so a network that comes back does not cut it short. */
  told: boolean;
}

export class Sender {
  private timer: ReturnType<typeof setTimeout> | null = null;
  private timerAt = Infinity;
  private running: Promise<boolean> | null = null;
  private readonly inFlight = new Set<string>();
  private readonly rushing = new Set<Promise<void>>();
  /** Entries of the next request; halved when a body is refused, to find the one that is wrong. */
  private limit: number;

  constructor(
    private readonly browser: Browser,
    private readonly http: Http,
    private readonly queue: Queue,
    private readonly options: SendOptions,
    /** Where a beacon may go: null when it would lack the key or cross an origin. */
    private readonly beaconBase: string | null,
    private readonly report: (trouble: Trouble) => void,
  ) {
    this.limit = options.batchMax;
  }

  add(entry: Entry): string {
    const key = this.queue.add(entry);
    if (!entry.hold) this.soon();
    return key;
  }

  /**
   * Sends one entry before anything else of the page happens, without waiting for the lock: it is
   * held back from all tabs meanwhile, as a view that goes on is.
   */
  rush(entry: Entry): void {
    const consents = this.queue.due().some(({ kind }) => kind === "consents");
    if (consents || this.waitMs() > 0) {
      this.add(entry);
      void this.flush();
      return;
    }
    const kept = { ...entry, hold: this.browser.now() + HANDED_MS };
    const batch = [{ ...kept, key: this.queue.add(kept) }];
    const rushing = this.post(batch, JSON.stringify([entry.body]));
    this.rushing.add(rushing);
    void rushing.then(() => this.rushing.delete(rushing));
  }

  /** Sends when the batch is full, or when its oldest entry has waited long enough. */
  soon(): void {
    const full = this.queue.due().length >= this.options.batchMax;
    this.wake(full ? 0 : this.options.batchMs);
  }

  /**
   * Sends all that may be sent now. True: the queue is empty. False: the server could not be
   * reached or asked us to wait; it goes on by itself later.
   */
  async flush(): Promise<boolean> {
    const end = this.browser.now() + FLUSH_MS_MAX;
    await Promise.all(this.rushing);
    while (this.queue.due().length > 0) {
      if (this.waitMs() > 0) {
        this.wake(this.waitMs());
        return false;
      }
      if (this.running) await this.running;
      else if (!(await this.run())) {
        // Another tab is sending, and takes what is ours along.
        if (this.browser.now() > end) {
          this.wake(this.options.batchMs);
          return false;
        }
        await sleep(RIVAL_MS);
      }
    }
    const held = this.queue.heldMs();
    if (held !== null) this.wake(Math.max(held, this.options.batchMs));
    return true;
  }

  /** The page may be gone at any moment: what this tab has goes out without waiting its turn. */
  leave(): void {
    if (this.readWait().told && this.waitMs() > 0) return;
    const own = this.queue
      .due()
      .filter((entry) => entry.key.endsWith("." + this.queue.tab) && !this.inFlight.has(entry.key));
    let bytes = 0;
    for (let rest = own; rest.length > 0;) {
      const { batch, body } = this.pick(rest);
      bytes += body.length;
      // What does not fit stays in storage, and the next page sends it.
      if (bytes > BODY_BYTES_MAX) return;
      rest = rest.slice(batch.length);
      if (this.browser.keepalive || this.beaconBase === null) void this.post(batch, body);
      else if (this.browser.beacon?.(this.beaconBase + path(batch[0]!), body)) this.handed(batch);
    }
  }

  /** Nobody tells what became of a beacon: after a while it is sent again. */
  private handed(batch: Kept[]): void {
    for (const entry of batch) {
      this.queue.change(entry.key, { ...entry, hold: this.browser.now() + HANDED_MS });
    }
    this.wake(HANDED_MS);
  }

  /** The network is back: there is no sense in waiting for the next try. */
  online(): void {
    if (!this.readWait().told) this.browser.store.remove(WAIT);
    this.wake(0);
  }

  stop(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    this.timerAt = Infinity;
  }

  private wake(ms: number): void {
    const at = this.browser.now() + ms;
    if (at >= this.timerAt) return;
    this.stop();
    this.timerAt = at;
    this.timer = setTimeout(() => {
      this.stop();
      void this.flush();
    }, ms);
  }

  /** False if another tab is at it. */
  private run(): Promise<boolean> {
    const work = alone(this.browser, this.queue.tab, async (renew) => {
      while (this.waitMs() <= 0) {
        const due = this.queue.due();
        if (due.length === 0) return;
        renew();
        const { batch, body } = this.pick(due);
        await this.post(batch, body);
      }
    });
    this.running = work.finally(() => (this.running = null));
    return this.running;
  }

  /** The first entries of one kind that fit into one request; order between kinds is kept. */
  private pick(due: Kept[]): { batch: Kept[]; body: string } {
    const batch: Kept[] = [];
    let body = "";
    for (const entry of due.slice(0, this.limit)) {
      if (batch.length > 0 && entry.kind !== batch[0]!.kind) break;
      const more = (body ? body + "," : "") + JSON.stringify(entry.body);
      if (batch.length > 0 && byteLength(more) > BODY_BYTES_MAX) break;
      body = more;
      batch.push(entry);
    }
    return { batch, body: "[" + body + "]" };
  }

  /** Never rejects: what became of the batch is written into the queue and the waiting time. */
  private async post(batch: Kept[], body: string): Promise<void> {
    const keys = batch.map((entry) => entry.key);
    for (const key of keys) this.inFlight.add(key);
    try {
      const keepalive = this.browser.keepalive && byteLength(body) <= BODY_BYTES_MAX;
      const receipts = await this.http<Receipts>(path(batch[0]!), {
        method: "POST",
        body,
        keepalive,
      });
      this.queue.remove(keys);
      this.browser.store.remove(WAIT);
      this.limit = Math.min(this.options.batchMax, this.limit * 2);
      for (const refused of receipts.results ?? []) {
        if (refused.status === "rejected") this.refused(refused, batch[refused.index]);
      }
    } catch (problem) {
      for (const entry of batch)
        if (entry.hold) this.queue.change(entry.key, { ...entry, hold: 0 });
      this.failed(keys, problem as ShopkeeperError);
    } finally {
      for (const key of keys) this.inFlight.delete(key);
    }
  }

  /** A clock that is a day ahead: the event goes again, and the server says when it was. */
  private refused({ code, errors }: Receipts["results"][number], entry: Kept | undefined): void {
    this.tell(code ?? "rejected", 200, errors);
    const clock = errors?.some((error) => error.path === "timestamp");
    if (!clock || !entry?.body.timestamp) return;
    const { timestamp: _, ...body } = entry.body;
    this.add({ kind: entry.kind, body });
  }

  private failed(keys: string[], problem: ShopkeeperError): void {
    this.tell(problem.code, problem.status, problem.message);
    if (!WRONG_BODY.includes(problem.status)) this.backOff(problem.retryAfterMs ?? null);
    else if (keys.length > 1) this.limit = Math.ceil(keys.length / 2);
    else this.queue.remove(keys);
  }

  /** Twice as long after each failure, with half of it left to chance so that tabs spread out. */
  private backOff(toldMs: number | null): void {
    const tries = this.readWait().tries + 1;
    const chance = this.browser.random();
    const step = Math.min(BACK_OFF_MS_MAX, BACK_OFF_MS * 2 ** Math.min(tries - 1, 10));
    const own = step / 2 + (step / 2) * chance;
    const ms = toldMs === null ? own : Math.min(RETRY_AFTER_MS_MAX, toldMs) + BACK_OFF_MS * chance;
    const until = Math.ceil(this.browser.now() + ms);
    try {
      this.browser.store.write(WAIT, [until, tries, toldMs === null ? 0 : 1].join(" "));
    } catch {
      // Without room for the note, the timer alone keeps the distance.
    }
    this.wake(ms);
  }

  private waitMs(): number {
    const ms = this.readWait().until - this.browser.now();
    // Longer than any wait we set: the clock was set back meanwhile.
    return ms > RETRY_AFTER_MS_MAX + BACK_OFF_MS ? 0 : ms;
  }

  /** Kept in storage, so that a reload or a second tab does not begin anew at a server in need. */
  private readWait(): Wait {
    const [until, tries, told] = (this.browser.store.read(WAIT) ?? "0 0 0").split(" ").map(Number);
    return { until: until || 0, tries: tries || 0, told: told === 1 };
  }

  private tell(code: string, status: number, what: unknown): void {
    this.report({ code, status, message: typeof what === "string" ? what : JSON.stringify(what) });
  }
}

function path(entry: Kept): string {
  return "/v1/" + entry.kind + "?results=rejected";
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
