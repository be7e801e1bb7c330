// Jobs of one kind with their progress; asks each second while one runs.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Progress } from "antd";
import { useEffect, useRef } from "react";
import { api } from "../api";
import { moment, span } from "../format";
import type { Job } from "../wire";
import { fill, named, useWords } from "../words";
import { Badge } from "./Figure";
import { Loaded } from "./Loaded";

const isOpen = (job: Job) => !job.ended_at;

/** The jobs of one kind, newest first. */
export function useJobs(kind: "train" | "import") {
  const query = useQuery({
    queryKey: ["jobs"],
    queryFn: api.jobs,
    staleTime: 0,
    refetchInterval: ({ state }) => (state.data?.some(isOpen) ? 1000 : false),
  });
  const jobs = (query.data ?? []).filter((job) => job.kind === kind);
  return { query, jobs, isRunning: jobs.some(isOpen) };
}

/** Calls for `keys` anew when a job ends. */
export function useAfterJobs(isRunning: boolean, keys: string[]) {
  const queries = useQueryClient();
  const was = useRef(isRunning);
  useEffect(() => {
    if (was.current && !isRunning) keys.forEach((key) => void queries.invalidateQueries({ queryKey: [key] }));
    was.current = isRunning;
  }, [isRunning, keys, queries]);
}

export function JobList() {
  const { w, language } = useWords();
  const { query, jobs } = useJobs("train");
  const seconds = (job: Job) => (Date.parse(job.ended_at ?? "") - Date.parse(job.started_at)) / 1000;
  return (
    <Loaded query={query} rows={2}>
      {() =>
        jobs.length === 0 ? (
          <p className="soft">{w.models.jobsEmpty}</p>
        ) : (
          <ul className="jobs">
            {jobs.map((job) => (
              <li key={job.id}>
                <div className="job-head">
                  <Badge tone={job.state === "failed" ? "bad" : isOpen(job) ? "accent" : "good"}>{named(w.jobs, job.state)}</Badge>
                  <span className="soft">
                    {fill(w.jobs.started ?? "", { at: moment(job.started_at) })}
                    {job.ended_at && ` · ${fill(w.jobs.took ?? "", { span: span(seconds(job), language, w) })}`}
                  </span>
                </div>
                {isOpen(job) && (
                  <Progress
                    percent={Math.round(job.progress * 100)}
                    size="small"
                    strokeColor="var(--accent)"
                    aria-label={named(w.jobs, job.kind)}
                  />
                )}
                {job.note &&
                  (isOpen(job) ? (
                    <p className="soft">{job.note}</p>
                  ) : (
                    <details>
                      <summary>{w.models.report}</summary>
                      <pre>{job.note}</pre>
                    </details>
                  ))}
              </li>
            ))}
          </ul>
        )
      }
    </Loaded>
  );
}
