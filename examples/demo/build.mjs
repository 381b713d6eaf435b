// The demo as a folder of files that any web server can give out.

import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { readDigits } from "../digits/file.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));

/** Where it goes; ignored by git. */
export const SITE = join(here, "site");

export async function buildSite() {
  await build({
    absWorkingDir: here,
    entryPoints: ["main.ts", "worker.ts", "page.css"],
    outdir: SITE,
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    logLevel: "warning",
  });
  cpSync(join(here, "index.html"), join(SITE, "index.html"));
  writeFileSync(join(SITE, "digits.csv"), readDigits());
}
