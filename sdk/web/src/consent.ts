// What may we know? The visitor's word, and the ids that exist only because of it.
//
// Before a yes there is no device id, no visit id and no event. After a no they are taken away
// again, and only the no itself is sent, under the id that it concerns.

import type { Browser } from "./browser";
import type { Sender } from "./send";
import type { Queue } from "./queue";
import type { Purpose } from "./wire";

export type Consent = "unknown" | "granted" | "denied";

/** Who acts. Empty without consent. */
export interface Who {
  customer_id?: string;
  device_id?: string;
  session_id?: string;
}

const CHOICE = "shopkeeper.consent";
const DEVICE = "shopkeeper.device";
const VISIT = "shopkeeper.visit";
/** GA4's rule: a visit ends after half an hour without an event. */
const VISIT_MS = 30 * 60_000;

export class Visitor {
  /** Ids of a visitor whose storage is full: for this page only. */
  private readonly spare = new Map<string, string>();

  constructor(
    private readonly browser: Browser,
    private readonly queue: Queue,
    private readonly sender: Sender,
    private readonly purposes: Purpose[],
    /** The signed-in customer. Never stored: the shop knows, and says so on each page. */
    public customer: string | null,
  ) {}

  /** Read from storage each time: a no in one tab holds in all of them at once. */
  get consent(): Consent {
    const kept = this.read(CHOICE);
    return kept === "granted" || kept === "denied" ? kept : "unknown";
  }

  /** True if the choice is new. */
  choose(choice: "granted" | "denied"): boolean {
    if (choice === this.consent) return false;
    this.keep(CHOICE, choice);
    if (choice === "granted") this.say(true, this.device());
    else this.forget();
    return true;
  }

  who(): Who {
    if (this.consent !== "granted") return {};
    const who: Who = { device_id: this.device(), session_id: this.visit() };
    if (this.customer) who.customer_id = this.customer;
    return who;
  }

  /** The next person at this screen is somebody else: another device id, with the same consent. */
  renew(): void {
    this.customer = null;
    if (this.consent !== "granted") return;
    this.remove(DEVICE);
    this.remove(VISIT);
    this.say(true, this.device());
  }

  private forget(): void {
    const device = this.read(DEVICE);
    this.queue.drop("events");
    this.queue.drop("consents");
    for (const key of [DEVICE, VISIT]) this.remove(key);
    this.say(false, device);
  }

  /** One message for each purpose and voice; a customer's word also holds on other devices. */
  private say(granted: boolean, device: string | null): void {
    const voices: Who[] = [];
    if (device) voices.push({ device_id: device });
    if (this.customer) voices.push({ customer_id: this.customer });
    const timestamp = new Date(this.browser.now()).toISOString();
    for (const voice of voices) {
      for (const purpose of this.purposes) {
        const body = { event_id: this.browser.uuid(), ...voice, purpose, granted, timestamp };
        this.sender.add({ kind: "consents", body });
      }
    }
  }

  private device(): string {
    const kept = this.read(DEVICE);
    if (kept) return kept;
    const made = this.browser.uuid();
    this.keep(DEVICE, made);
    return made;
  }

  private visit(): string {
    const [id, last] = (this.read(VISIT) ?? "").split(" ");
    const now = this.browser.now();
    const visit = id && now - Number(last) < VISIT_MS ? id : this.browser.uuid();
    this.keep(VISIT, visit + " " + now);
    return visit;
  }

  private read(key: string): string | null {
    return this.spare.get(key) ?? this.browser.store.read(key);
  }

  private keep(key: string, value: string): void {
    try {
      this.browser.store.write(key, value);
    } catch {
      this.spare.set(key, value);
    }
  }

  private remove(key: string): void {
    this.spare.delete(key);
    this.browser.store.remove(key);
  }
}
