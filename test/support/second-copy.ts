/** A second copy of the package, as two versions in one program are: its own modules, its own memory. */

import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { onTestFinished } from "vitest";
import { ROOT } from "./child.js";

export async function secondCopy(): Promise<typeof import("adam-wasm")> {
  const folder = mkdtempSync(join(tmpdir(), "adam-wasm-copy-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  cpSync(join(ROOT, "dist"), join(folder, "dist"), { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  return import(pathToFileURL(join(folder, "dist", "inline.js")).href);
}
