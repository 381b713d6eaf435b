/** A Rust that compiles for wasm32-unknown-unknown: the machine's own if it can, else one made from Debian's packages. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { ask, Failure, run } from "../lib/exec.mjs";
import { inRoot } from "../lib/paths.mjs";
import { isOlder } from "../lib/versions.mjs";
import { needPackages } from "./debian.mjs";
import { DEBIAN_RUST, findSysroot, makeSysroot } from "./sysroot.mjs";

const TARGET = "wasm32-unknown-unknown";
const ADD_TARGET = ["rustup", "target", "add", TARGET];

/** The machine's own Rust, if it has the target. */
async function findInstalled() {
  const [version, libraries] = await Promise.all([
    ask("rustc", ["--version", "--verbose"]),
    ask("rustc", ["--print", "target-libdir", "--target", TARGET]),
  ]);
  if (version === null || libraries === null || !existsSync(libraries)) return null;
  return readdirSync(libraries).some((name) => name.startsWith("libcore-")) ? { version, env: {} } : null;
}

/**
 * What compiles the kernel, or `null` if there is nothing yet.
 *
 * @returns {Promise<{ version: string, env: Record<string, string> } | null>} `env` is what builds of the kernel need
 */
export const findWasmRust = async () => (await findInstalled()) ?? (await findSysroot());

/**
 * Gets it, or what it is made from: resolves to `null` once Debian's packages are there for `makeWasmRust`. Where somebody
 * has to help, that shows in seconds.
 */
export async function needTarget() {
  let obstacle = "there is no rustup to change that";
  let help = "install Rust with rustup";
  if ((await ask("rustup", ["--version"])) !== null) {
    help = ADD_TARGET.join(" ");
    try {
      await run("rustup-target", ADD_TARGET);
      const added = await findInstalled();
      if (added !== null) return added;
      obstacle = `\`${help}\` does not change that`;
      help = "put rustup's rustc in front of the PATH";
    } catch (error) {
      obstacle = error.message;
    }
  }
  const reason = `Rust cannot compile for ${TARGET} yet, and ${obstacle}`;
  await needPackages("Rust from Debian", DEBIAN_RUST, reason, [help]);
  return null;
}

/** Makes it from Debian's packages. */
export async function makeWasmRust() {
  await makeSysroot();
  const made = await findSysroot();
  if (made === null) throw new Failure("The Rust in .tools/rust does not run: remove that folder and try again");
  return made;
}

/** What is needed before anything else, as nothing here can bring it. */
export async function needRust() {
  const version = await ask("cargo", ["--version"]);
  if (version === null) throw new Failure("Rust is missing: install it with rustup, then run the same command again");
  const wanted = /^rust-version = "(.*)"/m.exec(readFileSync(inRoot("Cargo.toml"), "utf8"))[1];
  if (isOlder(version, wanted)) {
    throw new Failure(`This is ${version}, which is too old: \`rustup update\` brings ${wanted} or later`);
  }
}
