// Messages that could not be delivered: what they said, why they failed, and sending them again.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Popconfirm, Select } from "antd";
import { useState } from "react";
import { useAddress } from "../address";
import { api } from "../api";
import { moment } from "../format";
import { Tested } from "../parts/Endpoint";
import { Badge } from "../parts/Figure";
import { Owners } from "../parts/Owners";
import { Paged } from "../parts/Paged";
import { Panel } from "../parts/Page";
import { Refused } from "../parts/Refused";
import { useWebhooks, WebhookPage } from "../parts/WebhookPage";
import type { DeadLetter, Delivery } from "../wire";
import { fill, useWords } from "../words";

const SIZE = 20;

export default function DeadLetters() {
  return (
    <WebhookPage>
      <Owners>
        <Body />
      </Owners>
    </WebhookPage>
  );
}

function Body() {
  const { w } = useWords();
  const h = w.webhooks;
  const { text, number, change } = useAddress();
  const endpoints = useWebhooks().data?.webhooks ?? [];
  const [sent, setSent] = useState<Delivery | null>(null);
  const asked = { webhook: text("webhook"), offset: number("offset", 0), count: SIZE };
  const query = useQuery({
    queryKey: ["dead-letters", asked],
    queryFn: () => api.deadLetters(asked),
    select: ({ total, messages }) => ({ total, rows: messages }),
    staleTime: 0,
  });
  return (
    <>
      <div className="filters" role="search">
        <Select
          style={{ width: "min(420px, 100%)" }}
          aria-label={h.endpoint}
          value={asked.webhook}
          onChange={(webhook) => change({ webhook, offset: null })}
          options={[{ value: "", label: h.allEndpoints }, ...endpoints.map(({ id, url }) => ({ value: id, label: url }))]}
        />
      </div>
      {sent && <Tested delivery={sent} />}
      <Panel flush>
        <Paged
          query={query}
          size={SIZE}
          empty={h.deadEmpty}
          emptyHelp={h.deadEmptyHelp}
          list={(messages) => (
            <ul className="letters">
              {messages.map((message) => (
                <Letter key={`${message.webhook} ${message.id}`} message={message} onSent={setSent} />
              ))}
            </ul>
          )}
        />
      </Panel>
    </>
  );
}

function Letter({ message, onSent }: { message: DeadLetter; onSent: (delivery: Delivery | null) => void }) {
  const { w } = useWords();
  const h = w.webhooks;
  const queries = useQueryClient();
  const refresh = () => Promise.all(["dead-letters", "webhooks"].map((key) => queries.invalidateQueries({ queryKey: [key] })));
  const resend = useMutation({
    mutationFn: () => api.resend(message.webhook, message.id),
    onMutate: () => onSent(null),
    onSuccess: (delivery) => {
      if (delivery.why) return;
      onSent(delivery);
      return refresh();
    },
  });
  const drop = useMutation({ mutationFn: () => api.dropDeadLetter(message.webhook, message.id), onSuccess: refresh });
  const error = resend.error ?? drop.error;
  return (
    <li>
      <div className="between-row">
        <span className="badges">
          <b>{message.type}</b> {typeof message.status === "number" && <Badge tone="bad">{fill(h.status, { status: message.status })}</Badge>}
        </span>
        <span className="actions">
          <Button size="small" loading={resend.isPending} onClick={() => resend.mutate()}>
            {h.resend}
          </Button>
          <Popconfirm
            title={h.discardAsk}
            description={h.discardHelp}
            okText={h.discard}
            okButtonProps={{ danger: true }}
            cancelText={w.common.cancel}
            onConfirm={() => drop.mutate()}
          >
            <Button size="small" danger loading={drop.isPending}>
              {h.discard}
            </Button>
          </Popconfirm>
        </span>
      </div>
      <p className="bad" lang="en">
        {message.why}
      </p>
      <p className="soft pairs">
        <span className="url">{message.url}</span>
        <span>
          {h.happened} {moment(message.at)}
        </span>
        <span>
          {h.gaveUp} {moment(message.failed_at)}
        </span>
        <span>
          {h.attempts} {message.attempts}
        </span>
        <code>{message.id}</code>
      </p>
      {error && <Refused error={error} />}
      {resend.data?.why && <Tested delivery={resend.data} />}
      <details>
        <summary>{h.payload}</summary>
        <pre>{JSON.stringify(message.payload, null, 2)}</pre>
      </details>
    </li>
  );
}
