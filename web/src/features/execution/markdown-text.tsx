import { memo, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import Markdown, { type Components } from "react-markdown";
import remarkGfm from "remark-gfm";
import classes from "./execution.module.css";

/** Longer texts are shown as they are: laying them out again at each piece would slow the page down. */
const MAX_MARKDOWN_CHARACTERS = 60_000;
const PLUGINS = [remarkGfm];

/**
 * What a model wrote, laid out. HTML in it shows as text; links leave without telling where from; pictures are not
 * fetched, so that a text cannot report that it was read. Headings stand below those of the page.
 */
const COMPONENTS: Components = {
  h1: ({ children }) => <h4 className={classes.h1}>{children}</h4>,
  h2: ({ children }) => <h5 className={classes.h2}>{children}</h5>,
  h3: ({ children }) => <h6 className={classes.h3}>{children}</h6>,
  h4: ({ children }) => <h6 className={classes.h3}>{children}</h6>,
  // An address that is refused, such as `javascript:`, arrives empty: then it is no link.
  a: ({ href, children }) =>
    href ? (
      <a href={href} target="_blank" rel="noopener noreferrer nofollow">
        {children}
      </a>
    ) : (
      <span>{children}</span>
    ),
  img: ({ alt, src }) => <RefusedImage alt={alt ?? ""} source={typeof src === "string" ? src : ""} />,
  table: ({ children }) => <ScrollingTable>{children}</ScrollingTable>,
};

/** Laid out anew only when the text has changed: a page of them is drawn again and again while others are written. */
export default memo(function MarkdownText({ text }: { text: string }) {
  if (text.length > MAX_MARKDOWN_CHARACTERS) {
    return <p className={classes.plain}>{text}</p>;
  }
  return (
    <div className={classes.prose}>
      <Markdown remarkPlugins={PLUGINS} components={COMPONENTS}>
        {text}
      </Markdown>
    </div>
  );
});

function RefusedImage({ alt, source }: { alt: string; source: string }) {
  const { t } = useTranslation();
  return (
    <span className={classes.refused}>{t("execution.refusedImage", { alt: alt === "" ? source : alt })}</span>
  );
}

function ScrollingTable({ children }: { children?: ReactNode }) {
  return (
    <div className={classes.tableFrame}>
      <table>{children}</table>
    </div>
  );
}
