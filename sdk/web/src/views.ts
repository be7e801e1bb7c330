// An item's page is open: one view_item with the time it was really looked at.
//
// The view is queued when it begins and held back while it goes on, so that a browser that is
// killed in the background loses nothing; when the item is left, it goes out with its dwell time.
// A view that is never finished is sent after half an hour, as it was last known.
// Lists need not wait for it: the click that led here was told at once, as select_item.

import type { Browser } from "./browser";
import { Dwell } from "./dwell";
import { HOLD_MS_MAX, type Queue } from "./queue";
import type { Sender } from "./send";

export class Views {
  private open: { key: string; body: Record<string, unknown>; dwell: Dwell } | null = null;

  constructor(
    private readonly browser: Browser,
    private readonly queue: Queue,
    private readonly sender: Sender,
  ) {}

  begin(body: Record<string, unknown>): () => void {
    this.end();
    const dwell = new Dwell(() => this.browser.now(), this.browser.visible());
    const held = { ...body, dwell_ms: 0 };
    const key = this.sender.add({
      kind: "events",
      hold: this.browser.now() + HOLD_MS_MAX,
      body: held,
    });
    const mine = (this.open = { key, body, dwell });
    return () => {
      if (this.open === mine) this.end();
    };
  }

  pause(): void {
    this.open?.dwell.pause();
    this.write(this.browser.now() + HOLD_MS_MAX);
  }

  resume(): void {
    this.open?.dwell.resume();
  }

  end(): void {
    if (!this.open) return;
    this.write(0);
    this.open = null;
    this.sender.soon();
  }

  private write(hold: number): void {
    if (!this.open) return;
    const { key, body, dwell } = this.open;
    this.queue.change(key, { kind: "events", hold, body: { ...body, dwell_ms: dwell.ms() } });
  }
}
