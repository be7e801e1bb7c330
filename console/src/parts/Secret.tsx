// A secret, shown once, and how the receiver verifies what was signed with it.
import { CopyOutlined } from "@ant-design/icons";
import { Button, Modal } from "antd";
import { useState, type ReactNode } from "react";
import type { NewSecret } from "../wire";
import { useWords } from "../words";

/** What the gaps of the steps stand for: names and formulas that no language changes. */
const FORMULAS: Record<string, string> = {
  prefix: "whsec_",
  content: "webhook-id + \".\" + webhook-timestamp + \".\" + body",
  header: "webhook-signature",
  signature: "v1,BASE64",
  time: "webhook-timestamp",
  id: "webhook-id",
};

const withFormulas = (text: string): ReactNode[] =>
  text.split(/\{(\w+)\}/).map((part, at) => (at % 2 === 0 ? part : <code key={at}>{FORMULAS[part] ?? part}</code>));

export function Secret({ made, onClose }: { made: NewSecret | null; onClose: () => void }) {
  const { w } = useWords();
  const h = w.webhooks;
  return (
    <Modal
      open={made !== null}
      title={h.secretTitle}
      onCancel={onClose}
      destroyOnHidden
      maskClosable={false}
      footer={
        <Button type="primary" onClick={onClose}>
          {h.kept}
        </Button>
      }
    >
      {made && <Body made={made} />}
    </Modal>
  );
}

function Body({ made }: { made: NewSecret }) {
  const { w } = useWords();
  const h = w.webhooks;
  const [said, setSaid] = useState("");
  const copy = () =>
    (navigator.clipboard?.writeText(made.secret) ?? Promise.reject(new Error("no clipboard"))).then(
      () => setSaid(h.copied),
      () => setSaid(h.copyFailed),
    );
  return (
    <div className="stack" style={{ gap: 12 }}>
      <p className="soft">{made.url}</p>
      <div className="secret">
        <code>{made.secret}</code>
        <Button icon={<CopyOutlined />} onClick={() => void copy()}>
          {h.copy}
        </Button>
      </div>
      <p role="status" className={said ? "notice" : "out"}>
        {said}
      </p>
      <p className="notice" data-tone="warn">
        {h.secretOnce}
      </p>
      <section className="stack" style={{ gap: 6 }}>
        <h3>{h.verify}</h3>
        <p className="soft">{h.verifyHelp}</p>
        <ol className="steps">
          {[h.verify1, h.verify2, h.verify3, h.verify4].map((step) => (
            <li key={step}>{withFormulas(step)}</li>
          ))}
        </ol>
      </section>
    </div>
  );
}
