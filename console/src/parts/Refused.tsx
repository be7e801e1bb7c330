// A problem in full: what, code, detail, fields, and trying again.
import { Button } from "antd";
import { Problem } from "../api";
import { useWords } from "../words";

export function Refused({ error, retry }: { error: Error; retry?: () => unknown }) {
  const { w } = useWords();
  const body = error instanceof Problem ? error.body : null;
  const isAway = error instanceof Problem && error.isAway;
  const heading = isAway ? w.problem.away : body?.status === 404 ? w.problem.missing : w.problem.title;
  return (
    <div className="refused" role="alert">
      <h3>{heading}</h3>
      <p>{isAway ? w.problem.awayHelp : (body?.detail ?? error.message)}</p>
      {body && !isAway && (
        <p className="soft">
          <code>{body.code}</code> · {w.problem.status} {body.status}
          {body.title !== body.detail && ` · ${body.title}`}
        </p>
      )}
      {body?.errors?.map((field) => (
        <p key={field.path} className="soft">
          <code>{field.path}</code> · {w.problem.seen} <code>{field.seen}</code> · {w.problem.allowed} {field.allowed}
        </p>
      ))}
      {retry && (
        <Button size="small" onClick={() => void retry()}>
          {w.common.retry}
        </Button>
      )}
    </div>
  );
}
