// What the server says and takes: the shapes of the HTTP interface that the console uses. Most come from the
// server's own description; what stands here in full is narrower than it, or not in it yet.
import type { components } from "../../sdk/web/src/api";

type Told = components["schemas"];

export type Role = "viewer" | "marketer" | "engineer" | "owner";
export type Language = "zh" | "en";

export type ProblemBody = Pick<Told["Problem"], "title" | "status" | "code" | "detail" | "errors"> & { type: string };
export interface Session {
  operator: (Omit<Told["Operator"], "role"> & { role: Role }) | null;
  open: boolean;
}

export type Moment = Told["Beat"];
export type PolicyResult = Told["PolicyClicks"];
export type Overview = Told["Overview"];

export type Item = Told["ItemSeen"];
export type ItemPage = Told["ItemPage"];

export type CustomerPage = Told["CustomerPage"];
export type ConsentState = Told["ConsentState"];
export type Profile = Told["Profile"];
export type TimelineEntry = Told["TimelineEntry"];
export type TimelinePage = Told["Timeline"];
export type Feature = Told["Feature"];
export type Features = Told["Features"];

export type ScorePart = Told["Part"];
export type Reason = Told["Reason"];
export type Choice = Told["Choice"];
export type ModelRef = Told["ModelRef"];
export type Arm = Told["Arm"];
export type Answer = Told["Answer"];

export interface Filter {
  categories?: string[];
  brands?: string[];
  merchants?: string[];
  price_min?: number;
  price_max?: number;
  in_stock?: boolean;
  exclude?: string[];
}
export interface Boost {
  item_id?: string;
  category?: string;
  brand?: string;
  merchant_id?: string;
  factor: number;
}
export interface Ask {
  customer_id?: string;
  session_id?: string;
  items?: string[];
  count?: number;
  detail?: "ids" | "reasons" | "full";
  filter?: Filter;
  boosts?: Boost[];
  pins?: { item_id: string; at: number }[];
  bury?: string[];
}

export type Stop = Told["Stop"];
export type Decision = Told["Decision"];
export type DecisionRow = Told["DecisionRow"];
export type DecisionPage = Told["DecisionPage"];
export type Explanation = Told["Explanation"];
export type Replay = Told["Replay"];

export type Metric = Told["Metric"];
export type Card = Told["Card"];
export type ModelVersion = Told["ModelVersion"];
export type Verdict = Told["Verdict"];
export type Served = Told["Served"];
export type Job = Told["Job"];

export type Rate = Told["Rate"];
export type ArmResult = Told["ArmResult"];
export type Experiment = Told["Experiment"];

export type Finding = Omit<Told["Finding"], "level"> & { level: "good" | "weak" | "missing" };

export type Option = Omit<Told["Setting"], "value" | "default"> & { value: unknown; default: unknown };
export type Settings = Omit<Told["Settings"], "sections" | "limits"> & {
  sections: { name: string; options: Option[] }[];
  limits: Option[];
};
export type Audit = Told["Audit"];

export interface Preset {
  name: string;
  about: string;
  /** TOML. */
  mapping: string;
}
/** What a row may be, and which fields it has. */
export interface RowShape {
  row: string;
  fields: string[];
  wanted: string[];
  one_of: string[];
}
export interface Presets {
  presets: Preset[];
  shapes: RowShape[];
}
export interface Upload {
  name: string;
  bytes: number;
  at: string;
}
/** What to import: neither preset nor mapping lets the server guess. */
export interface ImportAsk {
  files: string[];
  preset?: string;
  mapping?: string;
}
/** A fact that a row becomes: its data are the fields in which a program would send it. */
export interface ImportFact {
  line: number;
  type: string;
  at: string;
  data: Record<string, unknown>;
}
export interface RefusedRow {
  line: number;
  column: string;
  seen: string;
  problem: string;
  hint?: string | null;
}
export interface FilePreview {
  name: string;
  bytes: number;
  format: string;
  columns: string[];
  rows: { line: number; cells: (string | null)[] }[];
  rows_read: number;
  rows_accepted: number;
  rows_refused: number;
  facts: ImportFact[];
  refused: RefusedRow[];
  why?: string | null;
}
export interface ImportPreview {
  preset?: string | null;
  mapping?: string | null;
  fits: boolean;
  why?: string | null;
  files: FilePreview[];
}
export interface Complaint {
  column: string;
  problem: string;
  rows: number;
  file: string;
  line: number;
  seen: string;
  hint?: string | null;
}
export interface Import {
  id: string;
  started_at: string;
  ended_at?: string | null;
  by: string;
  preset?: string | null;
  files: { name: string; rows: number }[];
  skipped: string[];
  new: number;
  known: number;
  repeated: number;
  quarantined: number;
  resumed: boolean;
  problems: Complaint[];
  /** Whether rows that were refused can still be read. */
  quarantine: boolean;
  failed?: string | null;
}
export interface QuarantinedRow extends RefusedRow {
  file: string;
  /** The raw row. */
  row: string;
}
export interface QuarantinePage {
  total: number;
  rows: QuarantinedRow[];
}

export interface Webhook {
  id: string;
  url: string;
  types: string[];
  enabled: boolean;
  note: string;
  made_at: string;
  /** Facts not looked at yet. */
  behind: number;
  /** Messages to be tried again. */
  waiting: number;
  dead: number;
  sent: number;
  last_sent_at?: string | null;
  last_failure: { at: string; why: string } | null;
  stopped?: string | null;
}
export type WebhookDraft = Pick<Webhook, "url" | "types" | "enabled" | "note">;
export interface WebhookType {
  name: string;
  about: string;
}
export interface Webhooks {
  webhooks: Webhook[];
  types: WebhookType[];
}
/** The secret is told once. */
export type NewSecret = Webhook & { secret: string };
export interface Delivery {
  status?: number | null;
  took_ms: number;
  why?: string | null;
}
export interface DeadLetter {
  id: string;
  webhook: string;
  url: string;
  type: string;
  at: string;
  attempts: number;
  failed_at: string;
  status?: number | null;
  why: string;
  payload: unknown;
}
export interface DeadLetters {
  total: number;
  messages: DeadLetter[];
}
