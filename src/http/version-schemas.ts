import { z } from "@hono/zod-openapi";
import { workflowSchema } from "./schemas.ts";

const { name, description, steps, inputs, updated_at: time } = workflowSchema.shape;

/** What a workflow was when it was saved. */
const workflowVersionSchema = z
  .object({
    /** From 1, in the order in which they were saved; the highest is what the workflow is now. */
    version: z.int(),
    name,
    description,
    steps,
    inputs,
    saved_at: time,
  })
  .openapi("WorkflowVersion");

export const versionListSchema = z
  .object({ versions: z.array(workflowVersionSchema), next_cursor: z.string().nullable() })
  .openapi("WorkflowVersionList");

export type WorkflowVersion = z.output<typeof workflowVersionSchema>;
