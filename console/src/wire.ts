// What the server says and takes: the shapes of the HTTP interface that the console uses.
export type Role = "viewer" | "marketer" | "engineer" | "owner";
export type Language = "zh" | "en";

export interface ProblemBody {
  type: string;
  title: string;
  status: number;
  code: string;
  detail: string;
  retry?: string;
  errors?: { path: string; seen: string; allowed: string }[];
}
export interface Session {
  operator: { name: string; role: Role; scopes: string[] } | null;
  open: boolean;
}

export interface Moment {
  at: string;
  events: number;
  decisions: number;
  p50_ms: number | null;
  p99_ms: number | null;
  degraded: number;
}
export interface PolicyResult {
  policy: string;
  answers: number;
  clicked: number;
  ctr: number;
  low: number;
  high: number;
}
export interface Overview {
  at: string;
  uptime_s: number;
  events_per_s: number;
  decisions_per_s: number;
  facts_total: number;
  log_bytes: number;
  events_total: number;
  decisions_total: number;
  items: number;
  latency: { window_s: number; p50_ms: number | null; p99_ms: number | null };
  degraded_total: number;
  resident_mb: number | null;
  model: { name: string; version: number; made_at: string; facts_since: number } | null;
  series: Moment[];
  policies: PolicyResult[];
}

export interface ItemStats {
  views: number;
  carts: number;
  purchases: number;
  shown: number;
  popularity: number;
  trend: number;
  rating: { count: number; mean: number } | null;
}
export interface Item {
  item_id: string;
  title_zh: string | null;
  title_en: string | null;
  category: string[];
  brand: string | null;
  merchant_id: string | null;
  price: number | null;
  currency: string | null;
  rebate: number;
  stock: number | null;
  active: boolean;
  attributes: { name: string; value: string }[];
  image: string | null;
  link: string | null;
  stats: ItemStats;
}
export interface ItemPage {
  total: number;
  offset: number;
  items: Item[];
}

export interface CustomerRow {
  customer_id: string;
  touches: number;
  last_at: string | null;
}
export interface CustomerPage {
  total: number;
  offset: number;
  customers: CustomerRow[];
}
export interface ConsentState {
  purpose: string;
  allowed: boolean;
  by: string;
  at: string | null;
}
export interface Profile {
  customer_id: string;
  interests: string[];
  place: string | null;
  attributes: [string, string][];
  devices: string[];
  consents: ConsentState[];
  counts: { event: string; count: number }[];
  recent: { at: string; event: string; item_id: string }[];
  categories: [string, number][];
  brands: [string, number][];
}
export interface TimelineEntry {
  offset: number;
  at: string;
  event: string;
  items: { item_id: string; title_zh: string | null; title_en: string | null; price: number | null }[];
  value: number | null;
  query: string | null;
  decision_id: string | null;
  channel: string | null;
  place: string | null;
  /** What a consent or an identity said: a purpose or a device, and one word. */
  said: string | null;
}
export interface TimelinePage {
  entries: TimelineEntry[];
  next: number | null;
}
export interface Feature {
  name: string;
  /** An item, a category, a kind of event. */
  about: string | null;
  value: number | string;
  unit: string;
}
export interface Features {
  at: string;
  features: Feature[];
}

export interface ScorePart {
  name: string;
  value: number;
}
export interface Reason {
  code: string;
  evidence: string[];
}
export interface Choice {
  item_id: string;
  place: number;
  score: number;
  propensity: number;
  channels?: string[];
  parts?: ScorePart[];
  reasons?: Reason[];
}
export interface ModelRef {
  name: string;
  version: number;
}
export interface Arm {
  experiment: string;
  arm: string;
  propensity: number;
}
export interface Answer {
  decision_id: string;
  kind: string;
  personal: boolean;
  scenario?: string;
  degraded?: string | null;
  items: Choice[];
  arms: Arm[];
  models: ModelRef[];
  next_page?: string | null;
  took_us: number;
}
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

export interface Stop {
  guard: string;
  count: number;
  examples: string[];
}
export interface Decision {
  decision_id: string;
  kind: string;
  at: string;
  who: { customer_id: string | null; device_id: string | null; session_id: string | null };
  personal: boolean;
  consent_declared: boolean;
  items_as_of: number;
  customers_as_of: number;
  policy: string;
  arms: Arm[];
  models: ModelRef[];
  considered_total: number;
  considered: { what: string; score: number; channels: string[] }[];
  stopped: Stop[];
  chosen: Choice[];
  reasons: Reason[];
  degraded?: string | null;
  out_of_time: boolean;
  took_us: number;
}
export interface DecisionRow {
  decision_id: string;
  at: string;
  kind: string;
  customer_id: string | null;
  device_id: string | null;
  session_id: string | null;
  policy: string;
  models: ModelRef[];
  considered: number;
  stopped: number;
  chosen: number;
  took_us: number;
  degraded: string | null;
  personal: boolean;
  arms: { experiment: string; arm: string }[];
}
export interface DecisionPage {
  decisions: DecisionRow[];
  next: number | null;
}
export interface Explanation {
  decision_id: string;
  lang: string;
  sentences: string[];
}
export interface Replay {
  same: boolean;
  differs: string[];
  decision: Decision;
}

export interface Metric {
  name: string;
  value: number;
  interval: [number, number] | null;
  protocol: string;
}
export interface Card {
  made_at: string;
  offsets: [number, number];
  times: [string, string];
  rows: number;
  metrics: Metric[];
  options: string;
  artefact_bytes: number;
  artefact_sha256: string;
  train_s: number;
  peak_memory_bytes: number;
  seed: number;
  notes: string;
}
export interface ModelVersion {
  name: string;
  version: number;
  state: string;
  card: Card | null;
  damage: string | null;
}
export interface Verdict {
  metric: string;
  passed: boolean;
  text: string;
}
export interface Served {
  serving: ModelRef;
  verdicts: Verdict[];
}
export interface Job {
  id: number;
  kind: string;
  state: string;
  progress: number;
  note: string;
  started_at: string;
  ended_at: string | null;
}

export interface Rate {
  hits: number;
  of: number;
  value: number;
  low: number;
  high: number;
}
export interface ArmResult {
  arm: string;
  weight: number;
  answers: number;
  clicks: number;
  carts: number;
  purchases: number;
  value: string[];
  click_through: Rate;
  units_clicked: Rate;
  units_bought: Rate;
  lift_clicked: [number, number, number] | null;
  lift_bought: [number, number, number] | null;
}
export interface Experiment {
  name: string;
  arms: ArmResult[];
  mismatch_statistic: number;
  mismatch_p: number;
  mismatch_broken: boolean;
}

export interface Finding {
  level: "good" | "weak" | "missing";
  about: string;
  found: string;
  mend: string;
}

export interface Option {
  name: string;
  value: unknown;
  default: unknown;
}
export interface Settings {
  sections: { name: string; options: Option[] }[];
  keys: { name: string; scopes: string[]; requests_per_s: number; burst: number }[];
  limits: Option[];
}
export interface Audit {
  offset: number;
  at: string;
  actor: string;
  action: string;
  subject: string;
  note: string;
}

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
  hint: string | null;
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
  why: string | null;
}
export interface ImportPreview {
  preset: string | null;
  mapping: string | null;
  fits: boolean;
  why: string | null;
  files: FilePreview[];
}
export interface Complaint {
  column: string;
  problem: string;
  rows: number;
  file: string;
  line: number;
  seen: string;
  hint: string | null;
}
export interface Import {
  id: string;
  started_at: string;
  ended_at: string | null;
  by: string;
  preset: string | null;
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
  failed: string | null;
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
  last_sent_at: string | null;
  last_failure: { at: string; why: string } | null;
  stopped: string | null;
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
  status: number | null;
  took_ms: number;
  why: string | null;
}
export interface DeadLetter {
  id: string;
  webhook: string;
  url: string;
  type: string;
  at: string;
  attempts: number;
  failed_at: string;
  status: number | null;
  why: string;
  payload: unknown;
}
export interface DeadLetters {
  total: number;
  messages: DeadLetter[];
}
