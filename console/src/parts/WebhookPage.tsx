// The frame of all that is about webhooks: endpoints, and messages that could not be delivered.
import type { ReactNode } from "react";
import { useWords } from "../words";
import { Page } from "./Page";
import { Sections } from "./Sections";

export function WebhookPage({ actions, children }: { actions?: ReactNode; children: ReactNode }) {
  const { w } = useWords();
  const h = w.webhooks;
  const places = [
    { to: "/webhooks", name: h.tabEndpoints },
    { to: "/webhooks/dead-letters", name: h.tabDead },
  ];
  return (
    <Page title={h.title} lead={h.lead} actions={actions}>
      <Sections label={h.sections} places={places} />
      {children}
    </Page>
  );
}
