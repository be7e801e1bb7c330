// What travels between page and server: the API's own types, narrowed to what a page may send.
//
// `api.d.ts` is generated from the server's /openapi.json (`npm run types`). It marks as required
// what the server fills in by default, so the shapes that a page writes are made optional here.

import type { components } from "./api";

type Schemas = components["schemas"];

/** Everything the server has a word for; the GA4 e-commerce names and two of its own. */
export type EventName =
  | "view_item"
  | "view_item_list"
  | "select_item"
  | "add_to_cart"
  | "remove_from_cart"
  | "add_to_wishlist"
  | "begin_checkout"
  | "purchase"
  | "refund"
  | "search"
  | "share"
  | "login"
  | "sign_up"
  | "dismiss_item"
  | "skip_item"
  | "rate_item"
  | "use_coupon";

/** One item of an event. `index` is its place in the list that showed it, counted from 0. */
export interface Line {
  item_id: string;
  quantity?: number;
  price?: number;
  index?: number;
}

/** What an event may say beside its name; ids, session and time are added by the SDK. */
export interface EventFields {
  items?: Line[];
  decision_id?: string;
  value?: number;
  currency?: string;
  transaction_id?: string;
  coupon?: string;
  search_term?: string;
  rating?: number;
  dwell_ms?: number;
  context?: { channel?: string; device_class?: string; place?: string; referrer?: string };
}

/** What consent can be given for. */
export type Purpose = "personalisation" | "identity_merge" | "training" | "marketing";

/** Which items may be answered; all that is given must hold. */
export interface Filter {
  categories?: string[];
  brands?: string[];
  merchants?: string[];
  attributes?: Record<string, unknown>;
  exclude?: string[];
  price_min?: number;
  price_max?: number;
  currency?: string;
  in_stock?: boolean;
}

/** What a page may ask of a surface. `items` is the page's item, the cart, or the visit. */
export interface Ask {
  items?: string[];
  count?: number;
  filter?: Filter;
  bury?: string[];
  detail?: "ids" | "reasons" | "full";
}

export type Answer = Schemas["Answer"];
export type Choice = Schemas["Choice"];
export type Reason = Schemas["Reason"];
export type Explanation = Schemas["Explanation"];
export type Problem = Schemas["Problem"];
export type Receipts = Schemas["Receipts"];

/** An item of the catalogue, as GET /v1/items tells it: what it does not know is null. */
export type Item = Required<Schemas["ItemSeen"]>;

/** What GET /v1/items may be asked. */
export interface ItemQuery {
  query?: string;
  category?: string;
  brand?: string;
  sort?: "popular" | "price" | "newest";
  offset?: number;
  count?: number;
}

/** A page of the catalogue. */
export type ItemPage = Omit<Schemas["ItemPage"], "items"> & { items: Item[] };
