// A server that behaves badly on purpose: drops requests or answers, delays, refuses, and counts.

export type Mood = "ok" | "lost" | "mute" | "fail" | "busy" | "slow" | "refuse";

export interface Seen {
  path: string;
  headers: Record<string, string>;
  bodies: Record<string, unknown>[];
  keepalive: boolean;
  at: number;
}

export class FakeServer {
  /** Every stored event or consent by its id, as the real server keeps them: once. */
  readonly stored = new Map<string, Record<string, unknown>>();
  readonly seen: Seen[] = [];
  duplicates = 0;
  atOnce = 0;
  atOnceMax = 0;
  mood: (turn: number) => Mood = () => "ok";
  retryAfter = "3";
  /** The server's own time. */
  clock: () => number = () => Date.now();
  private turn = 0;

  events(): Record<string, unknown>[] {
    return [...this.stored.values()].filter((body) => body.event);
  }

  consents(): Record<string, unknown>[] {
    return [...this.stored.values()].filter((body) => body.purpose);
  }

  asks(surface: string): Record<string, unknown>[] {
    return this.seen
      .filter(({ path }) => path === "/v1/recommend/" + surface)
      .flatMap((s) => s.bodies);
  }

  /** `alive` says whether the page still waits; a request without keepalive dies with it. */
  answer = async (url: string, init: RequestInit, alive: () => boolean): Promise<Response> => {
    const path = url.replace(/^https?:\/\/[^/]+/, "");
    const mood = this.mood(this.turn++);
    if (mood === "lost") throw new TypeError("network gone");
    this.atOnceMax = Math.max(this.atOnceMax, ++this.atOnce);
    try {
      await later(mood === "slow" ? 2_000 : 20);
      if (!init.keepalive && !alive()) throw new TypeError("the page is gone");
      if (mood === "fail") return problem(503, "unavailable");
      if (mood === "busy") return problem(429, "rate_limited", { "Retry-After": this.retryAfter });
      const text = (init.body as string) ?? "[]";
      const bodies = [JSON.parse(text)].flat() as Record<string, unknown>[];
      if (mood === "refuse" || bodies.some((body) => body.event === "poison")) {
        return problem(422, "field_invalid");
      }
      const headers = init.headers as Record<string, string>;
      const at = Date.now();
      this.seen.push({ path, headers, bodies, keepalive: init.keepalive ?? false, at });
      const answer = this.take(path, bodies);
      if (mood === "mute") throw new TypeError("answer lost");
      return new Response(JSON.stringify(answer), { status: 200 });
    } finally {
      this.atOnce -= 1;
    }
  };

  private ahead(body: Record<string, unknown>): boolean {
    return Date.parse(String(body.timestamp)) > this.clock() + 86_400_000;
  }

  private refusals(bodies: Record<string, unknown>[]): unknown[] {
    const errors = [{ path: "timestamp", seen: "", allowed: "" }];
    return bodies.flatMap((body, index) =>
      this.ahead(body) ? [{ index, status: "rejected", code: "field_invalid", errors }] : [],
    );
  }

  private take(path: string, bodies: Record<string, unknown>[]): unknown {
    if (path.startsWith("/v1/recommend")) {
      const items = ["a", "b"].map((item_id, place) => ({
        item_id,
        place,
        score: 1,
        propensity: 1,
      }));
      return {
        decision_id: "d1",
        kind: "recommend.home",
        personal: false,
        items,
        arms: [],
        models: [],
      };
    }
    for (const body of bodies) {
      if (this.ahead(body)) continue;
      const id = body.event_id as string;
      if (this.stored.has(id)) this.duplicates += 1;
      else this.stored.set(id, body);
    }
    const results = this.refusals(bodies);
    return { accepted: bodies.length, duplicate: 0, rejected: results.length, results };
  }
}

function later(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}

function problem(status: number, code: string, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify({ code, status, title: code, detail: code }), {
    status,
    headers,
  });
}
