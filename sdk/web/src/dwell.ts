// How long was an item looked at? Counts only while the page is visible.

export class Dwell {
  private counted = 0;
  private since: number | null;

  constructor(
    private readonly now: () => number,
    visible: boolean,
  ) {
    this.since = visible ? now() : null;
  }

  pause(): void {
    this.counted = this.ms();
    this.since = null;
  }

  resume(): void {
    this.since ??= this.now();
  }

  /** Whole milliseconds so far; the clock of a computer that was set back counts as none. */
  ms(): number {
    const running = this.since === null ? 0 : Math.max(0, this.now() - this.since);
    return Math.round(this.counted + running);
  }
}
