// One request to the server: address, key, time limit, and problems in one shape.

import type { Browser } from "./browser";
import type { Problem } from "./wire";

/** A request that did not lead to an answer. `status` is 0 when the server was not reached. */
export class ShopkeeperError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    /** How long the server asked us to wait, in milliseconds. */
    readonly retryAfterMs: number | null = null,
  ) {
    super(message);
    this.name = "ShopkeeperError";
  }
}

export interface Call {
  method?: "GET" | "POST";
  body?: string;
  keepalive?: boolean;
  /** `low` lets events and lists pass when a browser's few connections are busy. */
  priority?: "auto" | "low";
  timeoutMs?: number;
}

export type Http = <T>(path: string, call?: Call) => Promise<T>;

/** `Retry-After` holds seconds or a date. */
export function readRetryAfter(header: string | null, now: number): number | null {
  if (!header) return null;
  const seconds = Number(header);
  const wait = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - now;
  return Number.isFinite(wait) ? Math.max(0, wait) : null;
}

async function problemOf(response: Response, now: number): Promise<ShopkeeperError> {
  const problem = (await response.json().catch(() => ({}))) as Partial<Problem>;
  return new ShopkeeperError(
    response.status,
    problem.code ?? "http_" + response.status,
    problem.detail ?? problem.title ?? response.statusText,
    readRetryAfter(response.headers.get("Retry-After"), now),
  );
}

export function makeHttp(browser: Browser, endpoint: string, key?: string): Http {
  const base = endpoint.replace(/\/+$/, "");
  return async <T>(path: string, call: Call = {}): Promise<T> => {
    const { method = "GET", body, keepalive = false, priority = "auto", timeoutMs = 10_000 } = call;
    const headers: Record<string, string> = {};
    if (key) headers.Authorization = "Bearer " + key;
    if (body !== undefined) headers["Content-Type"] = "application/json";
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), timeoutMs);
    try {
      const response = await browser.fetch(base + path, {
        method,
        headers,
        keepalive,
        priority,
        signal: stop.signal,
        // Cookies say nothing here, and without them a shop's CORS rules stay simple.
        credentials: "omit",
        ...(body === undefined ? {} : { body }),
      });
      if (!response.ok) throw await problemOf(response, browser.now());
      return (await response.json()) as T;
    } catch (problem) {
      if (problem instanceof ShopkeeperError) throw problem;
      throw new ShopkeeperError(0, "unreachable", String((problem as Error).message ?? problem));
    } finally {
      clearTimeout(timer);
    }
  };
}
