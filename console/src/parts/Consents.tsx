// What a customer allows, on whose word, and changing it.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Switch, Tooltip } from "antd";
import { api } from "../api";
import { moment } from "../format";
import { useMay } from "../session";
import type { ConsentState, Profile } from "../wire";
import { fill, named, useWords } from "../words";
import { Panel } from "./Page";
import { Refused } from "./Refused";

export function Consents({ profile }: { profile: Profile }) {
  const { w } = useWords();
  const c = w.customers;
  const isAllowed = useMay("marketer");
  const queries = useQueryClient();
  const change = useMutation({
    mutationFn: ({ purpose, granted }: { purpose: string; granted: boolean }) => api.consent(profile.customer_id, purpose, granted),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["customer", profile.customer_id] }),
  });
  const by = (state: ConsentState) => (state.by === "customer" ? c.byCustomer : state.by === "device" ? c.byDevice : c.byDefault);
  return (
    <Panel title={c.consents} hint={c.consentHelp}>
      <ul className="consents">
        {profile.consents.map((state) => (
          <li key={state.purpose}>
            <span>
              {named(w.purposes, state.purpose)}
              <br />
              <small>
                {state.allowed ? c.allowed : c.refused} · {by(state)}
                {state.at && ` · ${moment(state.at)}`}
              </small>
            </span>
            <Tooltip title={isAllowed ? undefined : fill(w.roles.needs, { role: w.roles.marketer })}>
              <Switch
                checked={state.allowed}
                disabled={!isAllowed}
                loading={change.isPending && change.variables.purpose === state.purpose}
                aria-label={named(w.purposes, state.purpose)}
                onChange={(granted) => change.mutate({ purpose: state.purpose, granted })}
              />
            </Tooltip>
          </li>
        ))}
      </ul>
      {change.error && <Refused error={change.error} />}
      {change.isSuccess && (
        <p role="status" className="soft" style={{ marginTop: 8 }}>
          {c.changed}
        </p>
      )}
    </Panel>
  );
}
