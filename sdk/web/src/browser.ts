// The one place that touches the browser: time, chance, storage, locks, network, page life.
//
// Everything else is written against `Browser`, so tests can run two tabs, a reload or a dead
// network in one process, and a page without localStorage or Web Locks still works.

/** The part of `Storage` that is used. Throws when full or forbidden, as the real one does. */
export interface Store {
  keys(): string[];
  read(key: string): string | null;
  write(key: string, value: string): void;
  remove(key: string): void;
}

export interface Browser {
  fetch: typeof fetch;
  /** Hands a body over to be sent after the page is gone; false if it was not taken. */
  beacon: ((url: string, body: string) => boolean) | null;
  /** Whether `fetch` can outlive the page. */
  keepalive: boolean;
  store: Store;
  locks: Pick<LockManager, "request"> | null;
  now(): number;
  /** In [0, 1). */
  random(): number;
  uuid(): string;
  visible(): boolean;
  origin: string;
  /** Calls back when the page becomes hidden or goes away (`left`), is seen again, or is online. */
  watch(change: (what: "hidden" | "left" | "visible" | "online") => void): () => void;
}

/** Keeps what storage will not take: for this page only. */
export function memoryStore(): Store {
  const kept = new Map<string, string>();
  return {
    keys: () => [...kept.keys()],
    read: (key) => kept.get(key) ?? null,
    write: (key, value) => void kept.set(key, value),
    remove: (key) => void kept.delete(key),
  };
}

/** Reading `localStorage` alone may throw, when the site's data is blocked. */
function localStore(): Store {
  try {
    const local = window.localStorage;
    const probe = "shopkeeper.probe";
    local.setItem(probe, "1");
    local.removeItem(probe);
    return {
      keys: () => Object.keys(local),
      read: (key) => local.getItem(key),
      write: (key, value) => local.setItem(key, value),
      remove: (key) => local.removeItem(key),
    };
  } catch {
    return memoryStore();
  }
}

/** `crypto.randomUUID` exists on secure pages only; a shop on plain http gets the same by hand. */
function uuid(): string {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 15) | 64;
  bytes[8] = (bytes[8]! & 63) | 128;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

function watch(change: (what: "hidden" | "left" | "visible" | "online") => void): () => void {
  const seen = () => change(document.visibilityState === "hidden" ? "hidden" : "visible");
  const left = () => change("left");
  const online = () => change("online");
  document.addEventListener("visibilitychange", seen);
  window.addEventListener("pagehide", left);
  window.addEventListener("pageshow", seen);
  window.addEventListener("online", online);
  return () => {
    document.removeEventListener("visibilitychange", seen);
    window.removeEventListener("pagehide", left);
    window.removeEventListener("pageshow", seen);
    window.removeEventListener("online", online);
  };
}

export function realBrowser(): Browser {
  return {
    fetch: (...call) => fetch(...call),
    beacon: navigator.sendBeacon
      ? (url, body) => navigator.sendBeacon(url, new Blob([body], { type: "application/json" }))
      : null,
    keepalive: "keepalive" in Request.prototype,
    store: localStore(),
    locks: navigator.locks ?? null,
    now: () => Date.now(),
    random: () => Math.random(),
    uuid,
    visible: () => document.visibilityState !== "hidden",
    origin: location.origin,
    watch,
  };
}
