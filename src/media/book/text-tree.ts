/** Text as a book holds it: plain data, without a mark of Markdown, HTML or Typst left in it. */
export type Inline =
  | { kind: "text"; text: string }
  | { kind: "code"; text: string }
  | { kind: "strong" | "emphasis" | "deleted"; children: Inline[] }
  | { kind: "link"; address: string; children: Inline[] }
  | { kind: "break" };

export type Alignment = "left" | "center" | "right";

export interface Heading {
  kind: "heading";
  /** 2 to 6: level 1 is the chapter's title. */
  level: number;
  children: Inline[];
}

interface List {
  kind: "list";
  isOrdered: boolean;
  start: number;
  /** Its items bring their own letters, `A.`, `B.` …, as the choices of a quiz, and need no other mark. */
  isLettered: boolean;
  items: Block[][];
}

export type Block =
  | Heading
  | { kind: "paragraph"; children: Inline[] }
  | { kind: "quote"; blocks: Block[] }
  | { kind: "code"; text: string }
  | List
  | { kind: "table"; alignments: Alignment[]; header: Inline[][]; rows: Inline[][][] }
  | { kind: "rule" };

/** What is read of inline nodes, on one line. */
export function plainText(nodes: Inline[]): string {
  return nodes
    .map((node) => {
      if (node.kind === "break") return " ";
      return node.kind === "text" || node.kind === "code" ? node.text : plainText(node.children);
    })
    .join("")
    .replace(/ +/g, " ")
    .trim();
}
