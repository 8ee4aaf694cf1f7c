import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import packageFile from "../../package.json" with { type: "json" };
import { messageOf, RelaisError, type Language, type LocalText } from "../errors.ts";
import type { CostGrouping } from "../http/cost-schemas.ts";
import { DECISIONS } from "../workflow/statuses.ts";
import { CommandFailure, EXIT, type ExitCode } from "./command-failure.ts";
import { languageOfArguments, LANGUAGES } from "./language.ts";
import type { CapChanges } from "./caps.ts";
import type { RerunOptions } from "./rerun.ts";
import type { RunOptions } from "./run.ts";
import { createTerminal, type Terminal } from "./terminal.ts";
import { sayUsage, USAGE } from "./usage.ts";

/** The command line of Relais. Ends the process with the exit code of the command. */
export async function main(argv: string[]): Promise<void> {
  const terminal = createTerminal(languageOfArguments(argv.slice(2), process.env));
  // Calls that were given up may still be open; everything that counts is on disk by now.
  process.exit(await exitCodeOf(argv, terminal));
}

async function exitCodeOf(argv: string[], terminal: Terminal): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.completed;
  const program = createProgram(terminal, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(argv);
    return exitCode;
  } catch (error) {
    return report(error, terminal);
  }
}

/** Says in a sentence what went wrong. */
function report(error: unknown, terminal: Terminal): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.completed : EXIT.usage;
  if (error instanceof CommandFailure) {
    terminal.note(error.detail);
    return error.exitCode;
  }
  if (error instanceof RelaisError || hasDetail(error)) {
    terminal.note(error.detail);
    return EXIT.failed;
  }
  terminal.note({
    fr: `Relais s’est arrêté sur une erreur qu’il n’avait pas prévue : ${messageOf(error)}`,
    en: `Relais stopped at an error that it had not foreseen: ${messageOf(error)}`,
  });
  return EXIT.failed;
}

/** Errors of other layers that carry a sentence, such as a port that is taken. */
function hasDetail(error: unknown): error is Error & { detail: LocalText } {
  return error instanceof Error && error.name === "ListenError";
}

function createProgram(terminal: Terminal, finish: (code: ExitCode) => void): Command {
  const { language } = terminal;
  const program = new Command("relais")
    .description(USAGE.relais[language])
    .version(packageFile.version, "-V, --version", USAGE.version[language])
    .addOption(new Option("--lang <fr|en>", USAGE.lang[language]).choices([...LANGUAGES]));
  sayUsage(program, language);
  const command = (nameAndArguments: string, description: LocalText): Command => {
    const added = program.command(nameAndArguments).description(description[language]);
    sayUsage(added, language);
    return added.addOption(
      new Option("--lang <fr|en>", USAGE.lang[language]).choices([...LANGUAGES]).hideHelp(),
    );
  };
  addServerCommands(command, terminal, finish);
  addRunCommand(command("run <target>", USAGE.run), terminal, finish);
  addRerunCommand(command("rerun", USAGE.rerun), terminal, finish);
  command("templates", USAGE.templates).action(async () => {
    const [{ templates }, { connect }] = [await import("./templates.ts"), await import("./client.ts")];
    const client = await connect(await settings(), language);
    finish(await templates(client, terminal).finally(() => client.close({ graceMs: 0 })));
  });
  command("providers", USAGE.providers).action(async () => {
    const [{ listProviders }, { connect }] = [
      await import("./list-providers.ts"),
      await import("./client.ts"),
    ];
    const client = await connect(await settings(), language);
    finish(await listProviders(client, terminal).finally(() => client.close({ graceMs: 0 })));
  });
  addCostsCommand(command("costs", USAGE.costs), terminal, finish);
  addCapsCommand(command("caps", USAGE.caps), terminal, finish);
  command("models", USAGE.models)
    .option("--check", USAGE.check[language], false)
    .action(async ({ check }: { check: boolean }) => {
      const show = check
        ? (await import("./check-models.ts")).checkModels
        : (await import("./models.ts")).listModels;
      finish(await show(await settings(), terminal));
    });
  addDecideCommand(command("decide", USAGE.decide), terminal, finish);
  command("secret", USAGE.secret).action(async () => {
    const { printSecret } = await import("./secret.ts");
    finish(printSecret(terminal));
  });
  command("validate <file>", USAGE.validate).action(async (file: string) => {
    const { validate } = await import("./validate.ts");
    finish(validate(file, terminal));
  });
  return program;
}

function addServerCommands(
  command: (name: string, description: LocalText) => Command,
  terminal: Terminal,
  finish: (code: ExitCode) => void,
): void {
  command("serve", USAGE.serve)
    .option("--no-build", USAGE.noBuild[terminal.language])
    .option("--no-worker", USAGE.noWorker[terminal.language])
    .action(async ({ build: buildsPage, worker }: { build: boolean; worker: boolean }) => {
      const { serve } = await import("./serve.ts");
      const overrides = { worksOnNothing: !worker };
      finish(await serve({ settings: await settings(), terminal, buildsPage, overrides }));
    });
  command("worker", USAGE.worker).action(async () => {
    const { work } = await import("./worker.ts");
    finish(await work(await settings(), terminal));
  });
  command("build", USAGE.build).action(async () => {
    const { build } = await import("./build.ts");
    finish(await build(terminal));
  });
}

interface CostFlags {
  by: CostGrouping;
  from?: string;
  to?: string;
  csv?: string;
}

function addCostsCommand(command: Command, terminal: Terminal, finish: (code: ExitCode) => void): void {
  const { language } = terminal;
  command
    .addOption(
      new Option("--by <group>", USAGE.by[language])
        .choices(["day", "month", "workflow", "provider", "model", "modality"])
        .default("day"),
    )
    .option("--from <day>", USAGE.fromDay[language])
    .option("--to <day>", USAGE.toDay[language])
    .option("--csv <file>", USAGE.csv[language])
    .action(async ({ by, from, to, csv }: CostFlags) => {
      const [{ showCosts }, { connect }] = [await import("./costs.ts"), await import("./client.ts")];
      const client = await connect(await settings(), language);
      const options = { by, from, to, csvFile: csv };
      finish(await showCosts(client, options, terminal).finally(() => client.close({ graceMs: 0 })));
    });
}

interface RunFlags {
  topic: string;
  rehearse: boolean;
  out?: string;
  input: string[];
  cap?: number;
  unpriced: RunOptions["unpriced"];
  reuse: boolean;
}

function addRunCommand(command: Command, terminal: Terminal, finish: (code: ExitCode) => void): void {
  const { language } = terminal;
  command
    .option("--topic <text>", USAGE.topic[language], "")
    .option("--rehearse", USAGE.rehearse[language], false)
    .option("--out <folder>", USAGE.out[language])
    .option(
      "--input <name=value>",
      USAGE.input[language],
      (pair: string, all: string[]) => [...all, pair],
      [],
    )
    .option("--cap <usd>", USAGE.cap[language], (text) => readCap(text, language))
    .addOption(
      new Option("--unpriced <refuse|allow>", USAGE.unpriced[language])
        .choices(["refuse", "allow"])
        .default("refuse"),
    )
    .option("--reuse", USAGE.reuse[language], false)
    .action(async (target: string, flags: RunFlags) => {
      const { run } = await import("./run.ts");
      const options: RunOptions = {
        target,
        topic: flags.topic,
        isRehearsal: flags.rehearse,
        outFolder: flags.out ?? null,
        inputs: flags.input,
        capUsd: flags.cap ?? null,
        unpriced: flags.unpriced,
        reusesResults: flags.reuse,
      };
      finish(await run(await settings(), options, terminal));
    });
}

interface RerunFlags {
  from?: number;
  failedItems: boolean;
  current: boolean;
  dryRun: boolean;
  reuse: boolean;
  out?: string;
  cap?: number;
}

function addRerunCommand(command: Command, terminal: Terminal, finish: (code: ExitCode) => void): void {
  const { language } = terminal;
  command
    .argument("<execution>", "", (text) => readNumber(text, USAGE.wrongExecution[language]))
    .option("--from <step>", USAGE.from[language], (text) => readNumber(text, USAGE.wrongStep[language]))
    .option("--failed-items", USAGE.failedItems[language], false)
    .option("--current", USAGE.current[language], false)
    .option("--dry-run", USAGE.dryRun[language], false)
    .option("--reuse", USAGE.reuse[language], false)
    .option("--out <folder>", USAGE.out[language])
    .option("--cap <usd>", USAGE.cap[language], (text) => readCap(text, language))
    .action(async (executionId: number, flags: RerunFlags) => {
      const { rerun } = await import("./rerun.ts");
      const options: RerunOptions = {
        executionId,
        fromStep: flags.from ?? null,
        failedItemsOnly: flags.failedItems,
        usesCurrentSteps: flags.current,
        isDryRun: flags.dryRun,
        reusesResults: flags.reuse,
        outFolder: flags.out ?? null,
        capUsd: flags.cap ?? null,
      };
      finish(await rerun(await settings(), options, terminal));
    });
}

function readNumber(text: string, rule: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new InvalidArgumentError(rule);
}

function addCapsCommand(command: Command, terminal: Terminal, finish: (code: ExitCode) => void): void {
  const { language } = terminal;
  const act = async (changes: CapChanges | null): Promise<void> => {
    const [{ showCaps }, { connect }] = [await import("./caps.ts"), await import("./client.ts")];
    const client = await connect(await settings(), language);
    finish(await showCaps(client, terminal, changes).finally(() => client.close({ graceMs: 0 })));
  };
  command.action(async () => await act(null));
  const set = command.command("set").description(USAGE.capsSet[language]);
  sayUsage(set, language);
  const read = (text: string): number | "none" => readCapOrNone(text, language);
  set
    .option("--day <usd>", USAGE.capDay[language], read)
    .option("--month <usd>", USAGE.capMonth[language], read)
    .option("--total <usd>", USAGE.capTotal[language], read)
    .option("--for <workflow>", USAGE.capFor[language])
    .action(async (flags: CapChanges) => await act(flags));
}

function readCapOrNone(text: string, language: Language): number | "none" {
  return text === "none" ? text : readUsd(text, USAGE.wrongCapOrNone[language]);
}

interface DecideFlags {
  step?: number;
  item?: number;
  cap?: number;
  edit?: string;
  out?: string;
}

function addDecideCommand(command: Command, terminal: Terminal, finish: (code: ExitCode) => void): void {
  const { language } = terminal;
  const number = (text: string): number => readIndex(text, language);
  command
    .argument("<run>", "", number)
    .argument("<decision>")
    .option("--step <number>", USAGE.step[language], number)
    .option("--item <number>", USAGE.item[language], number)
    .option("--cap <usd>", USAGE.newCap[language], (text) => readCap(text, language))
    .option("--edit <file>", USAGE.edit[language])
    .option("--out <folder>", USAGE.out[language])
    .action(async (executionId: number, asked: string, flags: DecideFlags) => {
      const { decide } = await import("./decide.ts");
      const decision = DECISIONS.find((known) => known === asked.replace("-", "_"));
      if (decision === undefined) throw wrongDecision(asked);
      const options = {
        executionId,
        decision,
        step: flags.step ?? null,
        item: flags.item ?? null,
        capUsd: flags.cap ?? null,
        editFile: flags.edit ?? null,
        outFolder: flags.out ?? null,
      };
      finish(await decide(await settings(), options, terminal));
    });
}

function wrongDecision(asked: string): CommandFailure {
  const known = DECISIONS.join(", ");
  const detail = {
    fr: `« ${asked} » n’est pas une décision. Il faut une de celles-ci : ${known}. Rien n’a changé.`,
    en: `“${asked}” is no decision. It takes one of these: ${known}. Nothing has changed.`,
  };
  return new CommandFailure(detail, EXIT.usage);
}

/** A number that may be 0, as the first item is. */
function readIndex(text: string, language: Language): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new InvalidArgumentError(USAGE.wrongNumber[language]);
}

function readCap(text: string, language: Language): number {
  return readUsd(text, USAGE.wrongCap[language]);
}

function readUsd(text: string, whatItTakes: string): number {
  if (/^\d+(\.\d+)?$/.test(text) && Number(text) <= 1_000_000) return Number(text);
  throw new InvalidArgumentError(whatItTakes);
}

async function settings() {
  const { readSettings } = await import("./config.ts");
  return readSettings(process.env);
}
