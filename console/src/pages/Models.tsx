// Which versions there are, how good each is, which serves; promote, roll back, train.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useAddress } from "../address";
import { api } from "../api";
import { moment } from "../format";
import { Empty } from "../parts/Empty";
import { Badge } from "../parts/Figure";
import { JobList, useAfterJobs, useJobs } from "../parts/JobList";
import { Loaded } from "../parts/Loaded";
import { ModelCard } from "../parts/ModelCard";
import { Page, Panel } from "../parts/Page";
import { Promoting, type Move } from "../parts/Promoting";
import { Refused } from "../parts/Refused";
import { RoleButton } from "../parts/RoleButton";
import type { ModelVersion } from "../wire";
import { fill, named, useWords } from "../words";

const AFTER = ["models", "overview"];
const idOf = (version: ModelVersion) => `${version.name}/${version.version}`;
const toneOf = (version: ModelVersion) =>
  version.damage ? "bad" : version.state === "serving" ? "good" : version.state === "candidate" ? "accent" : undefined;

export default function Models() {
  const { w } = useWords();
  const m = w.models;
  const queries = useQueryClient();
  const query = useQuery({ queryKey: ["models"], queryFn: api.models, staleTime: 0, refetchInterval: 5000 });
  const { isRunning } = useJobs("train");
  useAfterJobs(isRunning, AFTER);
  const train = useMutation({ mutationFn: api.train, onSuccess: () => queries.invalidateQueries({ queryKey: ["jobs"] }) });
  const button = (
    <RoleButton need="engineer" type="primary" hint={m.trainHelp} loading={train.isPending || isRunning} onClick={() => train.mutate()}>
      {isRunning ? m.training : m.train}
    </RoleButton>
  );
  return (
    <Page title={m.title} lead={m.lead} actions={button}>
      {train.error && <Refused error={train.error} />}
      {isRunning && (
        <Panel title={m.jobs}>
          <JobList />
        </Panel>
      )}
      <Loaded query={query} rows={10}>
        {(versions) =>
          versions.length === 0 ? (
            <Panel>
              <Empty title={m.empty} help={m.emptyHelp} />
            </Panel>
          ) : (
            <Shelf versions={versions} />
          )
        }
      </Loaded>
      {!isRunning && (
        <Panel title={m.jobs}>
          <JobList />
        </Panel>
      )}
    </Page>
  );
}

function Shelf({ versions }: { versions: ModelVersion[] }) {
  const { w } = useWords();
  const m = w.models;
  const { text, change } = useAddress();
  const [move, setMove] = useState<Move | null>(null);
  const chosen =
    versions.find((version) => idOf(version) === text("version")) ?? versions.find((version) => version.state === "serving") ?? versions[0];
  if (!chosen) return null;
  const older = versions.filter((version) => version.name === chosen.name && version.version < chosen.version);
  const before = older.find((version) => String(version.version) === text("against")) ?? older[0];
  const canRollBack = versions.some((version) => version.name === chosen.name && version.state === "retired");
  const actions = (
    <>
      {chosen.state === "serving" && (
        <RoleButton
          need="engineer"
          disabled={!canRollBack}
          hint={m.rollBackHelp}
          onClick={() => setMove({ kind: "roll_back", name: chosen.name })}
        >
          {m.rollBack}
        </RoleButton>
      )}
      {chosen.state !== "serving" && (
        <RoleButton
          need="engineer"
          type="primary"
          disabled={Boolean(chosen.damage)}
          hint={m.promoteHelp}
          onClick={() => setMove({ kind: "promote", name: chosen.name, version: chosen.version })}
        >
          {m.promote}
        </RoleButton>
      )}
    </>
  );
  return (
    <div className="narrow-wide">
      <Panel title={m.versions} flush>
        <ul className="versions">
          {versions.map((version) => (
            <li key={idOf(version)}>
              <button
                type="button"
                aria-pressed={version === chosen}
                onClick={() => change({ version: idOf(version), against: null }, { push: true })}
              >
                <span className="head">
                  <b>
                    {version.name} {fill(w.common.version, { version: version.version })}
                  </b>
                  <Badge tone={toneOf(version)}>{version.damage ? m.damage : named(w.modelStates, version.state)}</Badge>
                </span>
                <span className="soft">{version.card ? moment(version.card.made_at) : version.damage}</span>
              </button>
            </li>
          ))}
        </ul>
      </Panel>
      <ModelCard version={chosen} before={before} older={older} actions={actions} onAgainst={(against) => change({ against })} />
      <Promoting move={move} onClose={() => setMove(null)} />
    </div>
  );
}
