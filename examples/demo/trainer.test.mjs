// The demo's network in training: every rule of the form learns, and settings change as the page says.

import { readFileSync } from "node:fs";
import { save } from "adam-wasm/checkpoint";
import { expect, test } from "vitest";
import { loadDigits } from "../digits/file.mjs";
import { Trainer } from "./trainer.js";

const digits = loadDigits();
const page = readFileSync(new URL("index.html", import.meta.url), "utf8");
const rules = [...page.matchAll(/<option value="(.*?)" data-lr="(.*?)">/g)].map(([, name, lr]) => ({
  name,
  lr: Number(lr),
}));

const settings = (optimizer, lr = 0.01) => ({ optimizer, lr, beta1: 0.9, beta2: 0.999, momentum: 0.9 });

/** Trains for some epochs, with a change before each but the first; returns the last. */
function trained(first, ...changes) {
  const trainer = new Trainer(digits, first, 1);
  let epoch = trainer.epoch();
  for (const change of changes) {
    change(trainer);
    epoch = trainer.epoch();
  }
  trainer.dispose();
  return epoch;
}

const nothing = () => {};

test.each(rules)(
  "$name with the learning rate that the page suggests, $lr, reads four of five digits",
  ({ name, lr }) => {
    expect(trained(settings(name, lr), nothing, nothing).accuracy).toBeGreaterThan(0.8);
  },
);

test("the same settings change nothing, so moments are kept", () => {
  const same = (trainer) => trainer.use(settings("adam"));
  expect(trained(settings("adam"), same, same)).toEqual(trained(settings("adam"), nothing, nothing));
});

test.each([
  ["a learning rate", { ...settings("adam"), lr: 0.001 }],
  ["a beta", { ...settings("adam"), beta1: 0.5 }],
  ["a rule", settings("sgd", 0.1)],
])("%s takes effect at the next step", (_, changed) => {
  const change = (trainer) => trainer.use(changed);
  expect(trained(settings("adam"), change).weights).not.toEqual(trained(settings("adam"), nothing).weights);
});

test.each([
  ["Invalid learning rate: -1", { ...settings("adam"), lr: -1 }],
  ["Invalid beta parameter at index 1: 2", { ...settings("adam"), lr: 0.5, beta2: 2 }],
  ["Unknown optimizer: lion", settings("lion")],
])("%s: refused, and nothing changes", (message, refused) => {
  const refuse = (trainer) => expect(() => trainer.use(refused)).toThrow(message);
  expect(trained(settings("adam"), refuse)).toEqual(trained(settings("adam"), nothing));
});

test.each(rules)("$name goes on from a checkpoint with the same bits, history and settings", ({ name, lr }) => {
  const trainer = new Trainer(digits, settings("adam"), 1);
  trainer.use(settings(name, lr));
  trainer.epoch();
  const resumed = Trainer.from(digits, trainer.save());
  expect(resumed.settings).toEqual(settings(name, lr));
  expect(resumed.history).toEqual(trainer.history);
  expect(resumed.epoch()).toEqual(trainer.epoch());
  expect(resumed.save()).toEqual(trainer.save());
  for (const each of [trainer, resumed]) each.dispose();
});

test("checkpoints of other programs and models are refused", () => {
  const other = save({ epoch: 3 });
  expect(() => Trainer.from(digits, other)).toThrow("It is a checkpoint, but not of this page");
  const same = { settings: settings("adam"), history: [], randomState: 1 };
  expect(() => Trainer.from(digits, save({ ...same, model: {}, optimizer: {} }))).toThrow("missing key(s) in model");
  expect(() => Trainer.from(digits, new Uint8Array(3))).toThrow("a safetensors file has 8 bytes at least");
});

test("a network that has diverged reads nothing", () => {
  const { loss, accuracy } = trained(settings("sgd", 1e30), nothing);
  expect(loss).toBeNaN();
  expect(accuracy).toBe(0);
});
