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

export type Preset = Told["Preset"];
export type RowShape = Told["RowShape"];
export type Presets = Told["Presets"];
export type Upload = Told["Upload"];
export type ImportAsk = Told["ImportAsk"];
/** A fact that a row becomes: its data are the fields in which a program would send it. */
export type ImportFact = Omit<Told["PreviewFact"], "data"> & { data: Record<string, unknown> };
export type RefusedRow = Told["RefusedRow"];
export type FilePreview = Omit<Told["PreviewFile"], "facts"> & { facts: ImportFact[] };
export type ImportPreview = Omit<Told["Preview"], "files"> & { files: FilePreview[] };
export type Complaint = Told["Complaint"];
export type Import = Told["Import"];
export type QuarantinedRow = Told["QuarantinedRow"];
export type QuarantinePage = Told["Quarantine"];

export type Webhook = Told["Webhook"];
export type WebhookDraft = Pick<Webhook, "url" | "types" | "enabled" | "note">;
export type WebhookType = Told["MessageType"];
export type Webhooks = Told["Webhooks"];
/** The secret is told once. */
export type NewSecret = Webhook & { secret: string };
export type Delivery = Told["Delivery"];
export type DeadLetter = Omit<Told["DeadLetter"], "payload"> & { payload?: unknown };
export type DeadLetters = Omit<Told["DeadLetters"], "messages"> & { messages: DeadLetter[] };
