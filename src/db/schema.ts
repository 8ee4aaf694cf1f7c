import type { Generated, GeneratedAlways } from "kysely";
import type { LocalText } from "../errors.ts";
import type { Step, WorkflowInput } from "../workflow/definition.ts";
import type { Cost, CostBasis } from "../workflow/money.ts";
import type {
  AttemptStatus,
  ExecutionStatus,
  Mode,
  StepRunStatus,
  WaitingReason,
} from "../workflow/statuses.ts";
import type { ArtifactKind } from "../workflow/media.ts";
import type { RepairRequest } from "../workflow/repair.ts";
import type { Json, Value } from "../workflow/values.ts";
import type { JsonText } from "./json-column.ts";
import type {
  ExecutionSnapshot,
  StepSnapshot,
  StoredCostRange,
  StoredEstimate,
  StoredFailure,
  StoredFile,
  StoredOutput,
  StoredResult,
  WaitingFor,
} from "./stored-values.ts";

/** The tables as `migrations/` makes them. JSON columns hold text; their stores parse and write them. */
export interface Database {
  workflows: WorkflowTable;
  workflow_versions: WorkflowVersionTable;
  batches: BatchTable;
  workflow_executions: ExecutionTable;
  step_runs: StepRunTable;
  attempts: AttemptTable;
  cost_sums: CostSumTable;
  ended_executions: EndedExecutionsTable;
  budgets: BudgetTable;
  caps: CapTable;
  artifacts: ArtifactTable;
  artifact_holds: ArtifactHoldTable;
  execution_events: ExecutionEventTable;
  idempotency_keys: IdempotencyKeyTable;
  provider_paces: ProviderPaceTable;
  provider_waits: ProviderWaitTable;
  provider_keys: ProviderKeyTable;
}

export interface WorkflowTable {
  id: Generated<number>;
  user_id: string | null;
  user_email: string | null;
  name: string;
  description: string;
  steps: JsonText<Step[]>;
  inputs: JsonText<WorkflowInput[]>;
  is_template: number;
  execution_count: Generated<number>;
  created_at: string;
  updated_at: string;
  deleted_at: string | null;
}

export interface WorkflowVersionTable {
  workflow_id: number;
  version: number;
  name: string;
  description: string;
  steps: JsonText<Step[]>;
  inputs: JsonText<WorkflowInput[]>;
  saved_at: string;
}

export interface BatchTable {
  id: Generated<number>;
  user_id: string | null;
  user_email: string | null;
  title: string | null;
  workflow_id: number | null;
  template_id: string | null;
  mode: Mode;
  row_count: number;
  estimate: JsonText<StoredCostRange> | null;
  created_at: string;
}

export interface ExecutionTable {
  id: Generated<number>;
  workflow_id: number | null;
  template_id: string | null;
  title: string | null;
  user_id: string | null;
  user_email: string | null;
  status: ExecutionStatus;
  mode: Mode;
  current_step: number;
  total_steps: number;
  steps: JsonText<Step[]>;
  initial_input: string;
  inputs: JsonText<Record<string, string | number>>;
  estimate: JsonText<StoredEstimate> | null;
  unpriced: "refuse" | "allow";
  rerun_of: number | null;
  rerun_from_step: number | null;
  only_step: number | null;
  reuse: number;
  input_files: JsonText<Record<string, StoredFile>> | null;
  batch_id: number | null;
  batch_row: number | null;
  waiting_for: JsonText<WaitingFor> | null;
  error_message: JsonText<LocalText> | null;
  steps_data: Generated<JsonText<StepSnapshot[]>>;
  results: Generated<JsonText<StoredResult[]>>;
  total_cost_nano_usd: Generated<number>;
  total_cost: GeneratedAlways<number>;
  cost_basis: Generated<CostBasis>;
  epoch: Generated<number>;
  created_at: string;
  started_at: string | null;
  completed_at: string | null;
  deleted_at: string | null;
}

export interface StepRunTable {
  execution_id: number;
  step_number: number;
  item: number;
  status: StepRunStatus;
  attempts: Generated<number>;
  provider: string | null;
  model: string | null;
  performed_by: string | null;
  cost_nano_usd: Generated<number>;
  cost_basis: Generated<CostBasis>;
  output: JsonText<StoredOutput> | null;
  error: JsonText<StoredFailure> | null;
  waiting_reason: WaitingReason | null;
  waiting_amount_nano_usd: number | null;
  reused_from_execution_id: number | null;
  saved_nano_usd: number | null;
  waiting_scope: string | null;
  waiting_period: string | null;
  live_cost: JsonText<Cost> | null;
  retry_at: string | null;
  place_since: string | null;
  started_at: string | null;
  completed_at: string | null;
  decide_by: string | null;
  original_output: JsonText<StoredOutput> | null;
  is_repaired: Generated<number>;
  item_value: JsonText<Value> | null;
  items_total: number | null;
  items_done: number | null;
  items_failed: number | null;
}

export interface AttemptTable {
  id: string;
  execution_id: number;
  step_number: number;
  item: number;
  number: number;
  status: AttemptStatus;
  epoch: number;
  provider: string;
  model: string;
  request_hash: string;
  job_id: string | null;
  reserved_nano_usd: number;
  reserved_basis: CostBasis;
  cost_nano_usd: number | null;
  cost_basis: CostBasis | null;
  usage: JsonText<Record<string, Json>> | null;
  failure: JsonText<StoredFailure> | null;
  repair: JsonText<RepairRequest> | null;
  is_unused: Generated<number>;
  is_crowded_out: Generated<number>;
  budget_scope: string | null;
  batch_id: number | null;
  created_at: string;
  sent_at: string | null;
  settled_at: string | null;
}

/** What calls have cost in a UTC day or month, added up by the database itself whenever an attempt changes. */
interface CostSumTable {
  unit: "day" | "month";
  /** `2026-11-22` or `2026-11`. */
  period: string;
  /** 0: none. */
  workflow_id: number;
  /** '': none. */
  template_id: string;
  provider: string;
  model: string;
  calls: number;
  charged_nano_usd: number;
  unknown_calls: number;
  failed_calls: number;
  failed_billed_calls: number;
  failed_billed_nano_usd: number;
  unused_calls: number;
  unused_nano_usd: number;
  in_doubt_calls: number;
  in_doubt_nano_usd: number;
  in_doubt_unpriced_calls: number;
  reused_steps: number;
  saved_nano_usd: number;
}

/** How many executions of a day have ended, counted by the database itself. */
interface EndedExecutionsTable {
  day: string;
  status: "completed" | "failed" | "cancelled";
  shard: number;
  executions: number;
}

interface BudgetTable {
  scope: string;
  period: string;
  shard: Generated<number>;
  cap_nano_usd: number | null;
  reserved_nano_usd: Generated<number>;
  spent_nano_usd: Generated<number>;
}

interface CapTable {
  scope: string;
  period_kind: "day" | "month" | "total";
  cap_nano_usd: number;
  updated_at: string;
}

export interface ArtifactTable {
  id: string;
  hash: string;
  media_type: string;
  bytes: number;
  width: number | null;
  height: number | null;
  duration_seconds: number | null;
  execution_id: number | null;
  step_number: number | null;
  item: number | null;
  created_at: string;
  kind: GeneratedAlways<ArtifactKind>;
}

interface ArtifactHoldTable {
  id: string;
  hash: string;
  held_until: string;
}

export interface ExecutionEventTable {
  execution_id: number;
  number: number;
  type: "execution" | "step";
  data: JsonText<ExecutionSnapshot | StepSnapshot>;
  created_at: string;
}

interface IdempotencyKeyTable {
  key: string;
  route: string;
  request_hash: string;
  status: Generated<number>;
  answer: string | null;
  created_at: string;
}

interface ProviderPaceTable {
  provider: string;
  blocked_until: string | null;
  slowed_to: number | null;
  slowed_at: string | null;
}

interface ProviderWaitTable {
  execution_id: number;
  step_number: number;
  item: number;
  provider: string;
  worker: string;
  since: string;
  renewed_at: string;
}

interface ProviderKeyTable {
  variable: string;
  sealed: string;
  salt: string;
  secret_id: string;
  updated_at: string;
}
