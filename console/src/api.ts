// The typed client: one function for each thing the console asks of the server.
import { link } from "./link";
import type * as wire from "./wire";

/** An answer that is a problem (RFC 9457), or no answer at all (`status` 0). */
export class Problem extends Error {
  constructor(readonly body: wire.ProblemBody) {
    super(body.detail || body.title);
  }
  get isAway() {
    return AWAY.has(this.body.status);
  }
}

const AWAY = new Set([0, 502, 503, 504]);

export function made(status: number, code: string, detail: string): Problem {
  return new Problem({ type: "about:blank", title: detail, status, code, detail });
}

async function problemOf(response: Response): Promise<Problem> {
  const body = (await response.json().catch(() => null)) as wire.ProblemBody | null;
  return body?.code ? new Problem(body) : made(response.status, "no_problem_body", response.statusText);
}

async function call<T>(method: string, path: string, init: RequestInit = {}): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, { method, credentials: "same-origin", ...init });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    link.lost();
    throw made(0, "unreachable", "the server does not answer");
  }
  if (!response.ok) {
    const problem = await problemOf(response);
    if (problem.isAway) link.lost();
    throw problem;
  }
  const text = await response.text();
  return (text ? JSON.parse(text) : undefined) as T;
}

type Value = string | number | boolean | null | undefined;

/** A query string without what is empty. */
export function query(values: Record<string, Value>): string {
  const given = Object.entries(values).filter(([, value]) => value !== undefined && value !== null && value !== "" && value !== false);
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return text && `?${text}`;
}

const get = <T>(path: string, signal?: AbortSignal) => call<T>("GET", path, { signal });
const post = <T>(path: string, body?: unknown) =>
  call<T>("POST", path, body === undefined ? {} : { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } });
const put = <T>(path: string, body: unknown) =>
  call<T>("PUT", path, { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } });
const drop = (path: string) => call<void>("DELETE", path);
const safe = encodeURIComponent;

/** Sends a file as it lies on disk and tells how far it is, which `fetch` cannot. */
function sendFile(file: File, onSent: (bytes: number) => void, signal: AbortSignal): Promise<wire.Upload> {
  return new Promise((done, fail) => {
    const request = new XMLHttpRequest();
    request.open("PUT", `/v1/uploads/${safe(file.name)}`);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.responseType = "text";
    request.upload.onprogress = ({ loaded }) => onSent(loaded);
    request.onload = () => {
      const { status, statusText, responseText } = request;
      let body: unknown = null;
      try {
        body = JSON.parse(responseText);
      } catch {
        // A proxy's own page: told by its status.
      }
      if (status >= 200 && status < 300) return done(body as wire.Upload);
      const problem = body as wire.ProblemBody | null;
      fail(problem?.code ? new Problem(problem) : made(status, "no_problem_body", statusText));
    };
    request.onerror = () => fail(made(0, "unreachable", "the connection broke while the file was being sent"));
    request.onabort = () => fail(new DOMException("stopped", "AbortError"));
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(file);
  });
}

export const api = {
  session: () => get<wire.Session>("/v1/session"),
  signIn: (name: string, password: string) => post<wire.Session>("/v1/session", { name, password }),
  signOut: () => call<wire.Session>("DELETE", "/v1/session"),
  overview: () => get<wire.Overview>("/v1/overview"),

  items: (values: { query?: string; category?: string; brand?: string; sort?: string; offset?: number; count?: number }) =>
    get<wire.ItemPage>(`/v1/items${query(values)}`),
  itemsOf: (ids: string[]) => get<wire.ItemPage>(`/v1/items${query({ ids: ids.join(","), count: ids.length })}`),

  customers: (values: { prefix?: string; offset?: number; count?: number }) => get<wire.CustomerPage>(`/v1/customers${query(values)}`),
  customer: (id: string) => get<wire.Profile>(`/v1/customers/${safe(id)}`),
  timeline: (id: string, values: { before: number | null; count: number }, signal: AbortSignal) =>
    get<wire.TimelinePage>(`/v1/customers/${safe(id)}/timeline${query(values)}`, signal),
  features: (id: string, at?: string) => get<wire.Features>(`/v1/customers/${safe(id)}/features${query({ at })}`),
  consent: (customer_id: string, purpose: string, granted: boolean) => post("/v1/consents", { customer_id, purpose, granted }),

  recommend: (surface: string, ask: wire.Ask) => post<wire.Answer>(`/v1/recommend/${surface}`, ask),
  event: (event: { event_id: string; event: string; customer_id: string; items: { item_id: string }[]; decision_id?: string }) =>
    post("/v1/events", event),

  decisions: (
    values: { kind: string; customer_id: string; degraded: boolean; before: number | null; count: number },
    signal: AbortSignal,
  ) => get<wire.DecisionPage>(`/v1/decisions${query(values)}`, signal),
  decision: (id: string) => get<wire.Decision>(`/v1/decisions/${safe(id)}`),
  explain: (id: string, lang: wire.Language) => get<wire.Explanation>(`/v1/decisions/${safe(id)}/explain${query({ lang })}`),
  replay: (id: string) => get<wire.Replay>(`/v1/decisions/${safe(id)}/replay`),

  models: () => get<wire.ModelVersion[]>("/v1/models"),
  promote: (name: string, version: number, note: string, force: boolean) =>
    post<wire.Served>(`/v1/models/${safe(name)}/promote`, { version, note: note || null, force }),
  rollBack: (name: string, note: string) => post<wire.Served>(`/v1/models/${safe(name)}/rollback`, { note: note || null }),
  train: () => post<wire.Job>("/v1/train"),
  jobs: () => get<wire.Job[]>("/v1/jobs"),

  experiments: () => get<wire.Experiment[]>("/v1/experiments"),
  audits: (values: { actor?: string; action?: string; before?: number | null; count?: number }) =>
    get<wire.Audit[]>(`/v1/audits${query(values)}`),
  settings: () => get<wire.Settings>("/v1/settings"),
  doctor: () => get<{ findings: wire.Finding[] }>("/v1/doctor"),

  sendFile,
  presets: () => get<wire.Presets>("/v1/imports/presets"),
  uploads: () => get<{ uploads: wire.Upload[] }>("/v1/uploads"),
  dropUpload: (name: string) => drop(`/v1/uploads/${safe(name)}`),
  preview: (ask: wire.ImportAsk) => post<wire.ImportPreview>("/v1/imports/preview", ask),
  startImport: (ask: wire.ImportAsk) => post<{ job: wire.Job }>("/v1/imports", ask),
  imports: () => get<{ imports: wire.Import[] }>("/v1/imports"),
  quarantine: (id: string, values: { offset: number; count: number }) =>
    get<wire.QuarantinePage>(`/v1/imports/${safe(id)}/quarantine${query(values)}`),

  webhooks: () => get<wire.Webhooks>("/v1/webhooks"),
  addWebhook: (values: wire.WebhookDraft) => post<wire.NewSecret>("/v1/webhooks", { url: values.url, types: values.types, note: values.note }),
  changeWebhook: (id: string, values: wire.WebhookDraft) => put<wire.Webhook>(`/v1/webhooks/${safe(id)}`, values),
  dropWebhook: (id: string) => drop(`/v1/webhooks/${safe(id)}`),
  newSecret: (id: string) => post<wire.NewSecret>(`/v1/webhooks/${safe(id)}/secret`),
  testWebhook: (id: string) => post<wire.Delivery>(`/v1/webhooks/${safe(id)}/test`),
  deadLetters: (values: { webhook: string; offset: number; count: number }) => get<wire.DeadLetters>(`/v1/dead-letters${query(values)}`),
  resend: (webhook: string, id: string) => post<wire.Delivery>(`/v1/dead-letters/${safe(webhook)}/${safe(id)}/resend`),
  dropDeadLetter: (webhook: string, id: string) => drop(`/v1/dead-letters/${safe(webhook)}/${safe(id)}`),
};
