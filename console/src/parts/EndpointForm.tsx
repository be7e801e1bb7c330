// An endpoint's address, what it is told of, and what it is for.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Input, Modal, Select } from "antd";
import { useState } from "react";
import { api } from "../api";
import { grouped, isAddress } from "../kinds";
import type { NewSecret, Webhook, WebhookType } from "../wire";
import { fill, named, useWords } from "../words";
import { Refused } from "./Refused";

interface Props {
  /** The endpoint to change; null makes a new one. */
  webhook: Webhook | null;
  types: WebhookType[];
  onMade: (made: NewSecret) => void;
  onClose: () => void;
}

export function EndpointForm({ webhook, types, onMade, onClose }: Props) {
  const { w } = useWords();
  const h = w.webhooks;
  const queries = useQueryClient();
  const [url, setUrl] = useState(webhook?.url ?? "");
  const [chosen, setChosen] = useState<string[]>(webhook?.types ?? []);
  const [note, setNote] = useState(webhook?.note ?? "");
  const [isTried, setTried] = useState(false);
  const values = { url: url.trim(), types: chosen, note: note.trim(), enabled: webhook?.enabled ?? true };
  const save = useMutation({
    mutationFn: async () => (webhook ? (await api.changeWebhook(webhook.id, values), null) : api.addWebhook(values)),
    onSuccess: async (made) => {
      await queries.invalidateQueries({ queryKey: ["webhooks"] });
      onClose();
      if (made) onMade(made);
    },
  });
  const isGood = isAddress(values.url);
  const isWrong = isTried && !isGood;
  const isNone = isTried && chosen.length === 0;
  const confirm = () => {
    setTried(true);
    if (isGood && chosen.length > 0) save.mutate();
  };
  /** In the reader's words where there are some, else in the server's, which are English. */
  const aboutOf = ({ name, about }: WebhookType) => {
    const said = w.events[name.replace(/^event\./, "")] ?? w.factKinds[name];
    return <Kind name={name} about={said ?? about} lang={said ? undefined : "en"} />;
  };
  const options = grouped(types).map(({ name, every, kinds }) => ({
    label: named(w.webhookGroups, name),
    options: [
      { value: every, label: <Kind name={every} about={fill(h.everyOf, { group: named(w.webhookGroups, name) })} /> },
      ...kinds.map((kind) => ({ value: kind.name, label: aboutOf(kind) })),
    ],
  }));
  return (
    <Modal
      open
      title={webhook ? h.changeTitle : h.addTitle}
      onCancel={onClose}
      onOk={confirm}
      okText={webhook ? h.save : h.add}
      cancelText={w.common.cancel}
      confirmLoading={save.isPending}
    >
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          confirm();
        }}
      >
        <label>
          {h.url}
          <Input
            autoFocus
            type="url"
            value={url}
            placeholder="https://"
            status={isWrong ? "error" : undefined}
            aria-invalid={isWrong}
            aria-describedby="url-help"
            onChange={(event) => setUrl(event.target.value)}
          />
          <span id="url-help" className={isWrong ? "bad" : undefined}>
            {isWrong ? h.urlWrong : h.urlHelp}
          </span>
        </label>
        <label>
          {h.types}
          <Select
            mode="multiple"
            value={chosen}
            onChange={setChosen}
            options={options}
            optionLabelProp="value"
            optionFilterProp="value"
            status={isNone ? "error" : undefined}
            placeholder={h.typesPlaceholder}
            aria-describedby="types-help"
          />
          <span id="types-help" className={isNone ? "bad" : undefined}>
            {h.typesHelp}
          </span>
        </label>
        <label>
          {h.note}
          <Input maxLength={200} value={note} onChange={(event) => setNote(event.target.value)} placeholder={h.noteHelp} />
        </label>
        {save.error && <Refused error={save.error} />}
      </form>
    </Modal>
  );
}

function Kind({ name, about, lang }: { name: string; about: string; lang?: string }) {
  return (
    <span className="option">
      <code>{name}</code>{" "}
      <small className="soft" lang={lang}>
        {about}
      </small>
    </span>
  );
}
