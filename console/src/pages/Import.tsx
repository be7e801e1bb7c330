// A past comes in: files, how they are read, what they become, and then the import itself.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { useNavigate } from "react-router";
import { useAddress } from "../address";
import { api } from "../api";
import { useDraft } from "../draft";
import { DataPage } from "../parts/DataPage";
import { Empty } from "../parts/Empty";
import { ImportJob } from "../parts/ImportJob";
import { ImportPreview } from "../parts/ImportPreview";
import { useJobs } from "../parts/JobList";
import { Loaded } from "../parts/Loaded";
import { Owners } from "../parts/Owners";
import { Panel } from "../parts/Page";
import { ReadingChoice, useReading } from "../parts/ReadingChoice";
import { Refused } from "../parts/Refused";
import { RoleButton } from "../parts/RoleButton";
import { Uploads, useUploads } from "../parts/Uploads";
import { fill, useWords } from "../words";

export default function Import() {
  return (
    <DataPage>
      <Owners>
        <Body />
      </Owners>
    </DataPage>
  );
}

/** No name of a file holds a slash. */
const listed = (text: string) => text.split("/").filter(Boolean);

function Body() {
  const { w } = useWords();
  const m = w.import;
  const { text, change } = useAddress();
  const lying = useUploads().data?.uploads.map(({ name }) => name);
  const asked = listed(text("files"));
  const chosen = lying ? asked.filter((name) => lying.includes(name)) : asked;
  const choose = useCallback((names: string[]) => change({ files: names.join("/") }), [change]);
  return (
    <>
      <ImportJob />
      <Uploads chosen={chosen} onChoose={choose} />
      {chosen.length > 0 ? <Chosen key={chosen.join("/")} files={chosen} /> : lying && lying.length > 0 && <Unchosen />}
      <CommandLine text={m.command} />
    </>
  );
}

function Unchosen() {
  const { w } = useWords();
  return (
    <Panel>
      <Empty title={w.import.chooseFiles} help={w.import.chooseFilesHelp} />
    </Panel>
  );
}

function CommandLine({ text }: { text: string }) {
  const [before, between, after] = text.split(/\{\w+\}/);
  return (
    <p className="soft">
      {before}
      <code>shopkeeper import FILE</code>
      {between}
      <code>shopkeeper import --list</code>
      {after}
    </p>
  );
}

function Chosen({ files }: { files: string[] }) {
  const { w } = useWords();
  const m = w.import;
  const [draft, onDraft] = useDraft(files.join("/"));
  const presets = useQuery({ queryKey: ["presets"], queryFn: api.presets, staleTime: Infinity });
  const reading = useReading(files, draft);
  const { preview } = reading;
  const go = useNavigate();
  const queries = useQueryClient();
  const { isRunning } = useJobs("import");
  const start = useMutation({
    mutationFn: () => api.startImport(reading.ask),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ["jobs"] });
      void go("/data/imports");
    },
  });
  const isAccepted = preview.data?.files.some((file) => file.rows_accepted > 0) ?? false;
  const isReady = reading.isRested && !preview.isFetching && !preview.error && !preview.isPlaceholderData && isAccepted;
  const hint = isRunning ? m.busy : preview.data && !isAccepted ? m.startBarred : m.startHelp;
  const label = files.length === 1 ? m.startOne : fill(m.startMany, { count: files.length });
  return (
    <>
      <Panel title={m.how} hint={m.howHelp}>
        <Loaded query={presets} rows={4}>
          {(known) => <ReadingChoice presets={known} reading={reading} draft={draft} onDraft={onDraft} />}
        </Loaded>
      </Panel>
      {reading.isComplete && (
        <Panel
          title={m.preview}
          hint={m.previewHelp}
          actions={
            <RoleButton
              need="owner"
              type="primary"
              hint={hint}
              disabled={!isReady || isRunning}
              loading={start.isPending}
              onClick={() => start.mutate()}
            >
              {start.isPending ? m.starting : label}
            </RoleButton>
          }
        >
          {start.error && <Refused error={start.error} />}
          <Loaded query={preview} rows={8}>
            {(shown) => <ImportPreview preview={shown} />}
          </Loaded>
        </Panel>
      )}
    </>
  );
}
