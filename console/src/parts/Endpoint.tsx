// One endpoint: how it does, and what can be done with it.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Button, Popconfirm, Tooltip } from "antd";
import { Link } from "react-router";
import { api } from "../api";
import { ago, count, milliseconds, moment } from "../format";
import type { Delivery, NewSecret, Webhook } from "../wire";
import { fill, useWords } from "../words";
import { Badge, Facts, Figure } from "./Figure";
import { Panel } from "./Page";
import { Refused } from "./Refused";

interface Props {
  webhook: Webhook;
  onChange: () => void;
  onSecret: (made: NewSecret) => void;
}

export function Endpoint({ webhook, onChange, onSecret }: Props) {
  const { w } = useWords();
  const h = w.webhooks;
  const queries = useQueryClient();
  const refresh = () => queries.invalidateQueries({ queryKey: ["webhooks"] });
  const test = useMutation({ mutationFn: () => api.testWebhook(webhook.id), onSettled: refresh });
  const pause = useMutation({
    mutationFn: () => {
      const { url, types, note, enabled } = webhook;
      return api.changeWebhook(webhook.id, { url, types, note, enabled: !enabled });
    },
    onSuccess: refresh,
  });
  const secret = useMutation({ mutationFn: () => api.newSecret(webhook.id), onSuccess: onSecret });
  const drop = useMutation({ mutationFn: () => api.dropWebhook(webhook.id), onSuccess: refresh });
  const error = test.error ?? pause.error ?? secret.error ?? drop.error;
  const ask = { cancelText: w.common.cancel, overlayStyle: { maxWidth: 360 } };
  const actions = (
    <>
      <Button size="small" loading={test.isPending} onClick={() => test.mutate()}>
        {test.isPending ? h.testing : h.test}
      </Button>
      <Button size="small" onClick={onChange}>
        {h.change}
      </Button>
      <Tooltip title={webhook.enabled ? h.pauseHelp : undefined}>
        <Button size="small" loading={pause.isPending} onClick={() => pause.mutate()}>
          {webhook.enabled ? h.pause : h.resume}
        </Button>
      </Tooltip>
      <Popconfirm {...ask} title={h.secretAsk} description={h.secretHelp} okText={h.makeSecret} onConfirm={() => secret.mutate()}>
        <Button size="small" loading={secret.isPending}>
          {h.secret}
        </Button>
      </Popconfirm>
      <Popconfirm
        {...ask}
        title={h.dropAsk}
        description={fill(h.dropHelp, { url: webhook.url })}
        okText={h.drop}
        okButtonProps={{ danger: true }}
        onConfirm={() => drop.mutate()}
      >
        <Button size="small" danger loading={drop.isPending}>
          {h.drop}
        </Button>
      </Popconfirm>
    </>
  );
  return (
    <Panel
      title={
        <>
          <span className="url">{webhook.url}</span> <State webhook={webhook} />
        </>
      }
      hint={webhook.note}
      actions={actions}
    >
      <div className="stack" style={{ gap: 12 }}>
        {error && <Refused error={error} />}
        {test.data && <Tested delivery={test.data} />}
        <Counts webhook={webhook} />
        <About webhook={webhook} />
      </div>
    </Panel>
  );
}

function State({ webhook: { enabled, stopped } }: { webhook: Webhook }) {
  const { w } = useWords();
  const h = w.webhooks;
  if (stopped) return <Badge tone="bad">{fill(h.stopped, { why: stopped })}</Badge>;
  return enabled ? <Badge tone="good">{h.on}</Badge> : <Badge tone="warn">{h.paused}</Badge>;
}

/** What came of a message that was just sent. */
export function Tested({ delivery: { status, took_ms, why } }: { delivery: Delivery }) {
  const { w, language } = useWords();
  const h = w.webhooks;
  const took = milliseconds(took_ms, language);
  if (!why)
    return (
      <p role="status" className="notice">
        {fill(h.tested, { status: status ?? "–", took })}
      </p>
    );
  return (
    <p role="status" className="notice" data-tone="bad">
      {fill(h.testFailed, { why })} {typeof status === "number" && <small>({fill(h.testStatus, { status, took })})</small>}
    </p>
  );
}

function Counts({ webhook }: { webhook: Webhook }) {
  const { w, language } = useWords();
  const h = w.webhooks;
  const number = (value: number) => count(value, language);
  const dead =
    webhook.dead > 0 ? <Link to={`/webhooks/dead-letters?webhook=${encodeURIComponent(webhook.id)}`}>{number(webhook.dead)}</Link> : "0";
  return (
    <dl className="figures">
      <Figure name={h.sent} value={number(webhook.sent)} range={h.sentRange} />
      <Figure name={h.behind} value={number(webhook.behind)} range={h.behindRange} />
      <Figure name={h.waiting} value={number(webhook.waiting)} range={h.waitingRange} />
      <Figure name={h.dead} value={dead} range={h.deadRange} />
    </dl>
  );
}

function About({ webhook }: { webhook: Webhook }) {
  const { w, language } = useWords();
  const h = w.webhooks;
  const when = (at: string) => (
    <>
      {moment(at)} <span className="soft">· {ago(at, Date.now(), language, w)}</span>
    </>
  );
  const failure = webhook.last_failure && (
    <>
      {when(webhook.last_failure.at)}
      <br />
      <span className="bad" lang="en">
        {webhook.last_failure.why}
      </span>
    </>
  );
  const kinds = (
    <span className="badges">
      {webhook.types.map((type) => (
        <Badge key={type}>{type}</Badge>
      ))}
    </span>
  );
  return (
    <Facts
      pairs={[
        [h.types, kinds],
        [h.lastSent, webhook.last_sent_at ? when(webhook.last_sent_at) : h.never],
        [h.lastFailure, failure ?? h.never],
        [h.made, moment(webhook.made_at)],
      ]}
    />
  );
}
