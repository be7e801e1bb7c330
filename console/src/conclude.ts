// What may be said of an experiment, and what may not: plain statements from its numbers.
import type { ArmResult, Experiment } from "./wire";

export type Statement =
  | { kind: "broken"; p: number }
  | { kind: "fair"; p: number }
  | { kind: "more" | "fewer" | "unclear"; what: "clicked" | "bought"; arm: string; base: string; low: number; high: number }
  | { kind: "few" };

export interface Caveat {
  kind: "peeking" | "novelty" | "money" | "power";
  what?: "clicked" | "bought";
  share?: number;
}

const UNITS_LEAST = 100;
/** z for 95 % two-sided plus z for 80 % power. */
const Z_SUM = 1.96 + 0.84;

export function statements(experiment: Experiment): Statement[] {
  if (experiment.mismatch_broken) return [{ kind: "broken", p: experiment.mismatch_p }];
  const said: Statement[] = [{ kind: "fair", p: experiment.mismatch_p }];
  const [base, ...others] = experiment.arms;
  if (!base || experiment.arms.some((arm) => arm.units_clicked.of < UNITS_LEAST)) return [...said, { kind: "few" }];
  return said.concat(
    others
      .flatMap((arm) => [judged(arm, base.arm, "clicked", arm.lift_clicked), judged(arm, base.arm, "bought", arm.lift_bought)])
      .filter((each) => each !== null),
  );
}

function judged(arm: ArmResult, base: string, what: "clicked" | "bought", lift: ArmResult["lift_clicked"]): Statement | null {
  if (!lift) return null;
  const [, low, high] = lift;
  if (low > 0) return { kind: "more", what, arm: arm.arm, base, low, high };
  if (high < 0) return { kind: "fewer", what, arm: arm.arm, base, low: -high, high: -low };
  return { kind: "unclear", what, arm: arm.arm, base, low, high };
}

/** The smallest difference of shares that these numbers would show four times out of five. */
export function visible(share: number, units: number): number {
  return Z_SUM * Math.sqrt((2 * share * (1 - share)) / Math.max(1, units));
}

export function caveats(experiment: Experiment): Caveat[] {
  const [base] = experiment.arms;
  const always: Caveat[] = [{ kind: "peeking" }, { kind: "novelty" }, { kind: "money" }];
  if (!base || experiment.mismatch_broken) return always;
  const least = Math.min(...experiment.arms.map((arm) => arm.units_clicked.of));
  if (least < UNITS_LEAST) return always;
  const power = (what: "clicked" | "bought", share: number): Caveat => ({ kind: "power", what, share: visible(share, least) });
  return [power("clicked", base.units_clicked.value), power("bought", base.units_bought.value), ...always];
}
