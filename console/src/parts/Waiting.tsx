// What stands where content will be: quiet bars of about its shape.
export function Waiting({ label, rows = 6 }: { label: string; rows?: number }) {
  return (
    <div className="waiting" role="status" aria-label={label}>
      {Array.from({ length: rows }, (_, at) => (
        <span key={at} style={{ width: `${92 - ((at * 37) % 45)}%` }} />
      ))}
    </div>
  );
}
