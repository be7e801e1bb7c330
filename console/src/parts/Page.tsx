// A page's head: title, one line about it, its actions.
import { useEffect, type ReactNode } from "react";
import { useWords } from "../words";

export function Page({ title, lead, actions, children }: { title: string; lead?: ReactNode; actions?: ReactNode; children: ReactNode }) {
  const { w } = useWords();
  useEffect(() => {
    document.title = `${title} · ${w.app.name}`;
  }, [title, w]);
  return (
    <div className="page">
      <header className="page-head">
        <div>
          <h1>{title}</h1>
          {lead && <p className="soft">{lead}</p>}
        </div>
        {actions && <div className="actions">{actions}</div>}
      </header>
      {children}
    </div>
  );
}

export function Panel({
  title,
  hint,
  actions,
  children,
  flush,
}: {
  title?: ReactNode;
  hint?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
  flush?: boolean;
}) {
  return (
    <section className="panel" data-flush={flush}>
      {(title || actions) && (
        <header>
          <div>
            <h2>{title}</h2>
            {hint && <p className="soft">{hint}</p>}
          </div>
          {actions && <div className="actions">{actions}</div>}
        </header>
      )}
      {children}
    </section>
  );
}
