// A training that is kept in a file and goes on from there has the bits of one that never stopped.

import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { save as saved } from "adam-wasm/checkpoint";
import { afterAll, expect, test } from "vitest";
import { loadDigits } from "./file.mjs";
import { optimizers } from "./optimizers.mjs";
import { parseOptions } from "./options.mjs";
import { train } from "./train.mjs";

const folder = mkdtempSync(join(tmpdir(), "digits-"));
afterAll(() => rmSync(folder, { recursive: true }));

const digits = loadDigits();
const [kept, early] = ["run.safetensors", "early.safetensors"].map((name) => join(folder, name));

/**
 * Trains as the program does.
 * @param {string[]} args
 * @param {(run: import("./train.mjs").Run) => void} [onEpoch]
 */
function run(args, onEpoch) {
  const options = parseOptions(args);
  return train(options.optimizers[0], digits, options, onEpoch);
}

// Adam → SGD changes after a tenth of its steps: here it is kept after that, and before.
const moments = [...optimizers.keys()].map((name) => [name, 1, 3]);

test.each([...moments, ["adam", 3, 6], ["adam-sgd", 1, 11]])(
  "%s resumed after epoch %i of %i ends the same",
  async (name, at, all) => {
    const whole = await run(["--epochs", `${all}`, "--optimizer", `${name}`, "--save", kept], ({ epochs }) => {
      if (epochs.length === at) copyFileSync(kept, early);
    });
    const rest = await run(["--resume", early]);
    expect(rest.epochs).toEqual(whole.epochs);
    expect(rest.weights).toBe(whole.weights);
  },
);

test("more epochs than were planned are those of a longer training", async () => {
  const whole = await run(["--epochs", "2", "--optimizer", "adamw"]);
  await run(["--epochs", "1", "--optimizer", "adamw", "--save", kept]);
  expect((await run(["--resume", kept, "--epochs", "2"])).weights).toBe(whole.weights);
});

test("a training that is interrupted ends between two epochs, and goes on from there", async () => {
  const stop = new AbortController();
  const options = parseOptions(["--epochs", "3", "--optimizer", "adam", "--save", kept]);
  const training = train("adam", digits, options, () => stop.abort(), stop.signal);
  await expect(training).rejects.toThrow("aborted");
  const rest = await run(["--resume", kept]);
  expect(rest.weights).toBe((await run(["--epochs", "3", "--optimizer", "adam"])).weights);
});

test("a training that is interrupted in its last epoch has finished", async () => {
  const stop = new AbortController();
  const options = parseOptions(["--epochs", "1", "--optimizer", "adam"]);
  const { weights } = await train("adam", digits, options, () => stop.abort(), stop.signal);
  expect(weights).toBe((await run(["--epochs", "1", "--optimizer", "adam"])).weights);
});

test("what cannot be resumed is told in a sentence", async () => {
  await run(["--epochs", "1", "--optimizer", "sgd", "--save", kept]);
  const refused = (/** @type {string[]} */ ...args) => expect(() => parseOptions(args));
  refused("--resume", kept).toThrow(
    `Invalid --resume: ${kept} (it has finished 1 of 1 epochs, use --epochs with more)`,
  );
  refused("--resume", kept, "--epochs", "2", "--optimizer", "adam").toThrow(
    `Invalid --optimizer: adam (the training in ${kept} has sgd, leave the flag out)`,
  );
  refused("--resume", kept, "--epochs", "2", "--lr", "1").toThrow(
    `Invalid --lr: 1 (the training in ${kept} has 0.01, leave the flag out)`,
  );
  const missing = join(folder, "missing");
  refused("--resume", missing).toThrow(`Invalid --resume: ${missing} (there is no such file)`);
  writeFileSync(early, "no checkpoint");
  refused("--resume", early).toThrow(/^Invalid --resume: .*early.safetensors \(the header should have .*$/);
  writeFileSync(early, saved({ epoch: 3 }));
  refused("--resume", early).toThrow("(it is a checkpoint, but not of this program)");
  refused("--save", kept).toThrow(`Invalid --save: ${kept} (a file keeps one training, choose it with --optimizer)`);
});

test("a learning rate is written in decimal", () => {
  const rates = { 1: 1, 0.01: 0.01, ".5": 0.5, "2.": 2, "1e-3": 1e-3, "2.5E+1": 25 };
  for (const [text, lr] of Object.entries(rates)) expect(parseOptions(["--lr", text])).toMatchObject({ lr });
  for (const text of ["", " ", " 1", "0x10", "0b1", "1_0", "Infinity", "1e999", "0", "-1", "."]) {
    expect(() => parseOptions([`--lr=${text}`]), text).toThrow(
      /^Invalid --lr: .* \(use a number above 0, like 0.01\)$/,
    );
  }
});

test("flags that say the same as the file are taken", async () => {
  await run(["--epochs", "1", "--optimizer", "adam", "--save", kept]);
  expect(parseOptions(["--resume", kept, "--epochs", "2", "--lr", "1e-2", "--optimizer", "adam"])).toMatchObject({
    epochs: 2,
    lr: 0.01,
    optimizers: ["adam"],
  });
});
