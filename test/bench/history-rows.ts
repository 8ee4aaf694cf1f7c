import { sql } from "kysely";
import type { Db } from "../../src/db/database.ts";
import { insertWorkflow } from "../../src/db/workflow-store.ts";

const DAYS = 365;
const WORKFLOWS = 40;
const TEMPLATES = [
  "creation-contenu",
  "production-video",
  "campagne-marketing",
  "contenu-educatif",
  "pack-reseaux-sociaux",
];
/** Of the three steps of every execution. */
const MODELS = ["openai:gpt-6.2-sol", "openai:gpt-image-2", "elevenlabs:eleven_v3"];
const PROMPT =
  "Write what there is to say about {topic}, with care and in plain words, for people who have never heard of it.";

/** The executions 1, 2, 3 …, each with its number `i` and the day on which it was made. */
const numbers = (count: number) => sql`
  numbers(i) as (select 1 union all select i + 1 from numbers where i < ${sql.lit(count)}),
  made as (
    select i, day, substr(cast(100 + i / 3600 % 24 as text), 2) || ':' || substr(cast(100 + i / 60 % 60 as text), 2)
      || ':' || substr(cast(100 + i % 60 as text), 2) as clock
    from numbers join bench_days on bench_days.number = (cast(i as bigint) - 1) * ${sql.lit(DAYS)} / ${sql.lit(count)}
  )`;

/**
 * Fills an empty database with a year of executions of three steps each, oldest first, inside the database: forty
 * workflows, five templates, a third of neither; seven in ten live; a few failed, cancelled or waiting.
 */
export async function makeHistory(db: Db, count: number): Promise<void> {
  await sql`create table bench_days (number integer primary key, day text not null)`.execute(db);
  for (let number = 0; number < DAYS; number++) {
    const day = new Date(Date.now() - (DAYS - 1 - number) * 86_400_000).toISOString().slice(0, 10);
    await sql`insert into bench_days values (${number}, ${day})`.execute(db);
  }
  await insertWorkflows(db);
  await insertExecutions(db, count);
  await insertStepRuns(db);
  await insertAttempts(db);
  await insertArtifacts(db);
  for (const [unit, length] of [
    ["day", 10],
    ["month", 7],
  ] as const) {
    const period = sql`substr(day, 1, ${sql.lit(length)})`;
    await sql`
      insert into cost_sums
      select ${sql.lit(unit)}, ${period}, workflow_id, template_id, provider, model, count(*), sum(charged_nano_usd),
        sum(unknown_calls), sum(failed_calls), sum(failed_billed_calls), sum(failed_billed_nano_usd), sum(unused_calls),
        sum(unused_nano_usd), sum(in_doubt_calls), sum(in_doubt_nano_usd), sum(in_doubt_unpriced_calls), 0, 0
      from attempt_costs group by ${period}, workflow_id, template_id, provider, model`.execute(db);
  }
  await sql`
    insert into ended_executions
    select substr(created_at, 1, 10), status, id % 8, count(*) from workflow_executions
    where status in ('completed', 'failed', 'cancelled')
    group by substr(created_at, 1, 10), status, id % 8`.execute(db);
  await sql`analyze`.execute(db);
}

async function insertWorkflows(db: Db): Promise<void> {
  for (let id = 1; id <= WORKFLOWS; id++) {
    const createdAt = "2025-01-01T00:00:00.000Z";
    const values = { name: `Workflow ${id}`, description: "", steps: [], inputs: [], isTemplate: false };
    await insertWorkflow(db, { ...values, createdAt });
  }
}

async function insertExecutions(db: Db, count: number): Promise<void> {
  const steps = JSON.stringify(
    MODELS.map((model, index) => ({
      step_number: index + 1,
      name: `step${index + 1}`,
      ai_provider: model,
      prompt: PROMPT,
      use_previous_output: false,
      parameters: {},
      retry: { max_attempts: 3 },
      timeout_seconds: 600,
      on_error: "fail",
    })),
  );
  const template = sql.raw(
    `case i / 3 % ${TEMPLATES.length} ${TEMPLATES.map((id, index) => `when ${index} then '${id}'`).join(" ")} end`,
  );
  await sql`
    insert into workflow_executions (workflow_id, template_id, title, status, mode, current_step, total_steps, steps,
      initial_input, total_cost_nano_usd, cost_basis, epoch, created_at, started_at, completed_at)
    with recursive ${numbers(count)}
    select
      case when i % 3 = 0 then 1 + i / 3 % ${sql.lit(WORKFLOWS)} end,
      case when i % 3 = 1 then ${template} end,
      'Execution ' || i,
      case when i % 1000 = 3 then 'waiting' when i % 33 = 0 then 'failed' when i % 50 = 7 then 'cancelled' else 'completed' end,
      case when i % 10 < 7 then 'live' else 'rehearsal' end,
      3, 3, ${steps}, 'The topic number ' || i, case when i % 10 < 7 then 60000000 else 0 end,
      case when i % 10 < 7 then 'metered' else 'free' end, 1,
      day || 'T' || clock || '.000Z', day || 'T' || clock || '.010Z',
      case when i % 1000 = 3 then null else day || 'T' || clock || '.900Z' end
    from made order by i`.execute(db);
}

const models = (alias: string) =>
  sql.raw(`case ${alias} ${MODELS.map((model, index) => `when ${index + 1} then '${model}'`).join(" ")} end`);
const providers = (alias: string) =>
  sql.raw(
    `case ${alias} ${MODELS.map((model, index) => `when ${index + 1} then '${model.split(":")[0]}'`).join(" ")} end`,
  );
const THREE = sql`(select 1 as s union all select 2 union all select 3) as three`;

async function insertStepRuns(db: Db): Promise<void> {
  const output = JSON.stringify({
    medium: "text",
    text: "A text that was made of it. ".repeat(4),
    files: [],
  });
  await sql`
    insert into step_runs (execution_id, step_number, item, status, attempts, provider, model, performed_by,
      cost_nano_usd, cost_basis, output, started_at, completed_at)
    select e.id, s, -1, case when s = 3 and e.status <> 'completed' then e.status else 'completed' end, 1,
      case when e.mode = 'live' then ${providers("s")} else 'local' end,
      case when e.mode = 'live' then ${models("s")} else 'local:text' end,
      case when e.mode = 'live' then ${models("s")} else 'local' end,
      case when e.mode = 'live' then 20000000 else 0 end, case when e.mode = 'live' then 'metered' else 'free' end,
      ${output}, e.started_at, e.completed_at
    from workflow_executions e cross join ${THREE}
    order by e.id, s`.execute(db);
}

/** A picture or a sound of each. */
async function insertArtifacts(db: Db): Promise<void> {
  await sql`
    insert into artifacts (id, hash, media_type, bytes, execution_id, step_number, created_at)
    select 'file-' || id, 'hash-' || id, case when id % 2 = 0 then 'image/png' else 'audio/mpeg' end, 1000, id, 2, created_at
    from workflow_executions order by id`.execute(db);
}

async function insertAttempts(db: Db): Promise<void> {
  await sql`
    insert into attempts (id, execution_id, step_number, item, number, status, epoch, provider, model, request_hash,
      reserved_nano_usd, reserved_basis, cost_nano_usd, cost_basis, usage, is_unused, created_at, sent_at, settled_at)
    select 'call-' || e.id || '-' || s, e.id, s, -1, 1,
      case when s = 3 and e.status = 'waiting' then 'in_doubt' when s = 3 and e.status = 'failed' then 'failed' else 'succeeded' end,
      1, case when e.mode = 'live' then ${providers("s")} else 'local' end,
      case when e.mode = 'live' then ${models("s")} else 'local:text' end, 'hash-' || e.id || '-' || s,
      case when e.mode = 'live' then 30000000 else 0 end, case when e.mode = 'live' then 'metered' else 'free' end,
      case when s = 3 and e.status = 'waiting' then null when e.mode = 'live' then 20000000 else 0 end,
      case when s = 3 and e.status = 'waiting' then 'unknown' when e.mode = 'live' then 'metered' else 'free' end,
      '{"output_tokens":900}', 0, e.created_at, e.created_at, e.completed_at
    from workflow_executions e cross join ${THREE}
    order by e.id, s`.execute(db);
}
