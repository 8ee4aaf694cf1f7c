/** What a batch is made of: steps that the editor has kept (`steps`), or the template or workflow that they come from. */
export type BatchTarget = { template: string } | { workflow: number } | "steps";

/** Address of the form for a new batch. */
export function newBatchPath(target: BatchTarget): string {
  if (target === "steps") {
    return "/combinations/batches/new?steps=kept";
  }
  const [name, value] = "template" in target ? ["template", target.template] : ["workflow", target.workflow];
  return `/combinations/batches/new?${new URLSearchParams({ [name]: String(value) })}`;
}

export function batchPath(id: number): string {
  return `/combinations/batches/${id}`;
}

interface EditorTarget {
  template?: string;
  workflow?: number;
  /** The steps and topic of an execution. */
  execution?: number;
  /** Fills the topic in. */
  topic?: string;
  /** A stored file, for the first input that takes one. */
  file?: string;
  /** Puts the cursor into the topic. */
  focus?: "topic";
}

/** Address of the editor, pre-filled. */
export function editorPath(target: EditorTarget): string {
  const query = new URLSearchParams();
  if (target.template !== undefined) {
    query.set("template", target.template);
  }
  if (target.workflow !== undefined) {
    query.set("workflow", String(target.workflow));
  }
  if (target.execution !== undefined) {
    query.set("execution", String(target.execution));
  }
  if (target.topic !== undefined && target.topic.trim() !== "") {
    query.set("topic", target.topic);
  }
  if (target.file !== undefined) {
    query.set("file", target.file);
  }
  if (target.focus !== undefined) {
    query.set("focus", target.focus);
  }
  return query.size === 0 ? "/combinations/new" : `/combinations/new?${query}`;
}

/** Address of the form of a workflow or template. */
export function formPath(target: { template: string } | { workflow: number }): string {
  return "template" in target
    ? `/combinations/run/template/${encodeURIComponent(target.template)}`
    : `/combinations/run/${target.workflow}`;
}
