// Nothing to show: says so, and what would change that.
import type { ReactNode } from "react";

export function Empty({ title, help, children }: { title: string; help?: string; children?: ReactNode }) {
  return (
    <div className="empty">
      <b>{title}</b>
      {help && <p>{help}</p>}
      {children}
    </div>
  );
}
