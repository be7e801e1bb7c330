// The mapping that is being made, kept for this tab of the browser until it is closed.
import { useCallback, useState } from "react";
import { toToml, type MappingDraft } from "./mapping";

/** What a mapping is until it is sent: chosen columns, or text that was changed by hand. */
export interface Draft {
  /** For which files, so that others begin anew. */
  files: string;
  chosen: MappingDraft | null;
  text: string | null;
}

const NAME = "console.mapping";
const blank = (files: string): Draft => ({ files, chosen: null, text: null });

function read(files: string): Draft {
  try {
    const kept = JSON.parse(sessionStorage.getItem(NAME) ?? "null") as Draft | null;
    return kept?.files === files ? kept : blank(files);
  } catch {
    return blank(files);
  }
}

export function useDraft(files: string) {
  const [held, setHeld] = useState(() => read(files));
  const draft = held.files === files ? held : read(files);
  const change = useCallback(
    (part: Partial<Draft>) =>
      setHeld((old) => {
        const next = { ...(old.files === files ? old : read(files)), ...part };
        sessionStorage.setItem(NAME, JSON.stringify(next));
        return next;
      }),
    [files],
  );
  return [draft, change] as const;
}

/** The text that would be sent, if there is one. */
export const tomlOf = ({ chosen, text }: Draft): string => text ?? (chosen ? toToml(chosen) : "");
