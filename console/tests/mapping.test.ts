// A mapping chosen in a form becomes TOML that the server reads; what is missing is named.
import { describe, expect, it } from "vitest";
import { bare, draftOf, guess, toToml, wanting, type Reading } from "../src/mapping";
import type { RowShape } from "../src/wire";

const event: RowShape = {
  row: "event",
  fields: ["event", "timestamp", "customer_id", "device_id", "session_id", "item_id", "price"],
  wanted: ["event", "timestamp"],
  one_of: ["customer_id", "device_id", "session_id"],
};
const item: RowShape = { row: "item", fields: ["item_id", "title_en", "category", "price"], wanted: ["item_id"], one_of: [] };
const shapes = [event, item];
const reading = (part: Partial<Reading>): Reading => ({ file: "a.csv", row: "event", fields: {}, attributes: [], header: null, ...part });

describe("the text of a mapping", () => {
  it("says columns, fixed values, maps, cuts and attributes", () =>
    expect(
      toToml({
        currency: "cny",
        readings: [
          reading({
            file: "orders.csv.gz",
            fields: {
              event: { column: "art", map: [["k\"auf", "purchase"], ["blick", ""]] },
              timestamp: { column: "wann" },
              customer_id: { value: "c 1" },
              price: {},
            },
          }),
          reading({ row: "item", header: ["c1", "c2"], fields: { item_id: { column: "c1" }, category: { column: "c2", split: ">" } }, attributes: ["c1", "a b"] }),
        ],
      }),
    ).toBe(`currency = "CNY"

[[file]]
name = "orders.csv"
row = "event"

[file.fields]
event = { column = "art", map = { "k\\"auf" = "purchase" } }
timestamp = "wann"
customer_id = { value = "c 1" }

[[file]]
name = "a.csv"
row = "item"
header = ["c1", "c2"]

[file.fields]
item_id = "c1"
category = { column = "c2", split = ">" }

[file.attributes]
c1 = "c1"
"a b" = "a b"
`));
  it("keeps attributes of items and customers only", () =>
    expect(toToml({ currency: "", readings: [reading({ attributes: ["x"] })] })).not.toContain("attributes"));
  it("knows a packed file by its own name", () => expect([bare("a.csv.gz"), bare("b.parquet.zst"), bare("c.gz.csv")]).toEqual(["a.csv", "b.parquet", "c.gz.csv"]));
});

describe("what a reading still wants", () => {
  it("is each needed field, and one of those that say who", () =>
    expect(wanting(reading({ fields: { event: { value: "view_item" } } }), shapes)).toEqual([
      ["timestamp"],
      ["customer_id", "device_id", "session_id"],
    ]));
  it("is nothing when all is there", () =>
    expect(
      wanting(reading({ fields: { event: { column: "e" }, timestamp: { column: "t" }, session_id: { column: "s" } } }), shapes),
    ).toEqual([]));
});

describe("guessing", () => {
  it("knows our names and what others call them, each column once", () =>
    expect(guess(["User_ID", "itemId", "behavior_type", "Time", "note"], event)).toEqual({
      event: { column: "behavior_type" },
      timestamp: { column: "Time" },
      customer_id: { column: "User_ID" },
      item_id: { column: "itemId" },
    }));
  it("takes a file for what most of its columns fit, and for events when nothing fits", () =>
    expect(
      draftOf(
        [
          { name: "goods.csv", columns: ["id", "title", "category", "price"] },
          { name: "x.csv", columns: ["q", "w"] },
        ],
        shapes,
      ).readings.map(({ file, row }) => [file, row]),
    ).toEqual([
      ["goods.csv", "item"],
      ["x.csv", "event"],
    ]));
});
