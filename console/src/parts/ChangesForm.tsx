// What side B asks differently: filter, boosts, pins, items put last.
import { CloseOutlined } from "@ant-design/icons";
import { Button, Checkbox, Input, InputNumber, Select } from "antd";
import { useState } from "react";
import type { Changes } from "../slate";
import type { Boost, Filter } from "../wire";
import { useWords } from "../words";

const KINDS = ["category", "brand", "item_id", "merchant_id"] as const;
type Kind = (typeof KINDS)[number];
const kindOf = (boost: Boost): Kind => KINDS.find((kind) => boost[kind] !== undefined) ?? "category";

export function ChangesForm({ changes, onApply }: { changes: Changes; onApply: (changes: Changes) => void }) {
  const { w } = useWords();
  const r = w.recommend;
  const [draft, setDraft] = useState<Changes>(changes);
  const { filter = {}, boosts = [], pins = [], bury = [] } = draft;
  const put = (part: Changes) => setDraft((old) => ({ ...old, ...part }));
  const putFilter = (part: Filter) => put({ filter: { ...filter, ...part } });
  const putAt = <T,>(rows: T[], at: number, row: T | null) =>
    row === null ? rows.filter((_, place) => place !== at) : rows.map((old, place) => (place === at ? row : old));
  const kinds: Record<Kind, string> = { category: r.category, brand: r.brand, item_id: r.item, merchant_id: r.merchant };
  const tags = (value: string[] | undefined, onChange: (value: string[]) => void) => (
    <Select
      mode="tags"
      value={value ?? []}
      onChange={onChange}
      tokenSeparators={[",", "，"]}
      open={false}
      suffixIcon={null}
      style={{ width: "100%" }}
    />
  );
  const drop = (onClick: () => void) => <Button type="text" icon={<CloseOutlined />} aria-label={r.remove} onClick={onClick} />;
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        onApply(draft);
      }}
    >
      <div className="changes">
        <fieldset className="plain form">
          <legend>{r.filter}</legend>
          <label>
            {r.categories}
            {tags(filter.categories, (categories) => putFilter({ categories }))}
          </label>
          <label>
            {r.brands}
            {tags(filter.brands, (brands) => putFilter({ brands }))}
          </label>
          <div className="row">
            <label>
              {r.priceMin}
              <InputNumber
                min={0}
                value={filter.price_min}
                onChange={(value) => putFilter({ price_min: value ?? undefined })}
                style={{ width: "100%" }}
              />
            </label>
            <label>
              {r.priceMax}
              <InputNumber
                min={0}
                value={filter.price_max}
                onChange={(value) => putFilter({ price_max: value ?? undefined })}
                style={{ width: "100%" }}
              />
            </label>
          </div>
          <Checkbox checked={filter.in_stock ?? false} onChange={(event) => putFilter({ in_stock: event.target.checked || undefined })}>
            {r.inStock}
          </Checkbox>
        </fieldset>
        <fieldset className="plain form">
          <legend>{r.boosts}</legend>
          {boosts.map((boost, at) => {
            const kind = kindOf(boost);
            return (
              <div className="row boost" key={at}>
                <Select
                  aria-label={r.boostKind}
                  value={kind}
                  onChange={(next: Kind) => put({ boosts: putAt(boosts, at, { [next]: boost[kind] ?? "", factor: boost.factor }) })}
                  options={KINDS.map((value) => ({ value, label: kinds[value] }))}
                />
                <Input
                  aria-label={r.boostValue}
                  value={boost[kind]}
                  onChange={(event) => put({ boosts: putAt(boosts, at, { ...boost, [kind]: event.target.value }) })}
                />
                <InputNumber
                  aria-label={r.factor}
                  prefix="×"
                  min={0.05}
                  max={20}
                  step={0.1}
                  value={boost.factor}
                  onChange={(factor) => put({ boosts: putAt(boosts, at, { ...boost, factor: factor ?? 1 }) })}
                />
                {drop(() => put({ boosts: putAt(boosts, at, null) }))}
              </div>
            );
          })}
          <Button size="small" onClick={() => put({ boosts: [...boosts, { category: "", factor: 2 }] })}>
            {r.addBoost}
          </Button>
        </fieldset>
        <fieldset className="plain form">
          <legend>{r.pins}</legend>
          {pins.map((pin, at) => (
            <div className="row" key={at}>
              <Input
                aria-label={r.pinItem}
                placeholder={r.pinItem}
                value={pin.item_id}
                onChange={(event) => put({ pins: putAt(pins, at, { ...pin, item_id: event.target.value.trim() }) })}
              />
              <InputNumber
                aria-label={r.pinAt}
                prefix="#"
                min={1}
                max={60}
                value={pin.at + 1}
                onChange={(place) => put({ pins: putAt(pins, at, { ...pin, at: (place ?? 1) - 1 }) })}
              />
              {drop(() => put({ pins: putAt(pins, at, null) }))}
            </div>
          ))}
          <Button size="small" onClick={() => put({ pins: [...pins, { item_id: "", at: pins.length }] })}>
            {r.addPin}
          </Button>
          <label>
            {r.bury}
            {tags(bury, (next) => put({ bury: next }))}
          </label>
        </fieldset>
      </div>
      <div className="actions">
        <Button type="primary" htmlType="submit">
          {w.common.apply}
        </Button>
        <Button onClick={() => onApply({})}>{w.common.clear}</Button>
      </div>
    </form>
  );
}
