import { createElement, useEffect, useState, type ReactNode } from "react";
import { pathIn, type Book } from "./epub-book.ts";
import classes from "./epub-reader.module.css";

/** Elements that are shown, each as what it is; headings stand below those of the page. */
const KEPT: Record<string, string> = {
  p: "p",
  h1: "h4",
  h2: "h5",
  h3: "h6",
  h4: "h6",
  h5: "h6",
  h6: "h6",
  div: "div",
  section: "section",
  article: "div",
  header: "div",
  footer: "div",
  aside: "aside",
  main: "div",
  nav: "div",
  hgroup: "div",
  ul: "ul",
  ol: "ol",
  li: "li",
  dl: "dl",
  dt: "dt",
  dd: "dd",
  blockquote: "blockquote",
  pre: "pre",
  code: "code",
  figure: "figure",
  figcaption: "figcaption",
  table: "table",
  thead: "thead",
  tbody: "tbody",
  tfoot: "tfoot",
  tr: "tr",
  th: "th",
  td: "td",
  caption: "caption",
  span: "span",
  em: "em",
  i: "i",
  strong: "strong",
  b: "b",
  u: "u",
  s: "s",
  small: "small",
  sub: "sub",
  sup: "sup",
  q: "q",
  cite: "cite",
  abbr: "abbr",
  mark: "mark",
  time: "time",
  ruby: "ruby",
  rt: "rt",
  rp: "rp",
  br: "br",
  hr: "hr",
  wbr: "wbr",
};
const EMPTY = new Set(["br", "hr", "wbr"]);
/** What these hold is not for readers. Everything else that is not kept gives way to what it holds. */
const LEFT_OUT = new Set([
  "script",
  "style",
  "template",
  "head",
  "title",
  "iframe",
  "object",
  "embed",
  "noscript",
]);

const MAX_DEPTH = 120;
const MAX_ELEMENTS = 30_000;

interface ChapterTextProps {
  book: Book;
  path: string;
  document: Document;
  onOpen: (place: { path: string; fragment: string | null }) => void;
}

/**
 * A chapter, made anew from what its document says: only the elements above, with no attribute but its language, its
 * direction and the size of a cell. No style, script, event or address of the book ever comes into the page; pictures come
 * out of the book itself, and links lead to its other chapters, or leave on being pressed.
 */
export function ChapterText({ book, path, document, onOpen }: ChapterTextProps) {
  const budget = { elements: MAX_ELEMENTS };
  const show = (node: Node, depth: number, key: number): ReactNode => {
    if (node.nodeType === Node.TEXT_NODE) {
      return node.nodeValue;
    }
    if (!(node instanceof Element) || depth > MAX_DEPTH || LEFT_OUT.has(node.localName)) {
      return null;
    }
    budget.elements -= 1;
    if (budget.elements < 0) {
      return null;
    }
    const within = () => [...node.childNodes].map((child, index) => show(child, depth + 1, index));
    if (node.localName === "img" || node.localName === "image") {
      return (
        <BookPicture
          key={key}
          book={book}
          path={pictureOf(node, path)}
          label={node.getAttribute("alt") ?? ""}
        />
      );
    }
    if (node.localName === "a") {
      return (
        <BookLink key={key} href={node.getAttribute("href") ?? ""} path={path} id={node.id} onOpen={onOpen}>
          {within()}
        </BookLink>
      );
    }
    const name = KEPT[node.localName] ?? "span";
    const props = { key, ...attributesOf(node) };
    return EMPTY.has(name) ? createElement(name, props) : createElement(name, props, ...within());
  };
  const body = document.getElementsByTagNameNS("*", "body")[0];
  return <>{body === undefined ? null : [...body.childNodes].map((child, index) => show(child, 0, index))}</>;
}

function attributesOf(element: Element) {
  const language = element.getAttribute("lang") ?? element.getAttribute("xml:lang");
  const direction = element.getAttribute("dir");
  return {
    ...(element.id !== "" && { "data-place": element.id }),
    ...(language !== null && /^[A-Za-z\d-]{2,35}$/.test(language) && { lang: language }),
    ...((direction === "rtl" || direction === "ltr") && { dir: direction }),
    ...cellSize(element, "colspan", "colSpan"),
    ...cellSize(element, "rowspan", "rowSpan"),
  };
}

function cellSize(element: Element, name: string, property: string) {
  const size = Number(element.getAttribute(name));
  return Number.isInteger(size) && size > 1 && size <= 50 ? { [property]: size } : {};
}

function pictureOf(element: Element, path: string): string {
  const source =
    element.getAttribute("src") ?? element.getAttribute("href") ?? element.getAttribute("xlink:href");
  return pathIn(path, source ?? "").path;
}

interface BookPictureProps {
  book: Book;
  path: string;
  label: string;
}

function BookPicture({ book, path, label }: BookPictureProps) {
  const [address, setAddress] = useState<string | null>(null);
  useEffect(() => {
    let made: string | null = null;
    let isOver = false;
    const show = (picture: Blob | null) => {
      if (picture !== null && !isOver) {
        made = URL.createObjectURL(picture);
        setAddress(made);
      }
    };
    book.readPicture(path).then(show, () => undefined);
    return () => {
      isOver = true;
      if (made !== null) {
        URL.revokeObjectURL(made);
      }
    };
  }, [book, path]);
  return address === null ? (
    <span className={classes.noPicture}>{label}</span>
  ) : (
    <img src={address} alt={label} />
  );
}

interface BookLinkProps {
  href: string;
  path: string;
  id: string;
  onOpen: ChapterTextProps["onOpen"];
  children: ReactNode;
}

function BookLink({ href, path, id, onOpen, children }: BookLinkProps) {
  const place = id === "" ? {} : { "data-place": id };
  if (/^https?:\/\//i.test(href)) {
    return (
      <a {...place} href={href} target="_blank" rel="noopener noreferrer nofollow">
        {children}
      </a>
    );
  }
  if (href === "" || /^[a-z][a-z\d+.-]*:/i.test(href)) {
    return <span {...place}>{children}</span>;
  }
  return (
    <button
      {...place}
      type="button"
      className={classes.link}
      onClick={() => {
        onOpen(pathIn(path, href));
      }}
    >
      {children}
    </button>
  );
}
