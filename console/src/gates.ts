// What a training's report says of gates, and whether a metric's change is for the better.
import type { Job, Metric } from "./wire";

export interface Gate {
  passed: boolean;
  text: string;
}

/** The report of the training that made this version, if it is still kept. */
export const reportOf = (jobs: Job[], name: string, version: number): string | undefined =>
  jobs.find((job) => job.note.startsWith(`version ${version} of ${name}:`))?.note;

/** Lines such as `gate passed: ndcg@10 is 0.2011; nothing serves yet`. */
export function gatesOf(report: string): Gate[] {
  return [...report.matchAll(/^\s*gate (\w+): (.*)$/gm)].map(([, verdict, text = ""]) => ({ passed: verdict === "passed", text }));
}

/** Metrics where less is better. */
const LESS = /(^|\.)(ece|log_loss|rmse|mae|loss)$/;
/** Counts say how much was measured, not how good it is. */
const NEUTRAL = /(^|\.)judged_asks$/;

export type Turn = "better" | "worse" | "equal" | "neutral";

export function turnOf(metric: Metric, before: number | undefined): Turn {
  if (before === undefined || NEUTRAL.test(metric.name)) return "neutral";
  if (Math.abs(metric.value - before) < 5e-5) return "equal";
  return metric.value > before === LESS.test(metric.name) ? "worse" : "better";
}
