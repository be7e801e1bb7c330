// The import that runs, with how far it is; when it ends, everything it may have changed is asked for anew.
import { Progress } from "antd";
import { moment } from "../format";
import { fill, useWords } from "../words";
import { useAfterJobs, useJobs } from "./JobList";
import { Panel } from "./Page";

const AFTER = ["imports", "overview", "items", "customers", "doctor", "decisions"];
const READING = /^reading (.+)$/;

export function ImportJob() {
  const { w } = useWords();
  const m = w.import;
  const { jobs, isRunning } = useJobs("import");
  useAfterJobs(isRunning, AFTER);
  const job = jobs.find(({ ended_at }) => !ended_at);
  if (!job) return null;
  const file = READING.exec(job.note)?.[1];
  const note = file ? fill(m.readingFile, { file }) : job.note === "appending" ? m.appending : job.note;
  return (
    <Panel title={m.running} hint={fill(w.jobs.started ?? "", { at: moment(job.started_at) })}>
      <div role="status">
        <Progress percent={Math.round(job.progress * 100)} size="small" strokeColor="var(--accent)" aria-label={m.running} />
        <p className="soft">{note}</p>
      </div>
    </Panel>
  );
}
