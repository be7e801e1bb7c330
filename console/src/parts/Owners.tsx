// What only an owner may see; others read which role it needs.
import type { ReactNode } from "react";
import { useMay } from "../session";
import { fill, useWords } from "../words";
import { Empty } from "./Empty";
import { Panel } from "./Page";

export function Owners({ children }: { children: ReactNode }) {
  const { w } = useWords();
  if (useMay("owner")) return children;
  return (
    <Panel>
      <Empty title={fill(w.roles.needs, { role: w.roles.owner })} />
    </Panel>
  );
}
