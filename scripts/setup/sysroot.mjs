/**
 * A Rust for wasm32 from Debian's packages, where rustup cannot bring the target.
 *
 * Debian has a recent compiler and the sources of the standard library, but no library for wasm32-unknown-unknown. It
 * is built once into `.tools/rust/`, a sysroot with a `bin/` that goes in front of the PATH. Nothing outside the
 * project changes, and builds for the host keep using the machine's own Rust.
 */

import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { delimiter, join } from "node:path";
import { ask, Failure, run } from "../lib/exec.mjs";
import { inTools } from "../lib/paths.mjs";
import { step } from "../lib/step.mjs";
import { emptyFolder, swapIn } from "../lib/swap.mjs";
import { fileOf } from "./debian.mjs";

/** What the packages are called; the linker's number is the LLVM of that compiler. */
export const DEBIAN_RUST = ["rustc-web", "cargo-web", "rust-web-src", "lld-22"];
const LINKER = { package: "lld-22", ending: "bin/wasm-ld" };

const TARGET = "wasm32-unknown-unknown";
const place = inTools("rust");
const bin = (program) => join(place, "bin", program);

/** The sysroot of the compiler that is installed now, or `null`. */
export async function findSysroot() {
  const version = await ask(bin("rustc"), ["--version", "--verbose"]);
  try {
    if (version === null || version !== readFileSync(join(place, "made-with"), "utf8")) return null;
  } catch {
    return null;
  }
  const env = {
    PATH: `${join(place, "bin")}${delimiter}${process.env.PATH}`,
    RUSTC: bin("rustc"),
    CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER: bin("wasm-ld"),
  };
  return { version, env };
}

/** Builds `core` and `alloc`, which are all that the kernel uses, and the sysroot around them. */
export const makeSysroot = () =>
  step("Rust's core library for wasm32", async () => {
    const rustc = await fileOf("rustc-web", "/bin/rustc");
    const cargo = await fileOf("cargo-web", "/bin/cargo");
    const linker = await fileOf(LINKER.package, LINKER.ending);
    if (rustc === null || cargo === null || linker === null) {
      throw new Failure(`Debian's packages ${DEBIAN_RUST.join(", ")} lack rustc, cargo or ${LINKER.ending}`);
    }
    const sysroot = await ask(rustc, ["--print", "sysroot"]);
    const libraries = await buildLibraries(rustc, cargo, sysroot);

    const folder = emptyFolder("rust");
    const own = join(folder, "lib", "rustlib", TARGET, "lib");
    mkdirSync(own, { recursive: true });
    mkdirSync(join(folder, "bin"));
    for (const library of libraries) renameSync(library, join(own, library.slice(library.lastIndexOf("/") + 1)));
    const version = await ask(rustc, ["--version", "--verbose"]);
    const host = /^host: (.*)$/m.exec(version)[1];
    symlinkSync(join(sysroot, "lib", "rustlib", host), join(folder, "lib", "rustlib", host));
    symlinkSync(cargo, join(folder, "bin", "cargo"));
    symlinkSync(linker, join(folder, "bin", "wasm-ld"));
    const wrapper = join(folder, "bin", "rustc");
    writeFileSync(wrapper, `#!/bin/sh\nexec ${rustc} --sysroot "$(cd "\${0%/*}/.." && pwd)" "$@"\n`);
    chmodSync(wrapper, 0o755);
    writeFileSync(join(folder, "made-with"), version);
    swapIn(folder, place);
  });

/** Cargo builds the libraries of a target only as dependencies of some crate: an empty one. */
async function buildLibraries(rustc, cargo, sysroot) {
  const crate = emptyFolder("empty-crate");
  mkdirSync(join(crate, "src"));
  writeFileSync(
    join(crate, "Cargo.toml"),
    '[workspace]\n[package]\nname = "empty"\nversion = "0.0.0"\nedition = "2024"\n',
  );
  writeFileSync(join(crate, "src", "lib.rs"), "#![no_std]\n");
  const target = inTools("build", "core");
  rmSync(target, { recursive: true, force: true });
  // Cargo resolves what all of the standard library needs; its sources bring that along.
  const vendored = join(sysroot, "lib", "rustlib", "src", "rust", "library", "vendor");
  const replaced = ['source.crates-io.replace-with="std"', `source.std.directory=${JSON.stringify(vendored)}`];
  const source = existsSync(vendored) ? ["--offline", ...replaced.flatMap((line) => ["--config", line])] : [];
  const command = [cargo, "build", "-Zbuild-std=core,alloc", "--release", "--target", TARGET, ...source];
  await run("core-library", [...command, "--target-dir", target], {
    cwd: crate,
    env: {
      RUSTC: rustc,
      // Lets a stable compiler build the standard library, nothing else.
      RUSTC_BOOTSTRAP: "1",
      // Without bitcode there is nothing for link-time optimization to work on.
      RUSTFLAGS: "-C embed-bitcode=yes",
      // It would replace those.
      CARGO_ENCODED_RUSTFLAGS: undefined,
    },
  });
  const deps = join(target, TARGET, "release", "deps");
  return readdirSync(deps)
    .filter((name) => name.endsWith(".rlib") && !name.startsWith("libempty-"))
    .map((name) => join(deps, name));
}
