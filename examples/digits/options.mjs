// The command line: every flag is checked before anything runs, and a bad one is a RangeError of one sentence.

import { accessSync, constants, existsSync, readFileSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { load } from "adam-wasm/checkpoint";
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
  --save FILE        keeps the training of one optimizer in a file, whole after each epoch
  --resume FILE      goes on from such a file with its flags; --epochs may be more, --save keeps it again
  --help             this text`;

const DEFAULTS = { epochs: "40", lr: "0.01", batch: "32", optimizer: ALL, seed: "1", out: REPORT };

/** @type {import("node:util").ParseArgsConfig["options"] & {}} */
const FLAGS = {
  epochs: { type: "string" },
  lr: { type: "string" },
  batch: { type: "string" },
  optimizer: { type: "string" },
  seed: { type: "string" },
  out: { type: "string" },
  save: { type: "string" },
  resume: { type: "string" },
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
 * @property {string} [save] where the training is kept
 * @property {Uint8Array} [resume] a training that was kept
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
  const given = /** @type {Record<string, string>} */ (values);
  const resume = given.resume === undefined ? undefined : readTraining(given);
  const text = { ...DEFAULTS, ...resume?.settings, ...given };
  const options = {
    epochs: wholeNumber("--epochs", text.epochs, 1, 100_000),
    lr: learningRate(text.lr),
    batch: wholeNumber("--batch", text.batch, 1, TRAIN_SIZE),
    optimizers: contestants(text.optimizer),
    seed: wholeNumber("--seed", text.seed, 0, 2 ** 32 - 1),
    out: writable("--out", text.out),
    save: given.save === undefined ? undefined : writable("--save", given.save),
    resume: resume?.bytes,
    help: Boolean(values.help),
  };
  if (options.save !== undefined && options.optimizers.length > 1) {
    throw invalid("--save", given.save, "a file keeps one training, choose it with --optimizer");
  }
  if (options.epochs <= resume?.epochs) {
    throw invalid(
      "--resume",
      given.resume,
      `it has finished ${resume.epochs} of ${options.epochs} epochs, use --epochs with more`,
    );
  }
  return options;
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

// Number() takes more than anybody means by a number here, such as 0x10, 0b1 and spaces.
const DECIMAL = /^(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** @param {string} text */
function learningRate(text) {
  const number = Number(text);
  if (DECIMAL.test(text) && number > 0 && Number.isFinite(number)) return number;
  throw invalid("--lr", text, "use a number above 0, like 0.01");
}

/** @param {string} text */
function contestants(text) {
  if (text === ALL) return [...optimizers.keys()];
  if (optimizers.has(text)) return [text];
  throw invalid("--optimizer", text, `use ${NAMES.join(", ")}`);
}

/**
 * A training that was kept: its bytes, how many epochs it had, and its settings as flags are written.
 * @param {Record<string, string>} given
 */
function readTraining({ resume, ...given }) {
  const { bytes, checkpoint } = readCheckpoint(resume);
  const isTraining = optimizers.has(checkpoint.settings?.optimizer) && Array.isArray(checkpoint.progress?.epochs);
  if (!isTraining) throw invalid("--resume", resume, "it is a checkpoint, but not of this program");
  const settings = Object.fromEntries(Object.entries(checkpoint.settings).map(([key, value]) => [key, String(value)]));
  for (const [key, saved] of Object.entries(settings)) {
    const isSame = given[key] === saved || Number(given[key]) === Number(saved);
    if (key === "epochs" || given[key] === undefined || isSame) continue;
    throw invalid(`--${key}`, given[key], `the training in ${resume} has ${saved}, leave the flag out`);
  }
  return { bytes, settings, epochs: checkpoint.progress.epochs.length };
}

/** @param {string} path */
function readCheckpoint(path) {
  try {
    const bytes = readFileSync(path);
    return { bytes, checkpoint: /** @type {Partial<import("./train.mjs").Kept>} */ (load(bytes)) };
  } catch (error) {
    throw invalid("--resume", path, error.code === "ENOENT" ? "there is no such file" : error.message);
  }
}

/**
 * Looked at now, so that a typo does not cost a whole training.
 * @param {string} flag
 * @param {string} text
 */
function writable(flag, text) {
  const path = resolve(text);
  const folder = dirname(path);
  if (!isFolder(folder)) throw invalid(flag, text, `there is no folder ${folder}, make it first`);
  if (text === "" || isFolder(path)) throw invalid(flag, text, "use the name of a file");
  try {
    accessSync(existsSync(path) ? path : folder, constants.W_OK);
  } catch {
    throw invalid(flag, text, "it may not be written, use another place");
  }
  return path;
}

/** @param {string} path */
const isFolder = (path) => existsSync(path) && statSync(path).isDirectory();

/**
 * @param {string} flag
 * @param {string} text
 * @param {string} fix
 */
const invalid = (flag, text, fix) => new RangeError(`Invalid ${flag}: ${text || '""'} (${fix})`);
