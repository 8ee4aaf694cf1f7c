import { Button, FileButton, Group, Modal, Textarea } from "@mantine/core";
import { useWindowEvent } from "@mantine/hooks";
import { IconFileUpload } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { problemsOfText, type ImportProblem } from "./import-problems.ts";
import {
  MAX_SHARED_BYTES,
  readSharedWorkflow,
  type SharedWorkflow,
} from "../../../../src/workflow/shared-workflow.ts";
import { Notice } from "../../components/notice.tsx";
import { useLanguage } from "../../language.ts";
import { ImportPreview } from "./import-preview.tsx";
import classes from "./sharing.module.css";

/** Takes a workflow from a file, and shows what it is and costs before anything is saved. Nothing runs. */
export default function ImportDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const [workflow, setWorkflow] = useState<SharedWorkflow | null>(null);
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={t("sharing.importTitle")}
      closeButtonProps={{ "aria-label": t("actions.close") }}
    >
      {workflow === null ? (
        <ImportSource onRead={setWorkflow} />
      ) : (
        <ImportPreview
          workflow={workflow}
          onBack={() => {
            setWorkflow(null);
          }}
          onClose={onClose}
        />
      )}
    </Modal>
  );
}

const TOO_LARGE = " ".repeat(MAX_SHARED_BYTES + 1);

/** Hears of a file that is dropped anywhere on the page, and keeps the browser from opening it. */
function useDroppedFile(onFile: (file: File) => void) {
  useWindowEvent("dragover", (event) => {
    event.preventDefault();
  });
  useWindowEvent("drop", (event) => {
    event.preventDefault();
    const file = event.dataTransfer?.files[0];
    if (file) onFile(file);
  });
}

/** A file that is chosen or dropped, or a text that is pasted. */
function ImportSource({ onRead }: { onRead: (workflow: SharedWorkflow) => void }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const [text, setText] = useState("");
  const [problems, setProblems] = useState<ImportProblem[]>([]);
  const read = (content: string, name: string) => {
    const shared = readSharedWorkflow(content, name);
    if ("workflow" in shared) onRead(shared.workflow);
    else setProblems(problemsOfText(shared, language));
  };
  const readFile = async (file: File): Promise<void> => {
    // What is far too large is not read into the field.
    const content = file.size > MAX_SHARED_BYTES ? TOO_LARGE : await file.text();
    setText(content === TOO_LARGE ? "" : content);
    read(content, file.name.replace(/\.[^.]*$/, ""));
  };
  useDroppedFile((file) => void readFile(file));
  return (
    <form
      className={classes.body}
      onSubmit={(event) => {
        event.preventDefault();
        read(text, t("sharing.importedName"));
      }}
    >
      <p className={classes.lead}>{t("sharing.importLead")}</p>
      <div className={classes.drop}>
        <FileButton
          accept=".json,.yaml,.yml,application/json,application/yaml"
          onChange={(file) => file !== null && void readFile(file)}
        >
          {(props) => (
            <Button
              {...props}
              variant="default"
              leftSection={<IconFileUpload aria-hidden size={18} stroke={1.75} />}
            >
              {t("sharing.chooseFile")}
            </Button>
          )}
        </FileButton>
        <p>{t("sharing.orDrop")}</p>
      </div>
      <Textarea
        label={t("sharing.paste")}
        autosize
        minRows={4}
        maxRows={12}
        value={text}
        classNames={{ input: classes.code }}
        onChange={(event) => {
          setProblems([]);
          setText(event.currentTarget.value);
        }}
      />
      {problems.length > 0 && (
        <Notice kind="error" title={t("sharing.refused")}>
          <ul className={classes.problems}>
            {problems.map(({ path, message }) => (
              <li key={`${path} ${message}`}>
                {path !== "" && <code>{path}</code>} {message}
              </li>
            ))}
          </ul>
        </Notice>
      )}
      <Group justify="flex-end">
        <Button type="submit" disabled={text.trim() === ""}>
          {t("sharing.show")}
        </Button>
      </Group>
    </form>
  );
}
