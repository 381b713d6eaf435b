/** wasm-pack and the wasm-bindgen program in `.tools/bin/`, built from their crates: no released binaries needed. */

import { readFileSync, rmSync } from "node:fs";
import { ask, Failure, run } from "../lib/exec.mjs";
import { inRoot, inTools } from "../lib/paths.mjs";
import { step } from "../lib/step.mjs";

const WASM_PACK = "0.15.1";

/** The program and the crate must be of one version, else wasm-pack looks for another program. */
function wasmBindgenVersion() {
  const version = /name = "wasm-bindgen"\nversion = "(.*)"/.exec(readFileSync(inRoot("Cargo.lock"), "utf8"))?.[1];
  if (version === undefined) throw new Failure("Cargo.lock names no wasm-bindgen");
  return version;
}

/** The tools as they should be. */
export const tools = () => [
  { crate: "wasm-pack", program: "wasm-pack", version: WASM_PACK },
  { crate: "wasm-bindgen-cli", program: "wasm-bindgen", version: wasmBindgenVersion() },
];

/** Whether it is there, whole and in this version. */
export async function hasTool({ program, version }) {
  return (await ask(inTools("bin", program), ["--version"])) === `${program} ${version}`;
}

/** Builds and installs one; an interrupted build goes on where it was. */
export const installTool = ({ crate, program, version }) =>
  step(program, async () => {
    const target = inTools("build", program);
    // Debug: they work on one small file, and an optimized build of them takes twice as long.
    // By force: cargo leaves alone what it has installed, although it may be broken or of another machine.
    const options = ["--force", "--debug", "--root", inTools(), "--target-dir", target, `${crate}@${version}`];
    try {
      await run(program, ["cargo", "install", "--locked", ...options]);
    } catch (error) {
      // The pinned set may hold a version that was withdrawn, or that a mirror lacks; nothing was compiled then.
      if (/could not compile/.test(error.output)) throw error;
      await run(program, ["cargo", "install", ...options]);
    }
    rmSync(target, { recursive: true, force: true });
  });
