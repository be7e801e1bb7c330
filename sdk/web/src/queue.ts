// What is still to be sent, kept in storage until the server has it.
//
// Each entry lies under a key of its own. Adding and removing are then single writes, so that two
// tabs that share the storage cannot overwrite each other's entries, as they would in one list.

import type { Store } from "./browser";
import { memoryStore } from "./browser";

export type Kind = "events" | "consents";

export interface Entry {
  kind: Kind;
  /** Not to be sent before this time (ms); set while a view is still going on. */
  hold?: number;
  body: Record<string, unknown>;
}

export interface Kept extends Entry {
  key: string;
}

const PREFIX = "shopkeeper.q.";
/** The longest that an entry may be held back. */
export const HOLD_MS_MAX = 30 * 60_000;

export class Queue {
  private count = 0;
  /** Takes over when the storage is full: better lost on reload than lost at once. */
  private readonly spare = memoryStore();

  constructor(
    private readonly store: Store,
    private readonly now: () => number,
    readonly tab: string,
    private readonly entriesMax: number,
    private readonly dropped: (entries: number) => void,
  ) {}

  /** Adds an entry and returns its key; keys sort by time. */
  add(entry: Entry): string {
    const turn = (this.count++).toString(36).padStart(5, "0");
    const key = PREFIX + this.now().toString(36).padStart(9, "0") + "." + turn + "." + this.tab;
    this.trim(1);
    this.write(key, entry);
    return key;
  }

  /** Changes an entry that is not sent yet; one that is gone stays gone. */
  change(key: string, entry: Entry): void {
    if (this.read(key)) this.write(key, entry);
  }

  remove(keys: string[]): void {
    for (const key of keys) {
      this.store.remove(key);
      this.spare.remove(key);
    }
  }

  /** All that may be sent now, oldest first. */
  due(): Kept[] {
    return this.all().filter((entry) => this.holdMs(entry) <= 0);
  }

  /** How long until the next held entry is due, in milliseconds; null if none is held. */
  heldMs(): number | null {
    const holds = this.all().map((entry) => this.holdMs(entry));
    const ahead = holds.filter((ms) => ms > 0);
    return ahead.length > 0 ? Math.min(...ahead) : null;
  }

  /** Takes away all entries of one kind: consent was withdrawn. */
  drop(kind: Kind): void {
    this.remove(this.keys().filter((key) => this.read(key)?.kind === kind));
  }

  /** Makes room for `more`: what was merely shown goes first, then the oldest. */
  private trim(more: number): void {
    const keys = this.keys();
    const over = keys.length + more - this.entriesMax;
    if (over <= 0) return;
    const shown = keys.filter((key) => this.read(key)?.body.event === "view_item_list");
    const going = [...shown, ...keys.filter((key) => !shown.includes(key))].slice(0, over);
    this.remove(going);
    this.dropped(going.length);
  }

  /** A hold further ahead than any we set comes of a clock that was set back, and is over. */
  private holdMs({ hold }: Entry): number {
    const ms = (hold ?? 0) - this.now();
    return ms > HOLD_MS_MAX ? 0 : ms;
  }

  private all(): Kept[] {
    return this.keys().flatMap((key) => this.read(key) ?? []);
  }

  private keys(): string[] {
    const all = [...this.store.keys(), ...this.spare.keys()];
    return all.filter((key) => key.startsWith(PREFIX)).sort();
  }

  private read(key: string): Kept | null {
    const text = this.spare.read(key) ?? this.store.read(key);
    if (text === null) return null;
    try {
      return { ...(JSON.parse(text) as Entry), key };
    } catch {
      // Not ours, or cut off by a crash: it can never be sent.
      this.remove([key]);
      return null;
    }
  }

  private write(key: string, { kind, hold, body }: Entry): void {
    const text = JSON.stringify(hold ? { kind, hold, body } : { kind, body });
    try {
      this.store.write(key, text);
    } catch {
      this.spare.write(key, text);
    }
  }
}
