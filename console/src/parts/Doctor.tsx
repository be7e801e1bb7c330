// What is missing and how to mend it, worst first. The server says it in English.
import { useQuery } from "@tanstack/react-query";
import { api } from "../api";
import type { Finding } from "../wire";
import { named, useWords } from "../words";
import { Empty } from "./Empty";
import { Badge } from "./Figure";
import { Loaded } from "./Loaded";
import { Panel } from "./Page";

const TONES = { missing: "bad", weak: "warn", good: "good" } as const;
const ORDER: Finding["level"][] = ["missing", "weak", "good"];

export function Doctor() {
  const { w } = useWords();
  const query = useQuery({ queryKey: ["doctor"], queryFn: api.doctor });
  const sorted = (findings: Finding[]) => [...findings].sort((a, b) => ORDER.indexOf(a.level) - ORDER.indexOf(b.level));
  return (
    <Panel title={w.data.doctor} hint={w.data.doctorLead}>
      <Loaded query={query} rows={6}>
        {({ findings }) =>
          findings.length === 0 ? (
            <Empty title={w.data.doctorEmpty} />
          ) : (
            <ul className="findings">
              {sorted(findings).map(({ level, about, found, mend }) => (
                <li key={about}>
                  <span>
                    <Badge tone={TONES[level]}>{w.data[level]}</Badge>
                  </span>
                  <div>
                    <b>{named(w.abouts, about)}</b> <span lang="en">{found}</span>
                    {mend && (
                      <p className="soft" lang="en">
                        {mend}
                      </p>
                    )}
                  </div>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Panel>
  );
}
