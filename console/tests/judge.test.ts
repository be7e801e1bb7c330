// What is concluded from experiments, gates and metrics, and who may do what.
import { describe, expect, it } from "vitest";
import { query } from "../src/api";
import { caveats, statements, visible } from "../src/conclude";
import { gatesOf, reportOf, turnOf } from "../src/gates";
import { may } from "../src/session";
import type { ArmResult, Experiment, Job } from "../src/wire";

const rate = (hits: number, of: number) => ({ hits, of, value: hits / of, low: 0, high: 1 });
const arm = (name: string, units: number, lift: ArmResult["lift_clicked"]): ArmResult => ({
  arm: name,
  weight: 0.5,
  answers: 1000,
  clicks: 100,
  carts: 10,
  purchases: 5,
  value: [],
  click_through: rate(100, 1000),
  units_clicked: rate(units / 4, units),
  units_bought: rate(units / 20, units),
  lift_clicked: lift,
  lift_bought: null,
});
const experiment = (lift: ArmResult["lift_clicked"], units = 3000, broken = false): Experiment => ({
  name: "x",
  arms: [arm("a", units, null), arm("b", units, lift)],
  mismatch_statistic: 0,
  mismatch_p: 0.5,
  mismatch_broken: broken,
});
const kinds = (...args: Parameters<typeof experiment>) => statements(experiment(...args)).map((statement) => statement.kind);

describe("experiments", () => {
  it("say more, fewer or unclear by the interval alone", () =>
    expect([kinds([0.04, 0.01, 0.07]), kinds([-0.04, -0.07, -0.01]), kinds([0.04, -0.01, 0.09])]).toEqual([
      ["fair", "more"],
      ["fair", "fewer"],
      ["fair", "unclear"],
    ]));
  it("say nothing else when the split is broken", () => expect(kinds([0.04, 0.01, 0.07], 3000, true)).toEqual(["broken"]));
  it("say nothing of few units", () => expect(kinds([0.4, 0.1, 0.7], 50)).toEqual(["fair", "few"]));
  it("turn a loss into positive bounds", () =>
    expect(statements(experiment([-0.04, -0.07, -0.01]))[1]).toMatchObject({ low: 0.01, high: 0.07 }));
  it("do not reckon with arms that are nearly empty", () =>
    expect(caveats({ ...experiment(null, 50) }).map((caveat) => caveat.kind)).toEqual(["peeking", "novelty", "money"]));
  it("name the difference that would stay unseen", () => {
    expect(visible(0.25, 3000)).toBeCloseTo(0.0313, 4);
    expect(caveats(experiment(null)).map((caveat) => caveat.kind)).toEqual(["power", "power", "peeking", "novelty", "money"]);
  });
});

describe("models", () => {
  const note =
    "version 2 of recommend: 3.2 MiB\n  ndcg@10  0.2\n  gate passed: ndcg@10 is 0.2011; nothing serves yet\n  gate failed: coverage@10 is 0.1, less than 0.3\n";
  it("gates are read from the report of their version", () => {
    const jobs = [{ note } as Job];
    expect(reportOf(jobs, "recommend", 1)).toBeUndefined();
    expect(gatesOf(reportOf(jobs, "recommend", 2) ?? "")).toEqual([
      { passed: true, text: "ndcg@10 is 0.2011; nothing serves yet" },
      { passed: false, text: "coverage@10 is 0.1, less than 0.3" },
    ]);
  });
  it("less error is better, fewer hits are worse, counts are neither", () => {
    const turn = (name: string, value: number, before?: number) => turnOf({ name, value, interval: null, protocol: "" }, before);
    expect([
      turn("ece", 0.1, 0.2),
      turn("ndcg@10", 0.1, 0.2),
      turn("blend.ndcg@10", 0.3, 0.2),
      turn("judged_asks", 9, 3),
      turn("ndcg@10", 0.2, 0.2),
      turn("ndcg@10", 0.2),
    ]).toEqual(["better", "worse", "better", "neutral", "equal", "neutral"]);
  });
});

describe("roles", () => {
  const as = (role: "viewer" | "engineer") => ({ operator: { name: "x", role, scopes: [] }, open: false });
  it("rise from viewer to owner", () =>
    expect([
      may(as("engineer"), "marketer"),
      may(as("engineer"), "owner"),
      may(as("viewer"), "viewer"),
      may(as("viewer"), "marketer"),
    ]).toEqual([true, false, true, false]));
  it("bind nobody on an open server, and everybody signed out elsewhere", () =>
    expect([
      may({ operator: null, open: true }, "owner"),
      may({ operator: null, open: false }, "viewer"),
    ]).toEqual([true, false]));
});

describe("query strings", () => {
  it("leave out what is empty", () =>
    expect([query({ a: "", b: null, c: 0, d: "x y", e: false, f: true }), query({})]).toEqual(["?c=0&d=x+y&f=true", ""]));
});
