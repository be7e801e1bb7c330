// A mapping by choosing a column for each field; what is chosen is written as TOML.
import { CloseOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Checkbox, Input, Select } from "antd";
import { useState } from "react";
import { EVENTS, guess, takesAttributes, takesList, wanting, type MappingDraft, type Place, type Reading } from "../mapping";
import type { FilePreview, RowShape } from "../wire";
import { fill, named, useWords } from "../words";
import { Badge } from "./Figure";

/** Fields shown before the reader asks for all, besides those that are mapped. */
const FIELDS_SHOWN = 9;
const FIXED = "\u0000fixed";

interface Props {
  draft: MappingDraft;
  onDraft: (draft: MappingDraft) => void;
  files: FilePreview[];
  shapes: RowShape[];
  /** Values of a column that were met among the first rows: (file, column) → values. */
  seen: (file: string, column: string) => string[];
}

export function MappingForm({ draft, onDraft, files, shapes, seen }: Props) {
  const { w } = useWords();
  const m = w.import;
  const put = (at: number, reading: Reading | null) =>
    onDraft({
      ...draft,
      readings:
        reading === null ? draft.readings.filter((_, place) => place !== at) : draft.readings.map((old, place) => (place === at ? reading : old)),
    });
  const add = () => {
    const file = files[0];
    const shape = shapes.find(({ row }) => !draft.readings.some((reading) => reading.file === file?.name && reading.row === row)) ?? shapes[0];
    if (!file || !shape) return;
    onDraft({
      ...draft,
      readings: [...draft.readings, { file: file.name, row: shape.row, fields: guess(file.columns, shape), attributes: [], header: null }],
    });
  };
  return (
    <div className="stack mapping">
      {draft.readings.map((reading, at) => (
        <OneReading
          key={at}
          number={at + 1}
          reading={reading}
          files={files}
          shapes={shapes}
          seen={seen}
          onReading={(next) => put(at, next)}
          onDrop={draft.readings.length > 1 ? () => put(at, null) : undefined}
        />
      ))}
      <div className="ask-bar">
        <label className="field">
          {m.currency}
          <Input
            style={{ width: 160 }}
            maxLength={3}
            placeholder={m.currencyHelp}
            value={draft.currency}
            onChange={(event) => onDraft({ ...draft, currency: event.target.value.replace(/[^A-Za-z]/g, "").toUpperCase() })}
          />
        </label>
        <Button icon={<PlusOutlined />} onClick={add}>
          {m.addReading}
        </Button>
      </div>
    </div>
  );
}

interface ReadingProps {
  number: number;
  reading: Reading;
  files: FilePreview[];
  shapes: RowShape[];
  seen: Props["seen"];
  onReading: (reading: Reading) => void;
  onDrop?: () => void;
}

function OneReading({ number, reading, files, shapes, seen, onReading, onDrop }: ReadingProps) {
  const { w } = useWords();
  const m = w.import;
  const [isWhole, setWhole] = useState(false);
  const file = files.find(({ name }) => name === reading.file);
  const shape = shapes.find(({ row }) => row === reading.row);
  const columns = reading.header ?? file?.columns ?? [];
  const change = (part: Partial<Reading>) => onReading({ ...reading, ...part });
  const rowIs = (row: string) => {
    const next = shapes.find((each) => each.row === row);
    change({ row, fields: next ? guess(columns, next) : {}, attributes: [] });
  };
  const isBlankHeader = (isBlank: boolean) => {
    const header = isBlank ? (file?.columns.map((_, at) => `c${at + 1}`) ?? []) : null;
    change({ header, fields: shape && !header ? guess(file?.columns ?? [], shape) : {}, attributes: [] });
  };
  /** The first line of such a file was taken for names; it is a sample like the others. */
  const sampleOf = (column: string) => {
    const at = columns.indexOf(column);
    const first = reading.header ? [file?.columns[at]] : [];
    return [...first, ...(file?.rows.map(({ cells }) => cells[at]) ?? [])].filter(Boolean).slice(0, 3).join(", ");
  };
  const put = (field: string, place: Place) => change({ fields: { ...reading.fields, [field]: place } });
  const missing = wanting(reading, shapes);
  const fields = shape ? ordered(shape) : [];
  const shown = isWhole ? fields : fields.filter((field, at) => at < FIELDS_SHOWN || reading.fields[field]);
  const isTable = file ? !["json_lines", "json_map", "parquet"].includes(file.format) : false;
  return (
    <fieldset className="plain reading">
      <legend>{fill(m.reading, { number })}</legend>
      <div className="ask-bar">
        <label className="field">
          {m.file}
          <Select
            style={{ width: 220 }}
            value={reading.file}
            onChange={(name) => change({ file: name, attributes: [], header: null })}
            options={files.map(({ name }) => ({ value: name, label: name }))}
          />
        </label>
        <label className="field">
          {m.rowsAre}
          <Select
            style={{ width: 150 }}
            value={reading.row}
            onChange={rowIs}
            options={shapes.map(({ row }) => ({ value: row, label: named(w.rowShapes, row) }))}
          />
        </label>
        {isTable && (
          <Checkbox checked={reading.header !== null} onChange={(event) => isBlankHeader(event.target.checked)}>
            {m.noHeader}
          </Checkbox>
        )}
        {onDrop && <Button type="text" icon={<CloseOutlined />} aria-label={m.dropReading} title={m.dropReading} onClick={onDrop} />}
      </div>
      <div className="field-grid">
        {shape && shown.map((field) => (
          <OneField
            key={field}
            field={field}
            place={reading.fields[field] ?? {}}
            columns={columns}
            sampleOf={sampleOf}
            seen={(column) => seen(reading.file, column)}
            need={shape.wanted.includes(field) ? m.wanted : missing.some((group) => group.length > 1 && group.includes(field)) ? m.oneOf : ""}
            onPlace={(place) => put(field, place)}
          />
        ))}
      </div>
      {shown.length < fields.length && (
        <Button size="small" type="text" style={{ justifySelf: "start" }} onClick={() => setWhole(true)}>
          {fill(m.moreFields, { count: fields.length - shown.length })}
        </Button>
      )}
      {takesAttributes(reading.row) && (
        <label className="field">
          {m.attributes}
          <Select
            mode="multiple"
            value={reading.attributes}
            onChange={(attributes) => change({ attributes })}
            options={columns.map((column) => ({ value: column, label: column }))}
          />
        </label>
      )}
      {missing.length > 0 && (
        <p className="notice" data-tone="warn">
          {fill(m.missing, { fields: missing.map((group) => group.map((field) => named(w.fields, field)).join(` ${m.or} `)).join(", ") })}
        </p>
      )}
    </fieldset>
  );
}

/** What is needed first. */
const ordered = ({ wanted, one_of, fields }: RowShape) => [...new Set([...wanted, ...one_of, ...fields])];

interface FieldProps {
  field: string;
  place: Place;
  columns: readonly string[];
  sampleOf: (column: string) => string;
  seen: (column: string) => string[];
  need: string;
  onPlace: (place: Place) => void;
}

function OneField({ field, place, columns, sampleOf, seen, need, onPlace }: FieldProps) {
  const { w } = useWords();
  const m = w.import;
  const isFixed = place.value !== undefined;
  const name = named(w.fields, field);
  const choose = (value: string) => onPlace(value === FIXED ? { value: "" } : value === "" ? {} : { column: value });
  const events = EVENTS.map((value) => ({ value, label: `${named(w.events, value)} · ${value}` }));
  return (
    <div className="mapped" data-set={Boolean(place.column || place.value)}>
      <label className="field">
        <span className="between-row">
          <span>
            <b>{name}</b> <code>{field}</code>
          </span>
          {need && <Badge tone={place.column || place.value ? undefined : "warn"}>{need}</Badge>}
        </span>
        <Select
          showSearch
          aria-label={`${name} (${field})`}
          value={isFixed ? FIXED : (place.column ?? "")}
          onChange={choose}
          popupMatchSelectWidth={false}
          optionFilterProp="value"
          options={[
            { value: "", label: <span className="soft">{m.noColumn}</span> },
            ...columns.map((column) => ({
              value: column,
              label: (
                <span className="option">
                  {column} <small className="soft">{sampleOf(column)}</small>
                </span>
              ),
            })),
            { value: FIXED, label: <i>{m.fixed}</i> },
          ]}
        />
      </label>
      {isFixed &&
        (field === "event" ? (
          <Select aria-label={`${name}: ${m.fixed}`} value={place.value || undefined} onChange={(value) => onPlace({ value })} options={events} />
        ) : (
          <Input aria-label={`${name}: ${m.fixed}`} value={place.value} onChange={(event) => onPlace({ value: event.target.value })} />
        ))}
      {takesList(field) && place.column && (
        <label className="field">
          {m.splitBy}
          <Input maxLength={4} value={place.split ?? ""} onChange={(event) => onPlace({ ...place, split: event.target.value })} />
        </label>
      )}
      {field === "event" && place.column && (
        <Values column={place.column} map={place.map ?? []} seen={seen(place.column)} events={events} onMap={(map) => onPlace({ ...place, map })} />
      )}
    </div>
  );
}

const isOurs = (value: string) => (EVENTS as readonly string[]).includes(value);

interface ValuesProps {
  column: string;
  map: [string, string][];
  seen: string[];
  events: { value: string; label: string }[];
  onMap: (map: [string, string][]) => void;
}

/** Which of our events each value of the column stands for. */
function Values({ column, map, seen, events, onMap }: ValuesProps) {
  const { w } = useWords();
  const m = w.import;
  const [theirs, setTheirs] = useState("");
  const known = new Map(map);
  const all = [...new Set([...seen, ...known.keys()])];
  /** Our own names stand for themselves until something else is said. */
  const meant = (value: string) => known.get(value) ?? (isOurs(value) ? value : "");
  const put = (value: string, ours: string) => onMap(all.map((each) => [each, each === value ? ours : meant(each)]));
  const add = () => {
    const value = theirs.trim();
    if (value && !all.includes(value)) onMap([...all.map((each): [string, string] => [each, meant(each)]), [value, meant(value)]]);
    setTheirs("");
  };
  return (
    <div className="values">
      <b>{fill(m.values, { column })}</b>
      <p className="soft">{m.valuesHelp}</p>
      {all.map((value) => (
        <label key={value}>
          <code>{value}</code>
          <Select
            size="small"
            showSearch
            optionFilterProp="value"
            aria-label={`${value}: ${m.ours}`}
            value={meant(value)}
            onChange={(ours) => put(value, ours)}
            options={[{ value: "", label: m.unused }, ...events]}
            popupMatchSelectWidth={false}
          />
        </label>
      ))}
      <span className="row">
        <Input
          size="small"
          aria-label={m.addValue}
          placeholder={m.addValue}
          value={theirs}
          onChange={(event) => setTheirs(event.target.value)}
          onPressEnter={add}
        />
        <Button size="small" icon={<PlusOutlined />} aria-label={m.addValue} onClick={add} disabled={!theirs.trim()} />
      </span>
    </div>
  );
}
