/**
 * What must be true of the kernel's module, whatever the compiler does: it imports nothing, uses SIMD but none of the
 * relaxed instructions (their results differ by engine), keeps what only its speed needs, names no file of the machine that
 * built it, and stays small.
 *
 * As a program: `node scripts/check-module.mjs [file]`.
 */

import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { ask, Failure } from "./lib/exec.mjs";
import { main } from "./lib/main.mjs";
import { inRoot } from "./lib/paths.mjs";

/**
 * Every page that trains something downloads it before its first step; the design promises one small kernel. Compilers of
 * today make at most 12,050 bytes of it, the rest is room for those to come; .size-limit.json is closer about a whole app.
 */
const MAX_GZIP_BYTES = 12_150;

const gzipSize = (bytes) => gzipSync(bytes, { level: 9 }).length;

/** Sizes of a module: as it is, and after gzip as a file and as the hex string of the inlined entry. */
const moduleSizes = (bytes) => ({
  raw: bytes.length,
  gzip: gzipSize(bytes),
  gzipHex: gzipSize(Buffer.from(bytes).toString("hex")),
});

/** Throws what is wrong with the module in `file`; resolves to its sizes. */
export async function checkModule(file) {
  const bytes = readFileSync(file);
  const imports = WebAssembly.Module.imports(new WebAssembly.Module(bytes));
  if (imports.length > 0) {
    const names = imports.map(({ module, name }) => `${module} ${name}`).join(", ");
    throw new Failure(`The kernel imports ${names}; nothing is expected`);
  }
  const text = await ask(inRoot("node_modules/.bin/wasm-dis"), ["--all-features", file]);
  if (text === null) throw new Failure(`wasm-dis cannot read ${file}`);
  const relaxed = /\S*relaxed\S*/.exec(text);
  if (relaxed !== null)
    throw new Failure(`The kernel uses ${relaxed[0]}; relaxed SIMD gives other bits in other engines`);
  if (!/\bf32x4\.div\b/.test(text)) {
    throw new Failure("The kernel divides no f32x4: +simd128 of .cargo/config.toml has not reached the compiler");
  }
  if (!/\bf32x4\.pmin\b/.test(text)) {
    throw new Failure(
      "The kernel has no f32x4.pmin: the compiler has seen through what makes a division wait; steps take longer",
    );
  }
  // wasm-opt takes addresses below 1024 for unused: the stack comes first in memory, and has its far end there.
  const low = [...text.matchAll(/\(data [^(]*\(i32\.const (\d+)\)/g)].find(([, start]) => Number(start) < 1024);
  if (low !== undefined) throw new Failure(`The kernel has data at address ${low[1]}; none is expected below 1024`);
  // Where a dependency panics, its source's path comes along.
  const path = /[\w./-]+\.rs\b/.exec(bytes.toString("latin1"));
  if (path !== null) throw new Failure(`The kernel names ${path[0]}, a file of the machine that built it`);
  const sizes = moduleSizes(bytes);
  if (sizes.gzip > MAX_GZIP_BYTES) {
    throw new Failure(`The kernel has ${sizes.gzip} bytes after gzip; at most ${MAX_GZIP_BYTES} are expected`);
  }
  return sizes;
}

/** Sizes as one line. */
export const describe = ({ raw, gzip, gzipHex }) => `kernel: ${raw} bytes, ${gzip} after gzip, ${gzipHex} inlined`;

if (process.argv[1] === import.meta.filename) {
  await main(async () => {
    const file = process.argv[2] ?? inRoot("ts/wasm/generated/adam_wasm_bg.wasm");
    console.log(describe(await checkModule(file)));
  });
}
