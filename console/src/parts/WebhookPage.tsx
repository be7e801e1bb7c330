// The frame of all that is about webhooks: endpoints, and messages that could not be delivered.
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { api } from "../api";
import { useWords } from "../words";
import { Page } from "./Page";
import { Sections } from "./Sections";

export const useWebhooks = () => useQuery({ queryKey: ["webhooks"], queryFn: api.webhooks, staleTime: 0, refetchInterval: 5000 });

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
