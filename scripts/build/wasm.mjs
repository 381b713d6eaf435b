/**
 * The Rust crates → `ts/wasm/generated/`: the kernel's module, what wasm-bindgen declares of its exports, and its bytes as a
 * string. The module imports nothing, so nobody needs wasm-bindgen's glue: the facade calls the exports.
 */

import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { checkModule, describe } from "../check-module.mjs";
import { run } from "../lib/exec.mjs";
import { inRoot, inTools } from "../lib/paths.mjs";
import { hashFiles, isFresh, writeStamp } from "../lib/stamp.mjs";
import { say, step } from "../lib/step.mjs";
import { emptyFolder, swapIn } from "../lib/swap.mjs";
import { tools } from "../setup/tools.mjs";

const PRODUCT = "ts/wasm/generated";
const SOURCES = [
  "crate",
  "Cargo.toml",
  "Cargo.lock",
  ".cargo/config.toml",
  "scripts/build/wasm.mjs",
  "scripts/check-module.mjs",
];

/** What the compiler may have used; without the list, wasm-opt refuses the module or guesses. */
const FEATURES = ["simd", "bulk-memory", "nontrapping-float-to-int", "sign-ext", "mutable-globals", "multivalue"];
const WASM_OPT = [
  // Below 1024 is only the far end of the stack: what is added to an address may go into the instruction.
  "--low-memory-unused",
  "-O3",
  "--converge",
  // Functions that have one caller stay functions: engines compile what is called, in the first step a fifth of it.
  "--one-caller-inline-max-function-size=0",
  // Functions of one rule lie together, and so within the window of gzip.
  "--reorder-functions-by-name",
  "--reorder-locals",
  "--strip-debug",
  "--strip-producers",
  "--strip-target-features",
  ...FEATURES.map((feature) => `--enable-${feature}`),
];

/** Builds what is out of date, with the Rust that `setUp` found. */
export async function buildWasm(rust) {
  const binaryen = JSON.parse(readFileSync(inRoot("node_modules/binaryen/package.json"), "utf8")).version;
  const versions = [rust.version, binaryen, ...tools().map(({ program, version }) => `${program} ${version}`)];
  const stamp = { name: "wasm", inputs: [hashFiles(...SOURCES), ...versions].join("\n"), product: PRODUCT };
  if (isFresh(stamp)) return;

  const packed = emptyFolder("wasm-pack");
  await step("kernel: wasm-pack", () => pack(rust, packed));
  const folder = emptyFolder("generated");
  const module = join(folder, "adam_wasm_bg.wasm");
  const sizes = await step("kernel: wasm-opt and checks", async () => {
    await run("wasm-opt", [
      inRoot("node_modules/.bin/wasm-opt"),
      ...WASM_OPT,
      join(packed, "adam_wasm_bg.wasm"),
      "-o",
      module,
    ]);
    return checkModule(module);
  });
  cpSync(join(packed, "adam_wasm_bg.wasm.d.ts"), join(folder, "adam_wasm_bg.wasm.d.ts"));
  const hex = readFileSync(module).toString("hex");
  const comment = "/** The kernel's module, for entries that carry it along; made by scripts/build/wasm.mjs. */";
  writeFileSync(join(folder, "kernel-bytes.ts"), `${comment}\n\nexport const kernelHex = "${hex}";\n`);
  swapIn(folder, inRoot(PRODUCT));
  writeStamp(stamp);
  say(`  ${describe(sizes)}`);
}

function pack(rust, folder) {
  const env = {
    ...rust.env,
    PATH: [inTools("bin"), rust.env.PATH ?? process.env.PATH].join(delimiter),
    // Flags from outside would replace those of .cargo/config.toml.
    RUSTFLAGS: undefined,
    CARGO_ENCODED_RUSTFLAGS: undefined,
    CARGO_BUILD_RUSTFLAGS: undefined,
  };
  const options = ["--mode", "no-install", "--target", "web", "--no-pack", "--no-opt", "--out-dir", folder];
  return run(
    "wasm-pack",
    [inTools("bin", "wasm-pack"), "build", "crate/bindings", ...options, "--out-name", "adam_wasm", "--", "--locked"],
    { env },
  );
}
