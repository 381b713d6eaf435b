/** What a run leaves behind: what was measured, of what, on what, when. */

import { existsSync, readFileSync } from "node:fs";
import { arch, cpus, platform, release, totalmem } from "node:os";
import { backend } from "adam-wasm";
import { ask } from "../../scripts/lib/exec.mjs";
import { inRoot } from "../../scripts/lib/paths.mjs";

/** Of the form of records: another one is another number. */
export const FORMAT = 1;

const HUGE_PAGES = "/sys/kernel/mm/transparent_hugepage/enabled";

/** The record of a run that begins now; suites add what they find under their names. */
export async function newRecord({ effort, quick }) {
  const processors = cpus();
  return {
    format: FORMAT,
    date: new Date().toISOString(),
    package: {
      version: JSON.parse(readFileSync(inRoot("package.json"), "utf8")).version,
      commit: await ask("git", ["describe", "--always", "--dirty", "--abbrev=12"]),
      kernel: backend().kind,
    },
    machine: {
      processor: processors[0]?.model.trim() ?? "unknown",
      cores: processors.length,
      gibibytes: Math.round(totalmem() / 2 ** 30),
      system: `${platform()} ${arch()} ${release()}`,
      hugePages: existsSync(HUGE_PAGES) ? /\[(\w+)\]/.exec(readFileSync(HUGE_PAGES, "utf8"))?.[1] : null,
    },
    versions: { node: process.versions.node, v8: process.versions.v8 },
    effort: { ...effort, quick },
    suites: {},
  };
}
