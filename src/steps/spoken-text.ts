/** What Markdown writes that nobody reads out, in the order in which it is taken away. */
const RULES: readonly [RegExp, string][] = [
  [/\r\n?/g, "\n"],
  // Code is not read out; pictures are, by their description.
  [/^ {0,3}(```|~~~)[^\n]*\n[\s\S]*?(?:^ {0,3}\1[`~]*[ \t]*$|(?![\s\S]))/gm, ""],
  [/<!--[\s\S]{0,5000}?-->/g, ""],
  [/<(script|style)\b[\s\S]{0,50000}?<\/\1\s*>/gi, ""],
  [/!\[([^\][\n]{0,500})\]\([^()\n]{0,2000}\)/g, "$1"],
  [/\[([^\][\n]{1,500})\]\([^()\n]{0,2000}\)/g, "$1"],
  [/\[([^\][\n]{1,500})\]\[[^\][\n]{0,500}\]/g, "$1"],
  [/^ {0,3}\[[^\][\n]{1,500}\]:[ \t]+\S.*$/gm, ""],
  [/\[\^[^\][\n]{1,100}\]:?/g, ""],
  [/<(https?:\/\/[^<>\s]{1,2000})>/g, "$1"],
  [/<br\s*\/?>/gi, "\n"],
  [/<\/?[a-z][^<>\n]{0,2000}>/gi, ""],
  // Headings, by a line under them or by marks before them; rules; the line under the head of a table.
  [/^[ \t]*(?:=+|-{2,}|(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})[ \t]*$/gm, ""],
  [/^[ \t]*\|?(?:[ \t]*:?-+:?[ \t]*\|)+(?:[ \t]*:?-+:?[ \t]*)?$/gm, ""],
  [/^[ \t]*#{1,6}[ \t]+(.*?)[ \t]*#*[ \t]*$/gm, "$1"],
  [/^(?:[ \t]*>[ \t]?)+/gm, ""],
  [/^[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?/gm, ""],
  [/^[ \t]*\|(.*?)\|?[ \t]*$/gm, "$1"],
  [/[ \t]+\|[ \t]+/g, ", "],
  [/(\*\*\*|___)(?=\S)([\s\S]{0,2000}?\S)\1/g, "$2"],
  [/(\*\*|__)(?=\S)([\s\S]{0,2000}?\S)\1/g, "$2"],
  [/(?<![\w*])\*(?=[^\s*])([^*\n]{0,2000}?[^\s*])\*(?![\w*])/g, "$1"],
  [/(?<![\w_])_(?=[^\s_])([^_\n]{0,2000}?[^\s_])_(?![\w_])/g, "$1"],
  [/~~(?=\S)([\s\S]{0,2000}?\S)~~/g, "$1"],
  [/(`{1,5})([^`\n]{1,2000})\1/g, "$2"],
  [/\\([\\`*_{}[\]()#+.!|>~-])/g, "$1"],
  [/&nbsp;/g, " "],
  [/&amp;/g, "&"],
  [/&lt;/g, "<"],
  [/&gt;/g, ">"],
];

/** The words of a Markdown text, as a voice reads them: no marks, links by their words, code and comments left out. */
export function spokenText(markdown: string): string {
  let text = markdown;
  for (const [pattern, replacement] of RULES) text = text.replace(pattern, replacement);
  const lines = text.split("\n").map((line) => line.trim());
  return lines
    .join("\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}
