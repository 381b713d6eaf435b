/** Rust for this CPU: the loop at each vector width, with one division and with two, and its memory traffic alone. */

import { Failure, run } from "../../scripts/lib/exec.mjs";
import { inRoot, inTools } from "../../scripts/lib/paths.mjs";
import { step } from "../../scripts/lib/step.mjs";
import { startProgram } from "../lib/program.mjs";

const WIDTHS = [128, 256, 512];
const KINDS = [
  { kind: "adam", name: "Rust" },
  { kind: "exact", name: "Rust exact" },
  { kind: "triad", name: "triad, Rust" },
];
const CONTESTANTS = KINDS.flatMap(({ kind, name }) =>
  WIDTHS.map((bits) => ({ kind: `${kind}-${bits}`, name: `${name} ${bits}`, isLimit: kind === "triad" })),
);

/** @type {import("../contestants/index.mjs").Source} */
export const NATIVE = {
  names: CONTESTANTS.map(({ name }) => name),
  external: true,
  find: async () => {
    const { ask, make } = startProgram("native-bench", [await build()]);
    const there = await ask("contestants");
    const version = (await run("rustc-version", ["rustc", "--version"])).trim();
    return CONTESTANTS.map(({ kind, isLimit }) =>
      there.includes(kind)
        ? { version, isLimit, make: (data) => (isLimit ? traffic(make, kind, data) : make(kind, data)) }
        : new Failure("this CPU has no such vectors"),
    );
  },
};

/** It moves no parameters as a step does: there is nothing to compare. */
async function traffic(make, kind, data) {
  const { time, dispose } = await make(kind, data);
  return { time, dispose };
}

/** Compiles it for this CPU; resolves to the program. */
async function build() {
  const target = inTools("native");
  const flags = ["--release", "--locked", "--target-dir", target];
  await step("Rust for this CPU", () =>
    run("native-bench", ["cargo", "build", "--manifest-path", inRoot("bench/native/Cargo.toml"), ...flags], {
      env: { RUSTFLAGS: "-C target-cpu=native" },
    }),
  );
  return inTools("native/release", process.platform === "win32" ? "native-bench.exe" : "native-bench");
}
