/** The command line: every flag is checked before anything runs, and a bad one is a RangeError of one sentence. */

import { accessSync, constants, existsSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { parseArgs } from "node:util";
import { inRoot } from "../scripts/lib/paths.mjs";
import { NAMES } from "./contestants/index.mjs";
import { SIZES, TENSORS } from "./lib/workload.mjs";
import { SUITES } from "./suites/index.mjs";

const WORKLOADS = [...SIZES, ...TENSORS].map(({ name }) => name);

export const USAGE = `Measures a step on this machine, beside other ways to make it, and writes a record and a report.

  npm run bench -- [flags]

  --suite NAMES       only these, with commas between them: ${SUITES.map(({ name }) => name).join(", ")}
  --contestant NAMES  of sizes and tensors only these, or those that hold such a text: "plain JS loop; Rust"
  --only NAMES        of sizes, tensors, family and clipping only these workloads, likewise: "1,000; 200 × 64"
  --rounds N          interleaved rounds of each workload, at least 1 (31)
  --quick             3 short rounds of small workloads, without what has to be installed or compiled first
  --torch             installs PyTorch into .tools/torch first, some gigabytes, if it is not there
  --out NAME          bench/record/NAME.json and .html, or a path (latest)
  --compare FILE      also a table of this run over an earlier record
  --help              this text

Workloads: ${WORKLOADS.join("; ")}
Contestants: ${NAMES.join("; ")}`;

/** @type {import("node:util").ParseArgsConfig["options"] & {}} */
const FLAGS = {
  suite: { type: "string" },
  contestant: { type: "string" },
  only: { type: "string" },
  rounds: { type: "string" },
  quick: { type: "boolean", default: false },
  torch: { type: "boolean", default: false },
  out: { type: "string", default: "latest" },
  compare: { type: "string" },
  help: { type: "boolean", short: "h", default: false },
};

const QUICK_MOST = 10_000;

/** @param {string[]} args */
export function parseOptions(args) {
  const { values, tokens } = parseArgs({ args, options: FLAGS, strict: false, tokens: true });
  for (const token of tokens) {
    if (token.kind === "positional") throw new RangeError(`Unexpected argument: ${token.value} (see --help)`);
    if (token.kind !== "option") continue;
    if (!Object.hasOwn(FLAGS, token.name)) throw new RangeError(`Unknown flag: ${token.rawName} (see --help)`);
    if (FLAGS[token.name].type === "string" && token.value === undefined) {
      throw new RangeError(`Missing value: ${token.rawName} (see --help)`);
    }
  }
  const text = /** @type {Record<string, string>} */ (values);
  const quick = Boolean(values.quick);
  const contestants = known("--contestant", parts("--contestant", text.contestant, ";"), NAMES);
  const workloads = known("--only", parts("--only", text.only, ";"), WORKLOADS);
  return {
    help: Boolean(values.help),
    quick,
    torch: Boolean(values.torch),
    suites: suites(parts("--suite", text.suite, ",")),
    isContestant: (name, external) => (contestants.length > 0 ? contestants.includes(name) : !(quick && external)),
    isWorkload: ({ name, elements }) =>
      workloads.length > 0 ? workloads.includes(name) : !(quick && elements > QUICK_MOST),
    effort: {
      rounds: rounds(text.rounds, quick ? 3 : 31),
      roundMs: quick ? 1 : 4,
      warmMs: quick ? 2 : 60,
    },
    out: writable("--out", text.out),
    compare: text.compare === undefined ? null : existing("--compare", text.compare),
  };
}

/** Where record and page go, without their endings. It is looked at now, and not when all has been measured. */
function writable(flag, text) {
  const name = text.replace(/\.json$/, "");
  const out = /[/\\]/.test(name) ? name : inRoot("bench/record", name);
  if (name === "" || /[/\\]$/.test(name) || [text, `${out}.json`, `${out}.html`].some(isFolder)) {
    throw new RangeError(`Invalid ${flag}: ${text || '""'} (use the name of a file)`);
  }
  let folder = dirname(resolve(out));
  while (!existsSync(folder)) folder = dirname(folder);
  try {
    if (!isFolder(folder)) throw new RangeError(`${folder} is no folder`);
    accessSync(folder, constants.W_OK);
  } catch {
    throw new RangeError(`Invalid ${flag}: ${text} (nothing can be written in ${folder}, use another place)`);
  }
  return out;
}

/** @param {string} path */
const isFolder = (path) => existsSync(path) && statSync(path).isDirectory();

/** The names in a flag's text; none if it is not given. */
function parts(flag, text, separator) {
  if (text === undefined) return [];
  const found = text
    .split(separator)
    .map((part) => part.trim())
    .filter((part) => part !== "");
  if (found.length === 0) throw new RangeError(`Invalid ${flag}: ${text || '""'} (name at least one)`);
  return found;
}

/** The names that are one of the texts, or hold one that is no name itself. */
function known(flag, texts, names) {
  return texts.flatMap((text) => {
    const found = names.includes(text) ? [text] : names.filter((name) => name.includes(text));
    if (found.length === 0) throw new RangeError(`Invalid ${flag}: ${text} (it is in none of ${names.join("; ")})`);
    return found;
  });
}

function suites(names) {
  const unknown = names.find((name) => !SUITES.some((suite) => suite.name === name));
  if (unknown !== undefined) {
    throw new RangeError(`Invalid --suite: ${unknown} (use ${SUITES.map(({ name }) => name).join(", ")})`);
  }
  return SUITES.filter(({ name }) => names.length === 0 || names.includes(name));
}

function rounds(text, byDefault) {
  if (text === undefined) return byDefault;
  if (/^\d+$/.test(text) && Number(text) >= 1) return Number(text);
  throw new RangeError(`Invalid --rounds: ${text} (use a whole number from 1)`);
}

/** A record by its path, or by its name in bench/record. */
function existing(flag, text) {
  const path = [text, inRoot("bench/record", text), inRoot("bench/record", `${text}.json`)].find((each) =>
    existsSync(each),
  );
  if (path === undefined) throw new RangeError(`Invalid ${flag}: ${text} (there is no such record)`);
  return path;
}
