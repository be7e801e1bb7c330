// Only one tab sends at a time: by Web Locks, or by a lease in storage where they are missing.
//
// Event ids make a second sending harmless; this saves the traffic.

import type { Browser } from "./browser";

const NAME = "shopkeeper.lock";
const LEASE_MS = 15_000;
const SETTLE_MS = 40;

/** Runs `work` if no other tab is sending; says whether it ran. `renew` is called between steps. */
export async function alone(
  browser: Browser,
  tab: string,
  work: (renew: () => void) => Promise<void>,
): Promise<boolean> {
  if (!browser.locks) return leased(browser, tab, work);
  let ran = false;
  await browser.locks.request(NAME, { ifAvailable: true }, async (lock) => {
    if (!lock) return;
    ran = true;
    await work(() => {});
  });
  return ran;
}

/**
 * Writes its name, waits until a rival that read the free lease at the same moment has written
 * too, and looks whose name stayed. A tab that dies loses the lease by time.
 */
async function leased(
  browser: Browser,
  tab: string,
  work: (renew: () => void) => Promise<void>,
): Promise<boolean> {
  const { store } = browser;
  const holder = () => {
    const [name, until] = (store.read(NAME) ?? "").split(" ");
    return Number(until) > browser.now() ? name : null;
  };
  const claim = () => {
    try {
      store.write(NAME, tab + " " + (browser.now() + LEASE_MS));
    } catch {
      // A full storage must not stop the sending that would empty it.
    }
  };
  if ((holder() ?? tab) !== tab) return false;
  claim();
  await new Promise((done) => setTimeout(done, SETTLE_MS * (1 + browser.random())));
  if ((holder() ?? tab) !== tab) return false;
  try {
    await work(claim);
  } finally {
    if (holder() === tab) store.remove(NAME);
  }
  return true;
}
