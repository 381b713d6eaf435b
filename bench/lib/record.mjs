/** What a run leaves behind: what was measured, of what, on what, when. */

import { existsSync, readFileSync } from "node:fs";
import { arch, cpus, platform, release, totalmem } from "node:os";
import { backend } from "adam-wasm";
import { ask } from "../../scripts/lib/exec.mjs";
import { inRoot } from "../../scripts/lib/paths.mjs";

/** Of the form of records: another one is another number. */
export const FORMAT = 1;

const CPU_INFO = "/proc/cpuinfo";
const HUGE_PAGES = "/sys/kernel/mm/transparent_hugepage/enabled";

/** The record of a run that begins now; suites add what they find under their names. */
export async function newRecord({ effort, quick }) {
  return {
    format: FORMAT,
    date: new Date().toISOString(),
    package: {
      version: JSON.parse(readFileSync(inRoot("package.json"), "utf8")).version,
      commit: await ask("git", ["describe", "--always", "--dirty", "--abbrev=12"]),
      kernel: backend().kind,
    },
    machine: {
      processor: processor(),
      cores: cpus().length,
      gibibytes: Math.round(totalmem() / 2 ** 30),
      system: `${platform()} ${arch()} ${release()}`,
      hugePages: existsSync(HUGE_PAGES) ? /\[(\w+)\]/.exec(readFileSync(HUGE_PAGES, "utf8"))?.[1] : null,
    },
    versions: { node: process.versions.node, v8: process.versions.v8 },
    effort: { ...effort, quick },
    suites: {},
  };
}

/** Its name, which virtual machines give to a whole line, and what tells generations of x86 apart, where Linux says it. */
function processor() {
  const name = cpus()[0]?.model.trim() ?? "unknown";
  const info = existsSync(CPU_INFO) ? readFileSync(CPU_INFO, "utf8") : "";
  const generation = /^cpu family\s*: (\d+)\nmodel\s*: (\d+)$/m.exec(info);
  return generation === null ? name : `${name}, family ${generation[1]}, model ${generation[2]}`;
}
