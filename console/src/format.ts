// How numbers, amounts, times and spans are written; every one with its unit.
import type { Language } from "./wire";
import type { Words } from "./words/en";
import { fill } from "./words";

const LOCALES: Record<Language, string> = { zh: "zh-CN", en: "en-GB" };
const kept = new Map<string, Intl.NumberFormat>();

function numbers(language: Language, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = language + JSON.stringify(options);
  const made = kept.get(key) ?? new Intl.NumberFormat(LOCALES[language], options);
  kept.set(key, made);
  return made;
}

export const NOTHING = "–";

export function count(value: number | null | undefined, language: Language, digits = 0): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NOTHING;
  return numbers(language, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
}

/** A share of one as percent: 0.1034 is 10.3 %. */
export function percent(share: number | null | undefined, language: Language, digits = 1): string {
  return share === null || share === undefined ? NOTHING : `${count(share * 100, language, digits)} %`;
}

/** A probability: small ones keep their digits. */
export const chance = (share: number, language: Language): string => percent(share, language, share < 0.001 ? 3 : 1);

/** Percentage points, signed when asked: 0.04 is +4.0. What one digit would show as nothing has two. */
export function points(share: number, language: Language, signed = true): string {
  const value = share * 100;
  const digits = value !== 0 && Math.abs(value) < 0.05 ? 2 : 1;
  return numbers(language, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    signDisplay: signed ? "exceptZero" : "negative",
  }).format(value);
}

export function signed(value: number, language: Language, digits = 4): string {
  return numbers(language, { minimumFractionDigits: digits, maximumFractionDigits: digits, signDisplay: "exceptZero" }).format(value);
}

export function money(value: number | null | undefined, currency: string | null | undefined, language: Language): string {
  if (value === null || value === undefined) return NOTHING;
  if (!currency) return count(value, language, 2);
  return numbers(language, { style: "currency", currency, currencyDisplay: "narrowSymbol" }).format(value);
}

/** An amount as the server writes sums, `CNY 129.00`, as readers write it; anything else as it stands. */
export function worth(sum: string, language: Language): string {
  const [, currency, amount] = /^([A-Z]{3}) (-?[\d.]+)$/.exec(sum) ?? [];
  return currency && amount ? money(Number(amount), currency, language) : sum;
}

/** Milliseconds: more digits the smaller they are. */
export function milliseconds(ms: number | null | undefined, language: Language): string {
  if (ms === null || ms === undefined) return NOTHING;
  return count(ms, language, ms < 10 ? 2 : ms < 100 ? 1 : 0);
}

export function bytes(size: number, language: Language): string {
  const mib = size / 1048576;
  if (mib >= 1024) return `${count(mib / 1024, language, 2)} GiB`;
  return mib >= 1 ? `${count(mib, language, 1)} MiB` : `${count(size / 1024, language, 1)} KiB`;
}

/** A span in its two largest fitting units or fewer. */
export function span(seconds: number, language: Language, w: Words): string {
  const gap = language === "en" ? " " : "\u2009";
  const say = (value: number, unit: string, digits = 0) => `${count(value, language, digits)}${gap}${unit}`;
  if (seconds < 1) return say(seconds, w.units.s, 2);
  if (seconds < 60) return say(Math.round(seconds), w.units.s);
  if (seconds < 3600) return say(Math.floor(seconds / 60), w.units.min);
  if (seconds < 172800) return say(Math.floor(seconds / 3600), w.units.h);
  return say(Math.floor(seconds / 86400), w.units.d);
}

export function ago(at: string, now: number, language: Language, w: Words): string {
  const seconds = (now - Date.parse(at)) / 1000;
  return seconds < 5 ? w.common.justNow : fill(w.common.ago, { span: span(seconds, language, w) });
}

const two = (value: number) => String(value).padStart(2, "0");

/** Local date: 2026-11-22. */
export function day(at: string | number): string {
  const date = new Date(at);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** Local time of day: 08:25:16. */
export function clock(at: string | number): string {
  const date = new Date(at);
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** Local date and time. */
export const moment = (at: string | number | null | undefined): string =>
  at === null || at === undefined ? NOTHING : `${day(at)} ${clock(at)}`;

/** The title in the reader's language, else the other, else the id. */
export function title(item: { item_id: string; title_zh?: string | null; title_en?: string | null }, language: Language): string {
  const [first, second] = language === "zh" ? [item.title_zh, item.title_en] : [item.title_en, item.title_zh];
  return first || second || item.item_id;
}

/** Any value as text for a cell. */
export function plain(value: unknown, language: Language): string {
  if (value === null || value === undefined || value === "") return NOTHING;
  if (typeof value === "number") return count(value, language, Number.isInteger(value) ? 0 : 2);
  if (typeof value === "string") return value;
  return Array.isArray(value) && value.every((each) => typeof each !== "object") ? value.join(", ") : JSON.stringify(value);
}
