// What stood in a column, and what may stand there; the server says the second in English.
import { fill, useWords } from "../words";

export function Seen({ value }: { value: string }) {
  const { w } = useWords();
  return value === "" ? <span className="soft">{w.import.seenNothing}</span> : <code className="word">{value}</code>;
}

export function Hint({ text }: { text?: string | null }) {
  const { w } = useWords();
  const allowed = text && /^allowed: ([^;]+)$/.exec(text)?.[1];
  return allowed ? fill(w.import.allowedAre, { values: allowed }) : text && <span lang="en">{text}</span>;
}
