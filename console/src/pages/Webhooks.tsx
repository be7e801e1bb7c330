// Who is told what happens here: endpoints, their state, and changing them.
import { useState } from "react";
import { useAddress } from "../address";
import { Empty } from "../parts/Empty";
import { Endpoint } from "../parts/Endpoint";
import { EndpointForm } from "../parts/EndpointForm";
import { Loaded } from "../parts/Loaded";
import { Owners } from "../parts/Owners";
import { Panel } from "../parts/Page";
import { RoleButton } from "../parts/RoleButton";
import { Secret } from "../parts/Secret";
import { useWebhooks, WebhookPage } from "../parts/WebhookPage";
import type { NewSecret, Webhooks as Told } from "../wire";
import { useWords } from "../words";

const NEW = "new";

export default function Webhooks() {
  const { w } = useWords();
  const { change } = useAddress();
  const add = (
    <RoleButton need="owner" type="primary" onClick={() => change({ edit: NEW }, { push: true })}>
      {w.webhooks.add}
    </RoleButton>
  );
  return (
    <WebhookPage actions={add}>
      <Owners>
        <Body />
      </Owners>
    </WebhookPage>
  );
}

function Body() {
  const query = useWebhooks();
  return (
    <Loaded query={query} rows={10}>
      {(told) => <List told={told} />}
    </Loaded>
  );
}

function List({ told: { webhooks, types } }: { told: Told }) {
  const { w } = useWords();
  const h = w.webhooks;
  const { text, change } = useAddress();
  const [made, setMade] = useState<NewSecret | null>(null);
  const edited = webhooks.find(({ id }) => id === text("edit")) ?? null;
  return (
    <div className="stack">
      {webhooks.length === 0 && (
        <Panel>
          <Empty title={h.empty} help={h.emptyHelp} />
        </Panel>
      )}
      {webhooks.map((webhook) => (
        <Endpoint
          key={webhook.id}
          webhook={webhook}
          onChange={() => change({ edit: webhook.id }, { push: true })}
          onSecret={setMade}
        />
      ))}
      {(edited || text("edit") === NEW) && (
        <EndpointForm key={text("edit")} webhook={edited} types={types} onMade={setMade} onClose={() => change({ edit: null })} />
      )}
      <Secret made={made} onClose={() => setMade(null)} />
    </div>
  );
}
