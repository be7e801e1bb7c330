// What the shop sends and what is missing.
import { DataPage } from "../parts/DataPage";
import { Doctor } from "../parts/Doctor";

export default function Data() {
  return (
    <DataPage>
      <Doctor />
    </DataPage>
  );
}
