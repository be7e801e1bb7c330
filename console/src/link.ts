// Is the server there? One store that requests report to; while it is away, asks until it is back.
type Wait = (run: () => void, ms: number) => unknown;

export interface LinkParts {
  probe: () => Promise<boolean>;
  wait: Wait;
}

export const WAITS_MS = [500, 1000, 2000, 4000];

export function makeLink({ probe, wait }: LinkParts) {
  let down = false;
  let tries = 0;
  const watchers = new Set<() => void>();
  const back = new Set<() => void>();

  async function look() {
    const isThere = await probe().catch(() => false);
    if (isThere) {
      down = false;
      watchers.forEach((tell) => tell());
      back.forEach((tell) => tell());
      return;
    }
    tries += 1;
    again();
  }

  function again() {
    wait(() => void look(), WAITS_MS[Math.min(tries, WAITS_MS.length - 1)] ?? 4000);
  }

  return {
    isDown: () => down,
    /** A request found nobody: start asking, unless that is being done. */
    lost() {
      if (down) return;
      down = true;
      tries = 0;
      watchers.forEach((tell) => tell());
      again();
    },
    watch(tell: () => void) {
      watchers.add(tell);
      return () => void watchers.delete(tell);
    },
    /** Calls `tell` each time the server is back. */
    whenBack(tell: () => void) {
      back.add(tell);
      return () => void back.delete(tell);
    },
  };
}

export const link = makeLink({
  probe: async () => (await fetch("/readyz", { cache: "no-store" })).ok,
  wait: (run, ms) => setTimeout(run, ms),
});
