// The command line: every flag is checked before anything runs, and a bad one is a RangeError of one sentence.

import { accessSync, constants, existsSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { TRAIN_SIZE } from "./data.mjs";
import { optimizers } from "./optimizers.mjs";

const ALL = "all";
const NAMES = [...optimizers.keys(), ALL];
const REPORT = fileURLToPath(new URL("report.html", import.meta.url));

export const HELP = `Trains a small network on handwritten digits with every optimizer and compares them.

  npm start -- [flags]

  --epochs N         times through the training digits (40)
  --lr X             learning rate of Adam; SGD's is ten times as high (0.01)
  --batch N          digits per step (32)
  --optimizer NAME   ${NAMES.join(" | ")} (${ALL})
  --seed N           first weights and order of the digits (1)
  --out FILE         where the report goes (report.html beside this program)
  --help             this text`;

/** @type {import("node:util").ParseArgsConfig["options"] & {}} */
const FLAGS = {
  epochs: { type: "string", default: "40" },
  lr: { type: "string", default: "0.01" },
  batch: { type: "string", default: "32" },
  optimizer: { type: "string", default: ALL },
  seed: { type: "string", default: "1" },
  out: { type: "string", default: REPORT },
  help: { type: "boolean", short: "h", default: false },
};

/**
 * @typedef {object} Options
 * @property {number} epochs
 * @property {number} lr
 * @property {number} batch
 * @property {string[]} optimizers
 * @property {number} seed
 * @property {string} out
 * @property {boolean} help
 */

/**
 * @param {string[]} args
 * @returns {Options}
 */
export function parseOptions(args) {
  // Not strict: its own messages run over several sentences, and it takes the value of `--lr -1` for a flag.
  const { values, tokens } = parseArgs({ args, options: FLAGS, strict: false, tokens: true });
  for (const token of tokens) {
    if (token.kind === "positional") {
      throw new RangeError(`Unexpected argument: ${token.value} (flags begin with --, see --help)`);
    }
    if (token.kind !== "option") continue;
    if (!Object.hasOwn(FLAGS, token.name)) throw new RangeError(`Unknown flag: ${token.rawName} (see --help)`);
    if (FLAGS[token.name].type === "string" && token.value === undefined) {
      throw new RangeError(`Missing value: ${token.rawName} (see --help)`);
    }
  }
  const text = /** @type {Record<string, string>} */ (values);
  return {
    epochs: wholeNumber("--epochs", text.epochs, 1, 100_000),
    lr: learningRate(text.lr),
    batch: wholeNumber("--batch", text.batch, 1, TRAIN_SIZE),
    optimizers: contestants(text.optimizer),
    seed: wholeNumber("--seed", text.seed, 0, 2 ** 32 - 1),
    out: reportPath(text.out),
    help: Boolean(values.help),
  };
}

/**
 * @param {string} flag
 * @param {string} text
 * @param {number} least
 * @param {number} most
 */
function wholeNumber(flag, text, least, most) {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= least && number <= most) return number;
  throw invalid(flag, text, `use a whole number from ${least} to ${most}`);
}

/** @param {string} text */
function learningRate(text) {
  const number = Number(text);
  if (number > 0 && Number.isFinite(number)) return number;
  throw invalid("--lr", text, "use a number above 0, like 0.01");
}

/** @param {string} text */
function contestants(text) {
  if (text === ALL) return [...optimizers.keys()];
  if (optimizers.has(text)) return [text];
  throw invalid("--optimizer", text, `use ${NAMES.join(", ")}`);
}

/**
 * Looked at now, so that a typo does not cost a whole training.
 * @param {string} text
 */
function reportPath(text) {
  const path = resolve(text);
  const folder = dirname(path);
  if (!isFolder(folder)) throw invalid("--out", text, `there is no folder ${folder}, make it first`);
  if (text === "" || isFolder(path)) throw invalid("--out", text, "use the name of a file");
  try {
    accessSync(existsSync(path) ? path : folder, constants.W_OK);
  } catch {
    throw invalid("--out", text, "it may not be written, use another place");
  }
  return path;
}

/** @param {string} path */
const isFolder = (path) => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

/**
 * @param {string} flag
 * @param {string} text
 * @param {string} fix
 */
const invalid = (flag, text, fix) => new RangeError(`Invalid ${flag}: ${text || '""'} (${fix})`);
