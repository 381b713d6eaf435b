/** Temporary folders of this process. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folders = new Set();

// Not in a `finally`, which does not come when a signal ends the process.
process.on("exit", () => {
  for (const folder of folders) removeScratch(folder);
});

/** An empty folder that goes when this process ends. */
export function scratch(name, within = tmpdir()) {
  const folder = mkdtempSync(join(within, `adam-wasm-${name}-`));
  folders.add(folder);
  return folder;
}

/** Removes one before that, as it is large. */
export function removeScratch(folder) {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  folders.delete(folder);
}
