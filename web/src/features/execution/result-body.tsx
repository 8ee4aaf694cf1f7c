import { memo } from "react";
import { useTranslation } from "react-i18next";
import type { Result } from "../../api/types.ts";
import { JsonTree } from "../preview/json-tree.tsx";
import { ResultFiles } from "../preview/result-files.tsx";
import MarkdownText from "./markdown-text.tsx";

interface ResultBodyProps {
  result: Result;
  topic: string;
}

/** What a step made, in the form that suits it. */
export default memo(function ResultBody({ result, topic }: ResultBodyProps) {
  const { t } = useTranslation();
  const label = t("execution.resultLabel", { name: result.name ?? t(`medium.${result.type}`), topic });
  return (
    <>
      {result.type === "text" && <MarkdownText text={result.text ?? ""} />}
      {result.type === "json" && <JsonTree json={result.json} label={label} />}
      <ResultFiles result={result} label={label} />
    </>
  );
});
