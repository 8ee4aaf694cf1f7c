import { loadPriceList, pricesOf, type Price } from "../src/pricing/price-list.ts";
import {
  FAMILIES,
  MODELS,
  PROVIDER_SETTINGS,
  type ModelEntry,
  type ProviderFacts,
} from "../src/providers/catalogue-data.ts";
import { longDate } from "../src/workflow/typography.ts";

const KINDS: [ProviderFacts["kind"], string, string][] = [
  [
    "vendor",
    "Vendors",
    "Each is called with a key of your own, set as an environment variable or given on the settings page ([keys of the page](configuration.md#keys-of-the-page)). An address replaces the vendor’s, for a proxy or a server that speaks the same language; the path of the usual address, such as `/v1`, is part of it.",
  ],
  [
    "gateway",
    "Unofficial gateways",
    "Midjourney and Suno have no official API. Relais ships no gateway and recommends none: it calls one that you bring, once its address is set. **This may breach the vendor’s terms.** Where no gateway is set the families `midjourney` and `suno` stand for official models of the same kind (below).",
  ],
  [
    "own_machine",
    "Servers of your own",
    "Set the address of the server, or `RELAIS_LOCAL_DISCOVERY=1` to have those on this machine found at their usual ports. What runs on this machine or in a private network costs nothing.",
  ],
];

/** `docs/providers.md`, made from the data that Relais runs on: with the prices of the day when they were last checked. */
export function providerDocument(): string {
  const day = loadPriceList().prices.reduce(
    (latest, { checked }) => (checked > latest ? checked : latest),
    "",
  );
  const sections = KINDS.map(([kind, title, lead]) => {
    const providers = PROVIDER_SETTINGS.filter((provider) => provider.kind === kind);
    const tables = providers.flatMap((one) => modelTable(one, day));
    return [`## ${title}`, lead, providerTable(providers)].concat(tables).join("\n\n");
  });
  return [
    "# Providers",
    "Made by `npm run docs` from `src/providers/` and `src/pricing/`; edit those. `npx relais providers` shows the same with what is set on your machine, and `npx relais models --check` asks the vendors whose key is set what has changed.",
    `Without any key every workflow can be rehearsed for $0 by the built-in generators (\`local:${localKinds()}\`). A model that is not listed can be named as \`provider:model\`: it runs, and its price is unknown until your own price list has it ([prices](prices.md)).`,
    ...sections,
    "## Word times",
    "Captions need to know when each word is heard. Of the voices and transcripts above, these say so; Voxtral 3 times passages, which Relais shares out among their words. For speech of any other voice, `captions` takes the times of a transcript step, or else spreads its words over the recording ([deliverables](deliverables.md#captions)).",
    markdownTable(["makes", "with the times of its words"], timedRows()),
    "## Families",
    "A family is the name that people know; it stands for a live model. `RELAIS_FAMILIES` changes what it stands for.",
    markdownTable(["family", "stands for", "without its gateway"], familyRows()),
  ]
    .join("\n\n")
    .concat("\n");
}

function localKinds(): string {
  return MODELS.filter(({ provider, composed }) => provider === "local" && !composed)
    .map(({ modality }) => modality)
    .join("`, `local:");
}

function providerTable(providers: ProviderFacts[]): string {
  const rows = providers.map(({ id, name, modalities, settings, documentation }) => [
    documentation === null ? name : `[${name}](${documentation})`,
    `\`${id}\``,
    modalities.join(", "),
    names(settings.apiKey, settings.apiKeyAliases),
    names(settings.baseUrl, settings.baseUrlAliases),
    settings.defaultBaseUrl === null ? "–" : `\`${settings.defaultBaseUrl}\``,
  ]);
  return markdownTable(["provider", "id", "makes", "key", "address", "usual address"], rows);
}

function names(name: string | null, aliases: string[]): string {
  if (name === null) return "–";
  const others = aliases.length === 0 ? "" : ` (or ${aliases.map((alias) => `\`${alias}\``).join(", ")})`;
  return `\`${name}\`${others}`;
}

function modelTable({ id, name, kind }: ProviderFacts, day: string): string[] {
  const models = MODELS.filter(({ provider }) => provider === id);
  if (models.length === 0) return [];
  const rows = models.map((model) => [
    `\`${model.id}\``,
    model.modality,
    model.takes.join(", ") || "–",
    priceText(model, { kind, day }),
    stateText(model, day),
  ]);
  return [`### ${name}`, markdownTable(["model", "makes", "takes beside text", "price", "state"], rows)];
}

function stateText({ status, shutdown_date: lastDay, replacement }: ModelEntry, day: string): string {
  if (status === "live") return "live";
  const date = lastDay === null ? "a day not known" : longDate(lastDay).en;
  const instead = replacement === null ? "" : `, then \`${replacement}\``;
  if (status === "shut_down") return `gone since ${date}${instead}`;
  const isOver = lastDay !== null && lastDay <= day;
  return `${isOver ? "was to be gone on" : "until"} ${date}${instead}`;
}

const UNIT_NAMES: Record<Price["unit"], string> = {
  input_token: "in",
  cached_input_token: "cached",
  cache_write_input_token: "written to the cache",
  image_input_token: "picture in",
  output_token: "out",
  image: "a picture",
  input_image: "a picture that goes in",
  megapixel: "a megapixel",
  character: "of characters",
  video_second: "a second of video",
  audio_second: "a second of sound",
  generation: "a call",
  credit: "a credit",
};

function priceText(model: ModelEntry, { kind, day }: { kind: ProviderFacts["kind"]; day: string }): string {
  if (model.status === "shut_down") return "–";
  const prices = pricesOf(loadPriceList(), model.id, day);
  if (prices.length === 0) return kind === "own_machine" ? "free on your own machine" : "unknown";
  return prices.map(onePrice).join("; ");
}

function onePrice({
  unit,
  usd,
  per,
  when = {},
  above_input_tokens: above,
  is_approximate: isApproximate,
}: Price): string {
  const amount = `${isApproximate ? "~" : ""}$${usd}`;
  const quantity = per === 1 ? "" : per === 1_000_000 ? " / 1M" : ` / ${per.toLocaleString("en")}`;
  const conditions = Object.entries(when).map(([name, value]) => `${name} ${value}`);
  if (above !== null) conditions.push(`over ${above.toLocaleString("en")} tokens`);
  const where = conditions.length === 0 ? "" : ` (${conditions.join(", ")})`;
  return `${amount}${quantity} ${UNIT_NAMES[unit]}${where}`;
}

function timedRows(): string[][] {
  const timed = MODELS.filter((model) => model.times_words && model.status !== "shut_down");
  return (["speech", "transcript"] as const).map((modality) => [
    modality,
    timed
      .filter((model) => model.modality === modality)
      .map(({ id }) => `\`${id}\``)
      .join(", "),
  ]);
}

function familyRows(): string[][] {
  return FAMILIES.map(({ id, model, fallback }) => [
    `\`${id}\``,
    `\`${model}\``,
    fallback === null ? "–" : `\`${fallback.model}\``,
  ]);
}

/** Columns as wide as their widest cell, as the formatter leaves them. */
function markdownTable(headings: string[], rows: string[][]): string {
  const all = [headings, ...rows];
  const widths = headings.map((_, column) => Math.max(3, ...all.map((row) => row[column]?.length ?? 0)));
  const line = (cells: string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return [line(headings), rule, ...rows.map(line)].join("\n");
}
