// Asks why before another version serves, and says what the gates said.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Checkbox, Input, Modal } from "antd";
import { useState } from "react";
import { api } from "../api";
import { fill, useWords } from "../words";
import { Verdict } from "./ModelCard";
import { Refused } from "./Refused";

export type Move = { kind: "promote"; name: string; version: number } | { kind: "roll_back"; name: string };

export function Promoting({ move, onClose }: { move: Move | null; onClose: () => void }) {
  const { w } = useWords();
  const m = w.models;
  const queries = useQueryClient();
  const [note, setNote] = useState("");
  const [isForced, setForced] = useState(false);
  const done = useMutation({
    mutationFn: (made: Move) =>
      made.kind === "promote" ? api.promote(made.name, made.version, note, isForced) : api.rollBack(made.name, note),
    onSuccess: () => Promise.all(["models", "audits", "overview"].map((key) => queries.invalidateQueries({ queryKey: [key] }))),
  });
  const close = () => {
    setNote("");
    setForced(false);
    done.reset();
    onClose();
  };
  const title = move?.kind === "promote" ? fill(m.promoteTitle, { version: move.version }) : m.rollBackTitle;
  const confirm = () => (done.isSuccess ? close() : move && done.mutate(move));
  return (
    <Modal
      open={move !== null}
      title={title}
      onCancel={close}
      onOk={confirm}
      okText={done.isSuccess ? w.common.done : move?.kind === "promote" ? m.promote : m.rollBack}
      cancelText={w.common.cancel}
      confirmLoading={done.isPending}
      okButtonProps={{ disabled: isForced && !note }}
    >
      <div className="stack" style={{ gap: 10 }}>
        {done.data ? (
          <div role="status" className="stack" style={{ gap: 8 }}>
            <p className="notice">{fill(m.serves, { name: done.data.serving.name, version: done.data.serving.version })}</p>
            <ul className="verdicts">
              {done.data.verdicts.map((verdict) => (
                <Verdict key={verdict.metric} passed={verdict.passed} text={verdict.text} />
              ))}
            </ul>
          </div>
        ) : (
          <>
            <p>{move?.kind === "promote" ? m.promoteHelp : m.rollBackHelp}</p>
            <label className="field">
              {m.note}
              <Input.TextArea rows={2} maxLength={500} value={note} onChange={(event) => setNote(event.target.value)} />
            </label>
            {done.error && <Refused error={done.error} />}
            {done.error && move?.kind === "promote" && (
              <Checkbox checked={isForced} onChange={(event) => setForced(event.target.checked)}>
                {m.force} <span className="soft">· {m.forceHelp}</span>
              </Checkbox>
            )}
          </>
        )}
      </div>
    </Modal>
  );
}
