// A path that leads nowhere.
import { Link } from "react-router";
import { Empty } from "../parts/Empty";
import { Page } from "../parts/Page";
import { useWords } from "../words";

export default function Missing() {
  const { w } = useWords();
  return (
    <Page title={w.problem.missing}>
      <Empty title={w.app.notFound}>
        <Link to="/">{w.app.home}</Link>
      </Empty>
    </Page>
  );
}
