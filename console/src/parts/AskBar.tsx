// For whom, where, about which items, how many.
import { useQuery } from "@tanstack/react-query";
import { AutoComplete, Button, Input, InputNumber, Select } from "antd";
import { useState } from "react";
import { api } from "../api";
import { list, SURFACES, takesItems, type Question } from "../slate";
import { named, useWords } from "../words";

interface Props {
  question: Question;
  isAsked: boolean;
  isBusy: boolean;
  onAsk: (question: Question) => void;
}

export function AskBar({ question, isAsked, isBusy, onAsk }: Props) {
  const { w } = useWords();
  const r = w.recommend;
  const [customer, setCustomer] = useState(question.customer);
  const [surface, setSurface] = useState(question.surface);
  const [items, setItems] = useState(question.items.join(", "));
  const [count, setCount] = useState(question.count);
  const found = useQuery({
    queryKey: ["customers", { prefix: customer, count: 8 }],
    queryFn: () => api.customers({ prefix: customer, count: 8 }),
  });
  const options = found.data?.customers.map((row) => ({
    value: row.customer_id,
    label: (
      <span className="between-row">
        {row.customer_id}{" "}
        <small className="soft">
          {row.touches} {w.customers.touches}
        </small>
      </span>
    ),
  }));
  return (
    <form
      className="ask-bar"
      onSubmit={(event) => {
        event.preventDefault();
        onAsk({ customer: customer.trim(), surface, items: list(items), count });
      }}
    >
      <label className="field">
        {r.customer}
        <AutoComplete
          style={{ width: 220 }}
          value={customer}
          onChange={(value: string) => setCustomer(value ?? "")}
          options={options}
          placeholder={r.customerHelp}
          allowClear
        />
      </label>
      <label className="field">
        {r.surface}
        <Select
          style={{ width: 150 }}
          value={surface}
          onChange={setSurface}
          options={SURFACES.map((value) => ({ value, label: named(w.surfaces, value) }))}
        />
      </label>
      {takesItems(surface) && (
        <label className="field">
          {r.context}
          <Input style={{ width: 240 }} value={items} onChange={(event) => setItems(event.target.value)} placeholder={r.contextHelp} />
        </label>
      )}
      <label className="field">
        {r.count}
        <InputNumber style={{ width: 76 }} min={1} max={60} value={count} onChange={(value) => setCount(value ?? 10)} />
      </label>
      <Button type="primary" htmlType="submit" loading={isBusy}>
        {isAsked ? r.askAgain : r.ask}
      </Button>
    </form>
  );
}
