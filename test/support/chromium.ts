import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { chromium, type Browser } from "playwright-core";
import packageJson from "../../package.json" with { type: "json" };

const CACHE = fileURLToPath(new URL("../../node_modules/.cache/relais/", import.meta.url));
const UNPACKER = fileURLToPath(new URL("unpack-chromium-child.ts", import.meta.url));
/** Makes the package unpack its own NSS libraries too, so that nothing has to be installed on the machine. */
const WITH_LIBRARIES = { AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x" };

/** A headless Chromium: the one named by `CHROMIUM_PATH`, otherwise the one from npm, which is for Linux on x64. */
export async function launchChromium(): Promise<Browser> {
  const own = process.env["CHROMIUM_PATH"];
  if (own) return chromium.launch({ executablePath: own, args: ["--no-sandbox"] });
  const folder = await unpackedFolder();
  return chromium.launch({
    executablePath: path.join(folder, "chromium"),
    args: ["--no-sandbox"],
    env: {
      ...process.env,
      LD_LIBRARY_PATH: path.join(folder, "al2023", "lib"),
      FONTCONFIG_FILE: path.join(folder, "fonts.conf"),
    },
  });
}

/** Unpacks once for each version, 210 MB, beside the other things that are made from the dependencies. */
async function unpackedFolder(): Promise<string> {
  const folder = path.join(CACHE, `chromium-${packageJson.devDependencies["@sparticuz/chromium"]}`);
  if (existsSync(folder)) return folder;
  mkdirSync(CACHE, { recursive: true });
  const scratch = mkdtempSync(path.join(CACHE, "chromium-"));
  try {
    await promisify(execFile)(process.execPath, [UNPACKER], {
      env: { ...process.env, ...WITH_LIBRARIES, TMPDIR: scratch },
    });
    writeFileSync(path.join(scratch, "fonts.conf"), fontsOf(folder));
    renameSync(scratch, folder);
  } catch (error) {
    rmSync(scratch, { recursive: true, force: true });
    // Another test file has unpacked it meanwhile.
    if (!existsSync(folder)) throw error;
  }
  return folder;
}

/** The fonts of the package and of the machine; the file that comes with the package looks for them elsewhere. */
function fontsOf(folder: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${path.join(folder, "fonts")}</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>${path.join(folder, "font-cache")}</cachedir>
</fontconfig>
`;
}
