/** What is checked without running anything: types, style, and the lints of both languages. */

import { run } from "../lib/exec.mjs";
import { inRoot } from "../lib/paths.mjs";
import { step } from "../lib/step.mjs";

const node = (program) => inRoot("node_modules/.bin", program);
const CLIPPY = ["clippy", "--workspace", "--locked"];
/** A crate of its own, outside of the workspace. */
const NATIVE = ["--manifest-path", "bench/native/Cargo.toml"];
const DENY = ["--", "-D", "warnings"];
const COMPONENT = "if a cargo subcommand is missing: rustup component add rustfmt clippy";

/**
 * The checks, each a name and a function that rejects.
 *
 * @param {{ env: Record<string, string> }} rust what compiles the kernel
 */
export const staticChecks = (rust) => [
  ["types: TypeScript", () => run("types", [node("tsc"), "-p", "tsconfig.json"])],
  ["types: demo", () => run("types-demo", [node("tsc"), "-p", "examples/demo/tsconfig.json"])],
  ["types: scripts and examples", () => run("types-scripts", [node("tsc"), "-p", "tsconfig.scripts.json"])],
  ["lint and format: biome", () => run("biome", [node("biome"), "check", "--error-on-warnings"])],
  ["format: rustfmt", () => cargo("rustfmt", ["fmt", "--all", "--check"])],
  ["format: rustfmt, bench/native", () => cargo("rustfmt-native", ["fmt", ...NATIVE, "--check"])],
  ["lint: clippy", () => cargo("clippy", [...CLIPPY, "--all-targets", ...DENY])],
  [
    "lint: clippy, bench/native",
    () => cargo("clippy-native", ["clippy", ...NATIVE, "--locked", "--target-dir", "target", ...DENY]),
  ],
  ...wasmClippy(rust),
];

/** Clippy comes with a compiler; the one that Debian's packages make has none. */
function wasmClippy(rust) {
  if ("RUSTC" in rust.env) return [];
  const command = [...CLIPPY, "--target", "wasm32-unknown-unknown", ...DENY];
  return [["lint: clippy for wasm32", () => cargo("clippy-wasm32", command)]];
}

async function cargo(name, args) {
  try {
    return await run(name, ["cargo", ...args]);
  } catch (error) {
    if (/is not installed|no such (sub)?command/.test(error.output)) error.message += `; ${COMPONENT}`;
    throw error;
  }
}

/** Runs all of them, also after one has failed; resolves to the errors. */
export async function runChecks(checks) {
  const errors = [];
  for (const [name, check] of checks) {
    try {
      await step(name, check);
    } catch (error) {
      errors.push(error);
    }
  }
  return errors;
}
