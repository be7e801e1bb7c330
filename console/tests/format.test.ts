// Numbers, amounts, times and spans as they are written.
import { describe, expect, it } from "vitest";
import { ago, bytes, count, milliseconds, money, percent, plain, points, signed, span, title, worth } from "../src/format";
import { en } from "../src/words/en";
import { zh } from "../src/words/zh";

describe("numbers", () => {
  it.each([
    [count(1234567, "en"), "1,234,567"],
    [count(0.5, "en", 2), "0.50"],
    [count(null, "en"), "–"],
    [count(Number.NaN, "zh"), "–"],
  ])("%s", (is, should) => expect(is).toBe(should));
  it("shares are percent", () =>
    expect([percent(0.1034, "en"), percent(1, "zh", 0), percent(null, "en")]).toEqual(["10.3 %", "100 %", "–"]));
  it("differences carry a sign", () =>
    expect([signed(0.5, "en", 2), signed(-0.5, "en", 2), signed(0, "en", 2), points(0.0401, "en"), points(0.0401, "en", false)]).toEqual([
      "+0.50",
      "-0.50",
      "0.00",
      "+4.0",
      "4.0",
    ]));
  it("milliseconds get coarser as they grow", () =>
    expect([1.234, 12.34, 123.4].map((ms) => milliseconds(ms, "en"))).toEqual(["1.23", "12.3", "123"]));
  it("points that are not nothing do not look like it", () =>
    expect([points(-0.0001, "en"), points(0.0001, "en", false), points(0, "en"), points(-0.0000001, "en", false)]).toEqual(["-0.01", "0.01", "0.0", "0.00"]));
  it("sums are read from the server's writing", () =>
    expect([worth("CNY 45120.50", "en"), worth("-3", "en"), worth("USD -2.00", "en")]).toEqual(["¥45,120.50", "-3", "-$2.00"]));
  it("sizes choose their unit", () => expect([bytes(2048, "en"), bytes(3387564, "en"), bytes(5368709120, "en")]).toEqual(["2.0 KiB", "3.2 MiB", "5.00 GiB"]));
  it("amounts name their currency", () => expect([money(129.9, "CNY", "zh"), money(null, "CNY", "zh")]).toEqual(["¥129.90", "–"]));
});

describe("times", () => {
  it("spans use one unit", () =>
    expect([0.25, 12, 200, 7300, 200000].map((s) => span(s, "en", en))).toEqual(["0.25 s", "12 s", "3 min", "2 h", "2 d"]));
  it("the recent is just now", () => {
    const now = Date.parse("2026-12-01T00:00:10Z");
    expect([ago("2026-12-01T00:00:08Z", now, "en", en), ago("2026-11-30T23:58:10Z", now, "zh", zh)]).toEqual(["just now", "2\u2009分钟前"]);
  });
});

describe("texts", () => {
  const item = { item_id: "i1", title_zh: "水壶", title_en: null };
  it("titles fall back to the other language, then the id", () =>
    expect([title(item, "zh"), title(item, "en"), title({ item_id: "i2" }, "en")]).toEqual(["水壶", "水壶", "i2"]));
  it("any value fits a cell", () =>
    expect([null, "", 3, 0.456, ["a", "b"], { a: 1 }, false].map((value) => plain(value, "en"))).toEqual([
      "–",
      "–",
      "3",
      "0.46",
      "a, b",
      '{"a":1}',
      "false",
    ]));
});
