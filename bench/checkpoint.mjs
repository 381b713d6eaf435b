/**
 * `node scripts/run.mjs --expose-gc bench/checkpoint.mjs`: how fast ten million float32 are saved and loaded in memory, and
 * what it takes to refuse headers of 100 MB.
 */

import { load, save } from "adam-wasm/checkpoint";

const ELEMENTS = 1e7;
const HEADER_BYTES = 1e8;
const ROUNDS = 7;

const seconds = (act) => {
  const start = performance.now();
  act();
  return (performance.now() - start) / 1000;
};
const best = (act) => Math.min(...Array.from({ length: ROUNDS }, () => seconds(act)));

const data = new Float32Array(ELEMENTS).fill(1);
const target = { dtype: "float32", shape: [ELEMENTS], data: new Float32Array(ELEMENTS) };
const weight = { dtype: "float32", shape: [ELEMENTS], data };
const bytes = save({ weight });
const rate = (act) => `${(bytes.length / best(act) / 1e9).toFixed(1)} GB/s`;
console.log(
  `${ELEMENTS} float32: saved at ${rate(() => save({ weight }))}, loaded into a tensor at ${rate(() => load(bytes, { weight: target }))}`,
);

/** Headers that are valid until they are too much, by what they have many of. */
const HEADERS = {
  tensors: (i) => `"n${i}":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},`,
  texts: (i) => `${i === 0 ? '"__metadata__":{' : ""}"n${i}":"",`,
  escapes: (i) => (i === 0 ? '"__metadata__":{"a":"' : "\\u00e9"),
  spaces: () => " ".repeat(100),
};

for (const [what, part] of Object.entries(HEADERS)) {
  const file = new Uint8Array(8 + HEADER_BYTES);
  new DataView(file.buffer).setBigUint64(0, BigInt(HEADER_BYTES), true);
  file[8] = "{".charCodeAt(0);
  const text = new TextEncoder();
  for (let at = 9, i = 0; at < file.length; i++) at += text.encodeInto(part(i), file.subarray(at)).read || file.length;
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  let message = "";
  const time = seconds(() => {
    try {
      load(file);
    } catch (error) {
      message = error.message;
    }
  });
  const memory = (process.memoryUsage().rss - before) / HEADER_BYTES;
  console.log(`100 MB of ${what}: ${time.toFixed(1)} s, ${memory.toFixed(1)} × the memory: ${message}`);
}
