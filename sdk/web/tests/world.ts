// Tabs of one browser in one process: shared storage, shared locks, pages that can die.

import { memoryStore, type Browser, type Store } from "../src/browser";
import { createShopkeeper, type Shopkeeper, type ShopkeeperOptions } from "../src/index";
import { FakeServer } from "./server";

type Change = "hidden" | "left" | "visible" | "online";

export interface Tab {
  shop: Shopkeeper;
  browser: Browser;
  troubles: string[];
  emit(change: Change): void;
  /** Ends the page: with the events a browser fires, or as a crash does, without. */
  close(crash?: boolean): void;
}

export interface WorldOptions {
  locks?: boolean;
  keepalive?: boolean;
  seed?: number;
}

export class World {
  readonly server = new FakeServer();
  readonly store: Store = memoryStore();
  readonly beacons: { url: string; body: string }[] = [];
  /** Characters the storage takes; beyond, writing throws as a full localStorage does. */
  quota = Infinity;
  private readonly held = new Map<string, Tab>();
  private ids = 0;
  private dice: () => number;

  constructor(private readonly with_: WorldOptions = {}) {
    this.dice = seeded(with_.seed ?? 1);
  }

  open(options: Partial<ShopkeeperOptions> = {}): Tab {
    let alive = true;
    let visible = true;
    const listeners = new Set<(change: Change) => void>();
    const troubles: string[] = [];
    const mine: Store = {
      keys: () => (alive ? this.store.keys() : []),
      read: (key) => (alive ? this.store.read(key) : null),
      write: (key, value) => {
        if (!alive) return;
        const used = this.store.keys().reduce((sum, at) => sum + this.store.read(at)!.length, 0);
        if (used + value.length > this.quota) throw new Error("QuotaExceededError");
        this.store.write(key, value);
      },
      remove: (key) => alive && this.store.remove(key),
    };
    const browser: Browser = {
      fetch: ((url: string, init: RequestInit) =>
        new Promise<Response>((done, failed) => {
          if (!alive) return;
          this.server
            .answer(url, init, () => alive)
            .then(
              (response) => alive && done(response),
              (problem) => alive && failed(problem),
            );
        })) as typeof fetch,
      beacon: (url, body) => {
        this.beacons.push({ url, body });
        void this.server.answer(url, { body, keepalive: true }, () => true).catch(() => {});
        return true;
      },
      keepalive: this.with_.keepalive ?? true,
      store: mine,
      locks: this.with_.locks === false ? null : this.locks(() => tab),
      now: () => Date.now(),
      random: () => this.dice(),
      uuid: () => "00000000-0000-4000-8000-" + String(this.ids++).padStart(12, "0"),
      visible: () => visible,
      origin: "https://shop.example",
      watch: (change) => {
        listeners.add(change);
        return () => listeners.delete(change);
      },
    };
    const tab: Tab = {
      browser,
      troubles,
      shop: null as unknown as Shopkeeper,
      emit: (change) => {
        if (change === "hidden") visible = false;
        if (change === "visible") visible = true;
        for (const listener of listeners) listener(change);
      },
      close: (crash = false) => {
        if (!crash) {
          tab.emit("hidden");
          tab.emit("left");
        }
        alive = false;
        for (const [name, holder] of this.held) if (holder === tab) this.held.delete(name);
      },
    };
    // Each tab draws another name: the first eight letters of its first id.
    const names = browser.uuid;
    browser.uuid = () => {
      browser.uuid = names;
      return "tab" + String(this.ids++).padStart(5, "0");
    };
    tab.shop = createShopkeeper({
      endpoint: "https://api.example",
      consent: "granted",
      language: "en",
      onTrouble: ({ code }) => troubles.push(code),
      ...options,
      browser,
    });
    return tab;
  }

  private locks(who: () => Tab): Pick<LockManager, "request"> {
    const request = async (
      name: string,
      _: LockOptions,
      work: (lock: unknown) => Promise<void>,
    ) => {
      if (this.held.has(name)) return work(null);
      this.held.set(name, who());
      try {
        await work({ name });
      } finally {
        if (this.held.get(name) === who()) this.held.delete(name);
      }
    };
    return { request: request as unknown as LockManager["request"] };
  }
}

/** Mulberry32: the same seed, the same chances. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
