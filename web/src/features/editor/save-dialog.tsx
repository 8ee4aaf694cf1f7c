import { Button, Group, Modal, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { MAX_NAME_CHARACTERS } from "../../../../src/workflow/definition.ts";
import { ApiProblem } from "../../api/client.ts";
import { Notice, ProblemNotice } from "../../components/notice.tsx";
import { messageUnder } from "./problems.ts";

interface SaveDialogProps {
  isOpen: boolean;
  suggestedName: string;
  error: Error | null;
  isBusy: boolean;
  /** Whether the steps are those of a saved workflow, which can be changed. */
  isChange: boolean;
  /** Whether it was saved elsewhere since these changes were begun. */
  isOvertaken: boolean;
  onSave: (name: string, asNew: boolean) => void;
  onClose: () => void;
}

/** Asks for the name under which the steps are saved. */
export function SaveDialog({ isOpen, isChange, onClose, ...form }: SaveDialogProps) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      size={isChange ? "lg" : "md"}
      title={t("editor.saveTitle")}
      closeButtonProps={{ "aria-label": t("actions.close") }}
    >
      <SaveForm {...form} isChange={isChange} onClose={onClose} />
    </Modal>
  );
}

function SaveForm({
  suggestedName,
  error,
  isBusy,
  isChange,
  isOvertaken,
  onSave,
  onClose,
}: Omit<SaveDialogProps, "isOpen">) {
  const { t } = useTranslation();
  const [name, setName] = useState(suggestedName);
  const [isTried, setIsTried] = useState(false);
  const isEmpty = name.trim() === "";
  const refused = error instanceof ApiProblem ? messageUnder(error.errors, "name") : null;
  const save = (asNew: boolean) => {
    setIsTried(true);
    if (!isEmpty) {
      onSave(name.trim(), asNew);
    }
  };
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        save(!isChange);
      }}
    >
      <TextInput
        data-autofocus
        label={t("editor.name")}
        value={name}
        maxLength={MAX_NAME_CHARACTERS}
        error={isTried && isEmpty ? t("editor.nameEmpty") : refused}
        onChange={(event) => {
          setName(event.currentTarget.value);
        }}
        mb="md"
      />
      {isOvertaken && error === null && <Notice kind="warning">{t("editor.savedElsewhere")}</Notice>}
      {error !== null && <ProblemNotice error={error} isBesideField={(path) => path === "name"} />}
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={onClose}>
          {t("actions.back")}
        </Button>
        {isChange && (
          <Button
            variant="default"
            disabled={isBusy}
            onClick={() => {
              save(true);
            }}
          >
            {t("editor.saveNew")}
          </Button>
        )}
        <Button type="submit" loading={isBusy}>
          {t(isChange ? "editor.saveChanges" : "actions.save")}
        </Button>
      </Group>
    </form>
  );
}
