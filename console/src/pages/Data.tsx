// What the shop sends and what is missing; how a past is imported.
import { Doctor } from "../parts/Doctor";
import { Page } from "../parts/Page";
import { useWords } from "../words";

export default function Data() {
  const { w } = useWords();
  const [before, between, after] = w.data.import.split(/\{\w+\}/);
  return (
    <Page title={w.data.title} lead={w.data.lead}>
      <p className="notice">
        {before}
        <code>shopkeeper import FILE</code>
        {between}
        <code>shopkeeper import --list</code>
        {after}
      </p>
      <Doctor />
    </Page>
  );
}
