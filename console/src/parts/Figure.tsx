// One number that states its name, unit and time range.
import type { ReactNode } from "react";

export function Figure({ name, value, unit, range }: { name: string; value: ReactNode; unit?: string; range: ReactNode }) {
  return (
    <div className="figure">
      <dt>{name}</dt>
      <dd>
        <b>{value}</b>
        {unit && <span className="unit">{unit}</span>}
        <small>{range}</small>
      </dd>
    </div>
  );
}

/** Pairs of name and value. */
export function Facts({ pairs }: { pairs: [ReactNode, ReactNode][] }) {
  return (
    <dl className="facts">
      {pairs.map(([name, value], at) => (
        <div key={at}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

export function Badge({ tone, children }: { tone?: "good" | "bad" | "warn" | "accent"; children: ReactNode }) {
  return (
    <span className="badge" data-tone={tone}>
      {children}
    </span>
  );
}
