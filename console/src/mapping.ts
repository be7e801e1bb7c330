// Which column means what: a mapping chosen in a form, and the TOML that the server reads.
import type { RowShape } from "./wire";

/** Where a field stands: in a column, or the same value for every row. */
export interface Place {
  column?: string;
  value?: string;
  /** The file's values and ours. */
  map?: [string, string][];
  split?: string;
}
/** One reading of one file: what its rows are, and which column holds what. */
export interface Reading {
  file: string;
  row: string;
  fields: Record<string, Place>;
  /** Columns kept as attributes under their own names. */
  attributes: string[];
  /** Column names for a file whose first line already holds values. */
  header: string[] | null;
}
export interface MappingDraft {
  currency: string;
  readings: Reading[];
}

/** Rows whose other columns can be kept as attributes. */
export const takesAttributes = (row: string) => row === "item" || row === "customer";
/** Fields that take a list, cut out of one column. */
export const takesList = (field: string) => field === "category" || field === "interests";

export const EVENTS = [
  "view_item", "view_item_list", "select_item", "add_to_cart", "remove_from_cart", "add_to_wishlist", "begin_checkout", "purchase",
  "refund", "search", "share", "login", "sign_up", "dismiss_item", "skip_item", "rate_item", "use_coupon",
] as const;

const text = (value: string) => JSON.stringify(value).replaceAll("\u007f", "\\u007F");
const name = (value: string) => (/^[A-Za-z0-9_-]+$/.test(value) ? value : text(value));
const isSet = (place: Place | undefined) => Boolean(place && (place.column || place.value));

function placeToml({ column, value, map = [], split }: Place): string {
  if (!column) return `{ value = ${text(value ?? "")} }`;
  const pairs = map.filter(([, ours]) => ours !== "");
  const rules = [
    ...(pairs.length > 0 ? [`map = { ${pairs.map(([theirs, ours]) => `${text(theirs)} = ${text(ours)}`).join(", ")} }`] : []),
    ...(split ? [`split = ${text(split)}`] : []),
  ];
  return rules.length === 0 ? text(column) : `{ ${[`column = ${text(column)}`, ...rules].join(", ")} }`;
}

/** The name that a mapping knows a file by: packed endings are cut. */
export const bare = (file: string) => file.replace(/\.(gz|zst)$/i, "");

function readingToml({ file, row, fields, attributes, header }: Reading): string {
  const lines = ["[[file]]", `name = ${text(bare(file))}`, `row = ${text(row)}`];
  if (header) lines.push(`header = [${header.map(text).join(", ")}]`);
  const set = Object.entries(fields).filter(([, place]) => isSet(place));
  lines.push("", "[file.fields]", ...set.map(([field, place]) => `${name(field)} = ${placeToml(place)}`));
  if (takesAttributes(row) && attributes.length > 0)
    lines.push("", "[file.attributes]", ...attributes.map((column) => `${name(column)} = ${text(column)}`));
  return lines.join("\n");
}

export function toToml({ currency, readings }: MappingDraft): string {
  const head = currency ? [`currency = ${text(currency.toUpperCase())}`] : [];
  return `${[...head, ...readings.map(readingToml)].join("\n\n")}\n`;
}

/** Fields that a reading must still be told: each group wants one of its names. */
export function wanting({ row, fields }: Reading, shapes: readonly RowShape[]): string[][] {
  const shape = shapes.find((each) => each.row === row);
  if (!shape) return [];
  const missing = shape.wanted.filter((field) => !isSet(fields[field])).map((field) => [field]);
  const someone = shape.one_of.length > 0 && !shape.one_of.some((field) => isSet(fields[field]));
  return someone ? [...missing, [...shape.one_of]] : missing;
}

const plain = (column: string) => column.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");

/** What others often call our fields. */
const CALLED: Record<string, string[]> = {
  customer_id: ["customerid", "customer", "userid", "uid", "memberid", "clientid", "householdid"],
  item_id: ["itemid", "item", "productid", "skuid", "sku", "goodsid", "id"],
  timestamp: ["timestamp", "time", "ts", "datetime", "date", "eventtime", "createdat"],
  event: ["event", "eventname", "eventtype", "behaviortype", "behavior", "action", "type"],
  event_id: ["eventid"],
  title_en: ["titleen", "title", "name", "productname", "itemname"],
  title_zh: ["titlezh", "标题", "名称", "商品名称"],
  category: ["category", "categoryid", "categories", "类目"],
  brand: ["brand", "品牌"],
  price: ["price", "unitprice", "价格"],
  total: ["total", "amount", "revenue"],
  quantity: ["quantity", "qty"],
  order_id: ["orderid", "transactionid"],
  name: ["name", "merchantname"],
};

/** The columns whose names say which field they hold; each column is taken once. */
export function guess(columns: readonly string[], shape: RowShape): Record<string, Place> {
  const taken = new Set<string>();
  const found: Record<string, Place> = {};
  const names = (field: string) => [plain(field), ...(CALLED[field] ?? [])];
  for (const field of [...shape.wanted, ...shape.one_of, ...shape.fields]) {
    if (found[field]) continue;
    const column = names(field)
      .map((called) => columns.find((each) => !taken.has(each) && plain(each) === called))
      .find((each) => each !== undefined);
    if (column === undefined) continue;
    taken.add(column);
    found[field] = { column };
  }
  return found;
}

/** A first draft: each file's rows are what most of its columns fit. */
export function draftOf(files: readonly { name: string; columns: readonly string[] }[], shapes: readonly RowShape[]): MappingDraft {
  const readings = files.map(({ name: file, columns }): Reading => {
    const tried = shapes.map((shape) => ({ row: shape.row, fields: guess(columns, shape) }));
    const found = ({ fields }: { fields: Record<string, Place> }) => Object.keys(fields).length;
    const best = tried.reduce((most, each) => (found(each) > found(most) ? each : most), tried[0] ?? { row: "event", fields: {} });
    return { file, ...best, attributes: [], header: null };
  });
  return { currency: "", readings };
}
