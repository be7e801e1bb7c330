// The door of the SDK: `createShopkeeper` makes the one object a page talks to.

import { realBrowser, type Browser } from "./browser";
import { Visitor, type Consent } from "./consent";
import { makeHttp } from "./http";
import { Impressions } from "./impressions";
import { Origins } from "./origin";
import { Queue } from "./queue";
import { explain, makeCatalogue, makeRecommend, type Catalogue, type Recommend } from "./recommend";
import { Sender, type Trouble } from "./send";
import { makeSlot, type Slot, type SlotOptions } from "./slot";
import { Views } from "./views";
import type { EventFields, EventName, Explanation, Line, Purpose } from "./wire";

export { ShopkeeperError } from "./http";
export type { Consent, Catalogue, Recommend, Slot, SlotOptions, Trouble };
export type { Surface } from "./recommend";
export type * from "./wire";

export interface ShopkeeperOptions {
  /** Where the server is, e.g. `https://recommend.shop.example`; empty for the page's own origin. */
  endpoint: string;
  /** A key with the scopes `events:write` and `recommend:read`; everybody can read it. */
  key?: string;
  /**
   * What the shop's own consent dialogue says. `unknown`: the visitor's earlier choice holds, and
   * without one nothing is stored or sent.
   */
  consent: Consent;
  language: "zh" | "en";
  /** The customer who is signed in on this page already; for the moment of signing in: `login`. */
  customerId?: string;
  /** What a yes is given for. Default: personalisation, merging devices, training. */
  purposes?: Purpose[];
  /** Entries of one request, 1 to 500. Default 50. */
  batchMax?: number;
  /** How long an event may wait for company, in milliseconds. Default 1,000. */
  batchMs?: number;
  /** Events kept while the server cannot be reached. Default 1,000; the oldest go first. */
  queueMax?: number;
  /** Goes along with each event; `channel` is `web` if nothing else is said. */
  context?: EventFields["context"];
  /** Hears what went wrong. The SDK has dealt with it: nothing must be done. */
  onTrouble?: (trouble: Trouble) => void;
  /** For tests. */
  browser?: Browser;
}

export interface Shopkeeper {
  readonly consent: Consent;
  readonly customerId: string | null;
  language: "zh" | "en";
  /** Writes down the visitor's choice and tells the server. */
  setConsent(choice: "granted" | "denied"): Promise<void>;
  /** Queues an event and returns its id; null without consent. `atOnce` does not wait for a batch. */
  event(name: EventName, fields?: EventFields, atOnce?: boolean): string | null;
  /**
   * An item's page is open. The view is sent when it ends, with the visible time: by the function
   * returned, the next view, or the page's end.
   */
  viewItem(line: Line, fields?: EventFields): () => void;
  /** Sends what waits. True: the server has it all. */
  flush(): Promise<boolean>;
  /** Signs a customer in; with consent, what this device did before becomes theirs. */
  login(customerId: string, as?: "login" | "sign_up"): Promise<void>;
  /** Signs out: the device starts anew under another id, with the consent it gave. */
  logout(): void;
  readonly recommend: Recommend;
  readonly items: Catalogue;
  /** A place that holds a list; see `SlotOptions`. */
  slot(container: Element, options: SlotOptions): Slot;
  /** How a decision came about, in sentences. The key needs `decisions:read`. */
  explain(decisionId: string): Promise<Explanation>;
  /** Ends all timers and listeners; what is queued stays for the next page. */
  stop(): void;
}

const PURPOSES: Purpose[] = ["personalisation", "identity_merge", "training"];

export function createShopkeeper(options: ShopkeeperOptions): Shopkeeper {
  const browser = options.browser ?? realBrowser();
  const trouble = options.onTrouble ?? (() => {});
  const http = makeHttp(browser, options.endpoint, options.key);
  const tab = browser.uuid().slice(0, 8);
  const dropped = (entries: number) =>
    trouble({ code: "queue_full", status: 0, message: entries + " oldest dropped" });
  const queue = new Queue(
    browser.store,
    () => browser.now(),
    tab,
    options.queueMax ?? 1_000,
    dropped,
  );
  const near = new URL(options.endpoint || "/", browser.origin).origin === browser.origin;
  const sender = new Sender(
    browser,
    http,
    queue,
    { batchMax: options.batchMax ?? 50, batchMs: options.batchMs ?? 1_000 },
    // A beacon carries no key, and its cookies make it fail at an origin that allows none.
    near && !options.key && browser.beacon ? options.endpoint.replace(/\/+$/, "") : null,
    trouble,
  );
  const customer = options.customerId ?? null;
  const visitor = new Visitor(browser, queue, sender, options.purposes ?? PURPOSES, customer);
  const origins = new Origins(browser.store);
  const views = new Views(browser, queue, sender);
  const recommend = makeRecommend(http, visitor);
  let impressions: Impressions | null = null;

  /** The event as it is sent; null without consent. */
  const compose = (name: EventName, fields: EventFields): Record<string, unknown> | null => {
    const who = visitor.who();
    if (!who.device_id) return null;
    const items = fields.items ?? [];
    const decision = fields.decision_id ?? (items.length > 0 ? origins.of(items) : null);
    return {
      event_id: browser.uuid(),
      event: name,
      timestamp: new Date(browser.now()).toISOString(),
      ...who,
      ...fields,
      items,
      ...(decision ? { decision_id: decision } : {}),
      context: { channel: "web", ...options.context, ...fields.context },
    };
  };

  const event: Shopkeeper["event"] = (name, fields = {}, atOnce = false) => {
    const body = compose(name, fields);
    if (!body) return null;
    if (atOnce) sender.rush({ kind: "events", body });
    else sender.add({ kind: "events", body });
    return body.event_id as string;
  };

  const select = (decision: string, line: Line) => {
    if (visitor.consent === "granted") origins.note(line.item_id, decision);
    event("select_item", { items: [line], decision_id: decision }, true);
  };

  const unwatch = browser.watch((what) => {
    if (what === "hidden" || what === "left") {
      impressions?.flush();
      if (what === "left") views.end();
      else views.pause();
      sender.leave();
    } else if (what === "visible") {
      views.resume();
      sender.soon();
    } else {
      sender.online();
    }
  });

  const setConsent = async (choice: "granted" | "denied"): Promise<void> => {
    if (!visitor.choose(choice)) return;
    if (choice === "denied") origins.forget();
    await sender.flush();
  };

  if (options.consent !== "unknown") void setConsent(options.consent);
  // What an earlier page could not send.
  sender.soon();

  return {
    get consent() {
      return visitor.consent;
    },
    get customerId() {
      return visitor.customer;
    },
    language: options.language,
    setConsent,
    event,
    viewItem(line, fields = {}) {
      const body = compose("view_item", { ...fields, items: [line] });
      return body ? views.begin(body) : () => {};
    },
    flush: () => sender.flush(),
    async login(customerId, as = "login") {
      visitor.customer = customerId;
      event(as);
      await sender.flush();
    },
    logout() {
      views.end();
      origins.forget();
      visitor.renew();
    },
    recommend,
    items: makeCatalogue(http),
    slot(container, asked) {
      impressions ??= new Impressions(
        () => browser.visible(),
        (decision, items) => event("view_item_list", { items, decision_id: decision }),
      );
      return makeSlot(container, asked, { recommend, impressions, select });
    },
    explain(decisionId) {
      return explain(http, decisionId, this.language);
    },
    stop() {
      unwatch();
      views.end();
      impressions?.stop();
      sender.stop();
    },
  };
}
