// How files are read: recognised, by a known layout, or by a mapping of one's own.
import { useQuery } from "@tanstack/react-query";
import { Button, Input, Segmented, Select } from "antd";
import { useEffect, useState } from "react";
import { useAddress } from "../address";
import { api } from "../api";
import { tomlOf, type Draft } from "../draft";
import { draftOf, wanting, type MappingDraft } from "../mapping";
import type { FilePreview, ImportAsk, Presets } from "../wire";
import { fill, useWords } from "../words";
import { Loaded } from "./Loaded";
import { MappingForm } from "./MappingForm";

const WAYS = ["guess", "preset", "mapping"] as const;
type Way = (typeof WAYS)[number];
const TYPING_MS = 600;

/** A value once it has rested for a moment. */
function useRested<T>(value: T): T {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), TYPING_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return rested;
}

/** What was chosen of how to read, and what the server makes of it. */
export function useReading(files: string[], draft: Draft) {
  const { text } = useAddress();
  const way: Way = WAYS.find((each) => each === text("by")) ?? "guess";
  const preset = text("preset");
  const mapping = useRested(tomlOf(draft));
  const ask: ImportAsk =
    way === "mapping" ? { files, mapping } : way === "preset" ? { files, preset } : { files };
  const presets = useQuery({ queryKey: ["presets"], queryFn: api.presets, staleTime: Infinity });
  const shapes = presets.data?.shapes ?? [];
  const isWhole = draft.text !== null || (draft.chosen?.readings.every((reading) => wanting(reading, shapes).length === 0) ?? false);
  const looked = useQuery({
    queryKey: ["preview", { files }],
    queryFn: () => api.preview({ files }),
    placeholderData: undefined,
    staleTime: 60_000,
  });
  const isFit = looked.data?.fits ?? false;
  const isComplete = way === "mapping" ? isWhole : way === "preset" ? preset !== "" : isFit;
  const isRested = way !== "mapping" || mapping === tomlOf(draft);
  const asked = useQuery({
    queryKey: ["preview", ask],
    queryFn: () => api.preview(ask),
    staleTime: 60_000,
    enabled: isComplete && isRested && way !== "guess",
  });
  return { way, preset, ask, looked, preview: way === "guess" ? looked : asked, isComplete, isRested };
}

interface Props {
  presets: Presets;
  reading: ReturnType<typeof useReading>;
  draft: Draft;
  onDraft: (part: Partial<Draft>) => void;
}

export function ReadingChoice({ presets, reading, draft, onDraft }: Props) {
  const { w } = useWords();
  const m = w.import;
  const { change } = useAddress();
  const { way } = reading;
  const startFrom = (name: string) => {
    onDraft({ text: presets.presets.find((each) => each.name === name)?.mapping ?? "" });
    change({ by: "mapping" });
  };
  return (
    <div className="stack" style={{ gap: 12 }}>
      <Segmented<Way>
        className="ways"
        aria-label={m.how}
        value={way}
        onChange={(by) => change({ by: by === "guess" ? null : by })}
        options={WAYS.map((value) => ({ value, label: m[value] }))}
      />
      {way === "guess" && <Guessed reading={reading} onStartFrom={startFrom} />}
      {way === "preset" && (
        <div className="ask-bar">
          <Select
            style={{ width: "min(460px, 100%)" }}
            aria-label={m.choosePreset}
            placeholder={m.choosePreset}
            value={reading.preset || undefined}
            onChange={(preset) => change({ preset })}
            popupMatchSelectWidth={false}
            options={presets.presets.map(({ name, about }) => ({
              value: name,
              label: (
                <>
                  {name}{" "}
                  <small className="soft" lang="en">
                    {about}
                  </small>
                </>
              ),
            }))}
          />
          {reading.preset && <Button onClick={() => startFrom(reading.preset)}>{m.startFrom}</Button>}
        </div>
      )}
      {way === "mapping" && (
        <Loaded query={reading.looked} rows={8}>
          {({ files }) => (
            <Mapping files={files} presets={presets} draft={draft} onDraft={onDraft} refused={reading.preview.data?.files ?? []} />
          )}
        </Loaded>
      )}
    </div>
  );
}

function Guessed({ reading, onStartFrom }: { reading: Props["reading"]; onStartFrom: (name: string) => void }) {
  const { w } = useWords();
  const m = w.import;
  const { change } = useAddress();
  return (
    <Loaded query={reading.looked} rows={2}>
      {({ fits, preset }) =>
        fits && preset ? (
          <div className="ask-bar">
            <span className="notice">{fill(m.guessed, { preset })}</span>
            <Button onClick={() => onStartFrom(preset)}>{m.startFrom}</Button>
          </div>
        ) : (
          <div className="ask-bar">
            <span className="notice" data-tone="warn">
              {m.notGuessed}
            </span>
            <Button type="primary" onClick={() => change({ by: "mapping" })}>
              {m.makeMapping}
            </Button>
          </div>
        )
      }
    </Loaded>
  );
}

interface MappingProps {
  files: FilePreview[];
  presets: Presets;
  draft: Draft;
  onDraft: Props["onDraft"];
  /** The files as the mapping reads them, with what it refuses. */
  refused: FilePreview[];
}

function Mapping({ files, presets, draft, onDraft, refused }: MappingProps) {
  const { w } = useWords();
  const m = w.import;
  const { text, change } = useAddress();
  const isText = text("as") === "text" || draft.text !== null;
  const begun = draft.chosen ?? draftOf(files, presets.shapes);
  useEffect(() => {
    if (!draft.chosen && draft.text === null && files.length > 0) onDraft({ chosen: begun });
  });
  const seen = (name: string, column: string) => valuesOf([...files, ...refused].filter((file) => file.name === name), column);
  const [before, after] = m.textHelp.split("{command}");
  return (
    <div className="stack" style={{ gap: 12 }}>
      <Segmented
        className="ways"
        size="small"
        aria-label={m.mapping}
        value={isText ? "text" : "columns"}
        onChange={(as) => change({ as: as === "text" ? as : null })}
        disabled={draft.text !== null}
        options={[
          { value: "columns", label: m.columnsTab },
          { value: "text", label: m.textTab },
        ]}
      />
      {isText ? (
        <>
          {draft.text !== null && (
            <p className="notice between" data-tone="warn">
              {m.edited}
              <Button
                size="small"
                onClick={() => {
                  onDraft({ text: null, chosen: draft.chosen ?? draftOf(files, presets.shapes) });
                  change({ as: null });
                }}
              >
                {m.writeAnew}
              </Button>
            </p>
          )}
          <Input.TextArea
            className="code"
            aria-label={m.textTab}
            autoSize={{ minRows: 8, maxRows: 28 }}
            spellCheck={false}
            value={tomlOf({ ...draft, chosen: begun })}
            onChange={(event) => onDraft({ text: event.target.value })}
          />
          <p className="soft">
            {before}
            <code>shopkeeper import --preset ga4 --print</code>
            {after}
          </p>
        </>
      ) : (
        <MappingForm
          draft={begun}
          onDraft={(chosen: MappingDraft) => onDraft({ chosen })}
          files={files}
          shapes={presets.shapes}
          seen={seen}
        />
      )}
    </div>
  );
}

/** Values of a column among the first rows, and those that were refused in it. */
function valuesOf(files: FilePreview[], column: string): string[] {
  const found = files.flatMap((file) => {
    const at = file.columns.indexOf(column);
    const cells = at < 0 ? [] : file.rows.map(({ cells }) => cells[at]);
    return [...cells, ...file.refused.filter((row) => row.column === column).map(({ seen }) => seen)];
  });
  return [...new Set(found.filter((value) => value !== null && value !== undefined && value !== ""))] as string[];
}
