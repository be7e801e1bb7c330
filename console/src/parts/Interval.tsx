// A value with its interval, drawn on a shared scale.
export function Interval({
  value,
  low,
  high,
  from,
  to,
  label,
  zero,
}: {
  value: number;
  low: number;
  high: number;
  from: number;
  to: number;
  label: string;
  zero?: boolean;
}) {
  const place = (at: number) => `${Math.max(0, Math.min(100, ((at - from) / (to - from || 1)) * 100))}%`;
  return (
    <span className="interval" role="img" aria-label={label}>
      {zero && <i className="zero" style={{ left: place(0) }} />}
      <i className="band" style={{ left: place(low), right: `calc(100% - ${place(high)})` }} />
      <i className="value" style={{ left: place(value) }} />
    </span>
  );
}
