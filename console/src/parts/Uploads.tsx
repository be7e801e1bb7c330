// Files: choosing and dropping, how far each is on its way, and which of those on the server are wanted.
import { CloseOutlined, DeleteOutlined, RedoOutlined } from "@ant-design/icons";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Checkbox, Popconfirm, Progress, Tooltip } from "antd";
import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import { api, Problem } from "../api";
import { bytes, moment } from "../format";
import { nameFault, uploads, type Sending } from "../uploads";
import type { Upload } from "../wire";
import { fill, useWords } from "../words";
import { Empty } from "./Empty";
import { Badge } from "./Figure";
import { Loaded } from "./Loaded";
import { Panel } from "./Page";
import { Refused } from "./Refused";
import { Rows, type Column } from "./Rows";

export const useUploads = () => useQuery({ queryKey: ["uploads"], queryFn: api.uploads, placeholderData: undefined, staleTime: 0 });

interface Props {
  chosen: readonly string[];
  onChoose: (names: string[]) => void;
}

export function Uploads({ chosen, onChoose }: Props) {
  const { w } = useWords();
  const u = w.uploads;
  const query = useUploads();
  const queries = useQueryClient();
  const wanted = useRef(chosen);
  useEffect(() => void (wanted.current = chosen), [chosen]);
  useEffect(
    () =>
      uploads.whenIn((name) => {
        void queries.invalidateQueries({ queryKey: ["uploads"] });
        void queries.invalidateQueries({ queryKey: ["preview"] });
        if (!wanted.current.includes(name)) {
          const next = [...wanted.current, name];
          wanted.current = next;
          onChoose(next);
        }
      }),
    [queries, onChoose],
  );
  return (
    <Panel title={u.title} hint={u.hint}>
      <div className="stack" style={{ gap: 12 }}>
        <DropZone />
        <OnTheWay />
        <Loaded query={query} rows={3}>
          {({ uploads: lying }) =>
            lying.length === 0 ? (
              <Empty title={u.none} help={u.noneHelp} />
            ) : (
              <Lying files={lying} chosen={chosen} onChoose={onChoose} />
            )
          }
        </Loaded>
      </div>
    </Panel>
  );
}

function DropZone() {
  const { w } = useWords();
  const u = w.uploads;
  const input = useRef<HTMLInputElement>(null);
  const [isOver, setOver] = useState(false);
  const [faults, setFaults] = useState<string[]>([]);
  const take = (list: FileList | null) => {
    const files = [...(list ?? [])];
    setFaults(
      files.flatMap(({ name }) => {
        const fault = nameFault(name);
        return fault ? [`${name} (${u[fault]})`] : [];
      }),
    );
    uploads.add(files.filter(({ name }) => !nameFault(name)));
  };
  return (
    <>
      <div
        className="drop-zone"
        data-over={isOver}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          take(event.dataTransfer.files);
        }}
      >
        <Button onClick={() => input.current?.click()}>{u.choose}</Button>
        <span>{u.drop}</span>
        <span className="soft">{u.replaces}</span>
        <input
          ref={input}
          type="file"
          multiple
          hidden
          onChange={(event) => {
            take(event.target.files);
            event.target.value = "";
          }}
        />
      </div>
      {faults.length > 0 && (
        <p role="alert" className="notice" data-tone="bad">
          {fill(u.refused, { names: faults.join(", ") })}
        </p>
      )}
    </>
  );
}

function useSendings(): readonly Sending[] {
  const all = useSyncExternalStore(uploads.watch, uploads.all);
  const isBusy = uploads.isBusy();
  useEffect(() => {
    if (!isBusy) return;
    const stay = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener("beforeunload", stay);
    return () => removeEventListener("beforeunload", stay);
  }, [isBusy]);
  return all;
}

const TONES = { waiting: undefined, sending: "accent", done: "good", failed: "bad", stopped: "warn" } as const;

function OnTheWay() {
  const all = useSendings();
  if (all.length === 0) return null;
  return (
    <ul className="sendings">
      {all.map((sending) => (
        <OneSending key={sending.key} sending={sending} />
      ))}
    </ul>
  );
}

function OneSending({ sending }: { sending: Sending }) {
  const { w, language } = useWords();
  const u = w.uploads;
  const { key, name, state, sent, error } = sending;
  const isOpen = state === "waiting" || state === "sending";
  const act = (label: string, icon: React.ReactNode, onClick: () => void) => (
    <Tooltip title={label}>
      <Button size="small" type="text" icon={icon} aria-label={`${label}: ${name}`} onClick={onClick} />
    </Tooltip>
  );
  const saying = state === "sending" ? fill(u.sending, { sent: bytes(sent, language), all: bytes(sending.bytes, language) }) : u[state];
  const isBroken = error instanceof Problem && error.body.status === 0;
  return (
    <li>
      <div className="between-row">
        <span className="badges">
          <b>{name}</b> <Badge tone={TONES[state]}>{saying}</Badge>
        </span>
        <span className="nowrap">
          {isOpen && act(u.stop, <CloseOutlined />, () => uploads.stop(key))}
          {(state === "failed" || state === "stopped") && act(u.again, <RedoOutlined />, () => uploads.again(key))}
          {!isOpen && act(u.forget, <CloseOutlined />, () => uploads.forget(key))}
        </span>
      </div>
      {state === "sending" && (
        <Progress
          size="small"
          percent={Math.floor((sent / Math.max(1, sending.bytes)) * 100)}
          strokeColor="var(--accent)"
          aria-label={name}
        />
      )}
      {error && (isBroken ? <p className="bad">{u.broke}</p> : <Refused error={error} />)}
    </li>
  );
}

function Lying({ files, chosen, onChoose }: Props & { files: Upload[] }) {
  const { w, language } = useWords();
  const u = w.uploads;
  const queries = useQueryClient();
  const drop = useMutation({
    mutationFn: api.dropUpload,
    onSuccess: (_, name) => {
      onChoose(chosen.filter((each) => each !== name));
      return queries.invalidateQueries({ queryKey: ["uploads"] });
    },
  });
  const names = files.map(({ name }) => name);
  const toggle = (name: string, isWanted: boolean) => onChoose(names.filter((each) => (each === name ? isWanted : chosen.includes(each))));
  const isAll = names.every((name) => chosen.includes(name));
  const columns: Column<Upload>[] = [
    {
      key: "name",
      title: u.name,
      lead: true,
      cell: ({ name }) => (
        <Checkbox
          checked={chosen.includes(name)}
          aria-label={fill(u.pick, { name })}
          onChange={(event) => toggle(name, event.target.checked)}
        >
          <b>{name}</b>
        </Checkbox>
      ),
    },
    { key: "size", title: u.size, align: "right", cell: (file) => bytes(file.bytes, language) },
    { key: "at", title: u.at, cell: (file) => moment(file.at) },
    {
      key: "drop",
      title: w.common.actions,
      align: "right",
      width: 60,
      cell: ({ name }) => (
        <Popconfirm
          title={fill(u.dropAsk, { name })}
          description={u.dropHelp}
          okText={u.dropIt}
          okButtonProps={{ danger: true }}
          cancelText={w.common.cancel}
          onConfirm={() => drop.mutateAsync(name).catch(() => undefined)}
        >
          <Button size="small" type="text" icon={<DeleteOutlined />} aria-label={fill(u.drop1, { name })} />
        </Popconfirm>
      ),
    },
  ];
  return (
    <section>
      <div className="between-row">
        <h3>{u.lying}</h3>
        {names.length > 1 && (
          <Checkbox
            checked={isAll}
            indeterminate={!isAll && names.some((name) => chosen.includes(name))}
            onChange={() => onChoose(isAll ? [] : names)}
          >
            {u.pickAll}
          </Checkbox>
        )}
      </div>
      {drop.error && <Refused error={drop.error} />}
      <Rows label={u.lying} columns={columns} rows={files} rowKey={({ name }) => name} />
    </section>
  );
}
