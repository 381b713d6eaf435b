/**
 * Saves again and again until it is killed: `process.argv[2]` is a file that is replaced each time, `process.argv[3]` a folder
 * for an autosave at every step. All elements of a checkpoint have its number, so that one of two saves mixed up shows.
 */

import { Parameter } from "adam-wasm";
import { Autosave } from "adam-wasm/checkpoint";
import { folder, saveFile } from "adam-wasm/checkpoint/node";

const [, , file, run] = process.argv;
const weight = Parameter.zeros([100_000]);
const autosave = new Autosave(folder(run), { weight }, { steps: 1, keep: 2 });
const first = (await autosave.resume())?.number ?? 0;

for (let number = first + 1; ; number++) {
  weight.fill(number);
  await Promise.all([saveFile(file, { weight, number }), autosave.step({ number })]);
  console.log(number);
}
