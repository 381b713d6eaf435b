/** Everything a build needs, done only where it is missing. */

import { rmSync } from "node:fs";
import { inTools } from "../lib/paths.mjs";
import { all, say } from "../lib/step.mjs";
import { hasPackages, installPackages } from "./npm.mjs";
import { findWasmRust, makeWasmRust, needRust, needTarget } from "./rust-target.mjs";
import { hasTool, installTool, tools } from "./tools.mjs";

/** Sets the machine up; resolves to the Rust that compiles the kernel. */
export async function setUp() {
  // Left by runs that were interrupted, whose installers may write for a moment yet: who holds the lock is the only one at work.
  rmSync(inTools("unfinished"), { recursive: true, force: true, maxRetries: 20 });
  const wanted = tools();
  const [rust, ...present] = await Promise.all([findWasmRust(), ...wanted.map(hasTool)]);
  const missing = wanted.filter((_, i) => !present[i]);
  if (rust === null || missing.length > 0) {
    await needRust();
    say("Setting up; the first time this takes some minutes");
  }
  // First what may need somebody's help: the rest takes minutes.
  const ready = rust ?? (await needTarget());
  const [made] = await all(
    ready ?? makeWasmRust(),
    hasPackages() ? undefined : installPackages(),
    ...missing.map(installTool),
  );
  return made;
}
