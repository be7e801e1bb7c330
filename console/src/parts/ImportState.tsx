// Whether an import runs, is done, or failed, and who began it.
import type { Import } from "../wire";
import { useWords } from "../words";
import { Badge } from "./Figure";

export function ImportState({ of }: { of: Import }) {
  const { w } = useWords();
  if (of.failed) return <Badge tone="bad">{w.imports.failed}</Badge>;
  return of.ended_at ? <Badge tone="good">{w.imports.done}</Badge> : <Badge tone="accent">{w.imports.running}</Badge>;
}

/** Who imported: a key, the command line, or somebody on an open server. */
export function ImportedBy({ by }: { by: string }) {
  const { w } = useWords();
  return by === "command line" ? w.imports.commandLine : by === "open" ? w.app.open : by;
}
