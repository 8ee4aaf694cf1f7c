import { Resvg } from "@resvg/resvg-js";
import { z } from "zod";
import { serveWorker } from "../../media/child-worker.ts";
import { LABEL_FONT_FILE, TITLE_FONT_FILE } from "./fonts.ts";

/** Turns SVG into PNG; drawing takes up to two seconds, in which a process can do nothing else. */
serveWorker(z.object({ svgs: z.array(z.string()) }), ({ svgs }, onProgress) =>
  svgs.map((svg, index) => {
    const options = {
      font: {
        loadSystemFonts: false,
        fontFiles: [TITLE_FONT_FILE, LABEL_FONT_FILE],
        defaultFontFamily: "Inter",
      },
    };
    const png = new Resvg(svg, options).render().asPng();
    onProgress((index + 1) / svgs.length);
    return png;
  }),
);
