/**
 * What it takes to refuse a file whose header has 100 MB and is valid until it is too much; `process.argv[2]` says what it
 * has many of. Time is the processor's, memory the most there was beside the file.
 */

import { load } from "adam-wasm/checkpoint";

const HEADER_BYTES = 1e8;

const PARTS = {
  tensors: (i) => `"n${i}":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},`,
  texts: (i) => `${i === 0 ? '"__metadata__":{' : ""}"n${i}":"",`,
  "long names": (i) => `"${String(i).padEnd(1900, "é")}":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},`,
  escapes: (i) => (i === 0 ? '"__metadata__":{"a":"' : "\\u00e9"),
  digits: (i) => (i === 0 ? '"a":{"data_offsets":[' : "0000000000"),
  spaces: () => " ".repeat(100),
};
const part = PARTS[process.argv[2]];

const file = new Uint8Array(8 + HEADER_BYTES).fill(0x20);
new DataView(file.buffer).setBigUint64(0, BigInt(HEADER_BYTES), true);
file[8] = "{".charCodeAt(0);
const utf8 = new TextEncoder();
for (let at = 9, i = 0; at < file.length; i++) {
  at += utf8.encodeInto(part(i), file.subarray(at)).written || file.length;
}

const most = () => 1024 * process.resourceUsage().maxRSS;
const before = most();
const start = process.cpuUsage();
let code = "";
let message = "";
try {
  load(file);
} catch (error) {
  ({ code, message } = error);
}
const { user, system } = process.cpuUsage(start);
console.log(
  JSON.stringify({ code, message, seconds: (user + system) / 1e6, memory: (most() - before) / HEADER_BYTES }),
);
