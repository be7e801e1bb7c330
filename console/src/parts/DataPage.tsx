// The frame of all that is about data: what is missing, importing, imports so far.
import type { ReactNode } from "react";
import { useWords } from "../words";
import { Page } from "./Page";
import { Sections } from "./Sections";

export function DataPage({ actions, children }: { actions?: ReactNode; children: ReactNode }) {
  const { w } = useWords();
  const d = w.data;
  const places = [
    { to: "/data", name: d.tabDoctor },
    { to: "/data/import", name: d.tabImport },
    { to: "/data/imports", name: d.tabImports, end: false },
  ];
  return (
    <Page title={d.title} lead={d.lead} actions={actions}>
      <Sections label={d.sections} places={places} />
      {children}
    </Page>
  );
}
