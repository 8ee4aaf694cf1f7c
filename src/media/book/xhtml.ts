import type { Block, Heading, Inline } from "./text-tree.ts";

/** Text as it stands in XML, in an attribute too. */
export function xmlText(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

/** Blocks as XHTML; `idOf` names each heading for the table of contents. */
export function blocksToXhtml(blocks: Block[], idOf: (heading: Heading) => string): string {
  return blocks.map((block) => blockToXhtml(block, idOf)).join("\n");
}

function blockToXhtml(block: Block, idOf: (heading: Heading) => string): string {
  switch (block.kind) {
    case "heading":
      return `<h${block.level} id="${idOf(block)}">${inlinesToXhtml(block.children)}</h${block.level}>`;
    case "paragraph":
      return `<p>${inlinesToXhtml(block.children)}</p>`;
    case "quote":
      return `<blockquote>\n${blocksToXhtml(block.blocks, idOf)}\n</blockquote>`;
    case "code":
      return `<pre><code>${xmlText(block.text)}</code></pre>`;
    case "list": {
      const items = block.items.map((item) => `<li>${itemToXhtml(item, idOf)}</li>`).join("\n");
      if (!block.isOrdered) return `<ul${block.isLettered ? ' class="lettered"' : ""}>\n${items}\n</ul>`;
      return `<ol${block.start === 1 ? "" : ` start="${block.start}"`}>\n${items}\n</ol>`;
    }
    case "table":
      return tableToXhtml(block);
    case "rule":
    default:
      return "<hr/>";
  }
}

/** An item of one line needs no paragraph. */
function itemToXhtml(item: Block[], idOf: (heading: Heading) => string): string {
  const [first, ...rest] = item;
  if (first?.kind !== "paragraph") return blocksToXhtml(item, idOf);
  const isTight = rest.every((block) => block.kind === "list");
  if (!isTight) return blocksToXhtml(item, idOf);
  return [inlinesToXhtml(first.children), ...(rest.length > 0 ? [blocksToXhtml(rest, idOf)] : [])].join("\n");
}

function tableToXhtml({ alignments, header, rows }: Extract<Block, { kind: "table" }>): string {
  const cells = (row: Inline[][], tag: "th" | "td"): string =>
    row
      .map((cell, index) => `<${tag} class="${alignments[index] ?? "left"}">${inlinesToXhtml(cell)}</${tag}>`)
      .join("");
  const body = rows.map((row) => `<tr>${cells(row, "td")}</tr>`).join("\n");
  const head = `<thead><tr>${cells(header, "th")}</tr></thead>`;
  return `<table>\n${head}\n${body === "" ? "" : `<tbody>\n${body}\n</tbody>\n`}</table>`;
}

const TAGS = { strong: "strong", emphasis: "em", deleted: "s" } as const;

export function inlinesToXhtml(nodes: Inline[], isInLink = false): string {
  return nodes
    .map((node) => {
      switch (node.kind) {
        case "text":
          return xmlText(node.text);
        case "code":
          return `<code>${xmlText(node.text)}</code>`;
        case "break":
          return "<br/>";
        case "link": {
          const inside = inlinesToXhtml(node.children, true);
          return isInLink ? inside : `<a href="${xmlText(node.address)}">${inside}</a>`;
        }
        case "strong":
        case "emphasis":
        case "deleted":
        default:
          return `<${TAGS[node.kind]}>${inlinesToXhtml(node.children, isInLink)}</${TAGS[node.kind]}>`;
      }
    })
    .join("");
}
