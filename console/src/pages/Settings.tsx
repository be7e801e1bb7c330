// What is in force: options, keys, limits, and who did what.
import { useQuery } from "@tanstack/react-query";
import { Checkbox, Tabs } from "antd";
import { useAddress } from "../address";
import { api } from "../api";
import { count } from "../format";
import { Audits } from "../parts/Audits";
import { Empty } from "../parts/Empty";
import { Badge } from "../parts/Figure";
import { Loaded } from "../parts/Loaded";
import { Page, Panel } from "../parts/Page";
import { Rows, type Column } from "../parts/Rows";
import { Typed } from "../parts/Typed";
import { useMay } from "../session";
import type { Option, Settings as Data } from "../wire";
import { fill, useWords } from "../words";

const isChanged = (option: Option) => JSON.stringify(option.value) !== JSON.stringify(option.default);
/** Numbers of the configuration are single precision: what lies beyond is noise. */
const tidy = (_: string, value: unknown) => (typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(7)) : value);
const written = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value, tidy));

export default function Settings() {
  const { w } = useWords();
  const s = w.settings;
  const { text, change } = useAddress();
  const isOwner = useMay("owner");
  const query = useQuery({ queryKey: ["settings"], queryFn: api.settings, enabled: isOwner });
  const barred = (
    <Panel>
      <Empty title={fill(w.roles.needs, { role: w.roles.owner })} />
    </Panel>
  );
  return (
    <Page title={s.title} lead={s.lead}>
      {!isOwner ? (
        barred
      ) : (
        <Tabs
          activeKey={text("tab", "options")}
          onChange={(tab) => change({ tab }, { push: true })}
          items={[
            {
              key: "options",
              label: s.tabOptions,
              children: (
                <Loaded query={query} rows={14}>
                  {(data) => <Options sections={data.sections} />}
                </Loaded>
              ),
            },
            {
              key: "keys",
              label: s.tabKeys,
              children: (
                <Loaded query={query} rows={6}>
                  {(data) => <Keys data={data} />}
                </Loaded>
              ),
            },
            { key: "audits", label: s.tabAudits, children: <Audits /> },
          ]}
        />
      )}
    </Page>
  );
}

function Options({ sections }: { sections: Data["sections"] }) {
  const { w } = useWords();
  const s = w.settings;
  const { text, change } = useAddress();
  const search = text("search").toLowerCase();
  const onlyChanged = text("changed") !== "";
  const fits = (section: string, option: Option) =>
    (!onlyChanged || isChanged(option)) && (!search || `${section}.${option.name}`.toLowerCase().includes(search));
  const found = sections
    .map((section) => ({ ...section, options: section.options.filter((option) => fits(section.name, option)) }))
    .filter((section) => section.options.length > 0);
  const all = sections.flatMap((section) => section.options);
  const columns = useColumns();
  const [before, after] = s.reference.split("{command}");
  return (
    <div className="stack">
      <p className="soft">
        {before}
        <code>shopkeeper config --reference</code>
        {after}
      </p>
      <div className="filters" role="search">
        <Typed
          style={{ width: 280 }}
          placeholder={s.search}
          aria-label={s.search}
          value={text("search")}
          onValue={(value) => change({ search: value })}
        />
        <Checkbox checked={onlyChanged} onChange={(event) => change({ changed: event.target.checked ? 1 : null })}>
          {s.changedOnly}
        </Checkbox>
        <span className="soft">
          {fill(s.options, { count: all.length })} · {fill(s.ofChanged, { count: all.filter(isChanged).length })}
        </span>
      </div>
      {found.length === 0 && (
        <Panel>
          <Empty title={s.empty} />
        </Panel>
      )}
      {found.map((section) => (
        <Panel key={section.name} title={<code>{section.name}</code>} flush>
          <Rows
            label={section.name}
            rows={section.options}
            rowKey={(option) => option.name}
            isMarked={isChanged}
            columns={columns}
          />
        </Panel>
      ))}
    </div>
  );
}

function useColumns(): Column<Option>[] {
  const { w } = useWords();
  const s = w.settings;
  return [
    {
      key: "name",
      title: s.option,
      lead: true,
      width: "36%",
      cell: (option) => (
        <>
          {option.name ? <code>{option.name}</code> : s.whole} {isChanged(option) && <Badge tone="accent">{s.changed}</Badge>}
        </>
      ),
    },
    { key: "value", title: s.value, width: "32%", cell: (option) => <span className="option-value">{written(option.value)}</span> },
    { key: "default", title: s.default, cell: (option) => <span className="option-value soft">{written(option.default)}</span> },
  ];
}

function Keys({ data }: { data: Data }) {
  const { w, language } = useWords();
  const s = w.settings;
  const columns = useColumns();
  return (
    <div className="stack">
      <Panel title={s.tabKeys} hint={s.secret} flush>
        {data.keys.length === 0 ? (
          <Empty title={s.keysEmpty} help={s.keysEmptyHelp} />
        ) : (
          <Rows
            label={s.tabKeys}
            rows={data.keys}
            rowKey={(key) => key.name}
            columns={[
              { key: "name", title: w.common.name, lead: true, cell: (key) => <b>{key.name}</b> },
              {
                key: "scopes",
                title: s.scopes,
                lead: true,
                cell: (key) => (
                  <span className="badges">
                    {key.scopes.map((scope) => (
                      <Badge key={scope}>{scope}</Badge>
                    ))}
                  </span>
                ),
              },
              { key: "rate", title: `${s.rate} (${s.perSecond})`, align: "right", cell: (key) => count(key.requests_per_s, language) },
              { key: "burst", title: s.burst, align: "right", cell: (key) => count(key.burst, language) },
            ]}
          />
        )}
      </Panel>
      <Panel title={s.limits} flush>
        <Rows label={s.limits} rows={data.limits} rowKey={(limit) => limit.name} isMarked={isChanged} columns={columns} />
      </Panel>
    </div>
  );
}
