/** Where built things go. All of it is ignored by git, and `rm -rf .tools target dist node_modules` starts afresh. */

import { resolve } from "node:path";
import { fileURLToPath } from "node:url";

// Node before 20.11 has no `import.meta.dirname`, and lives long enough to say that it is too old.
export const root = resolve(fileURLToPath(new URL("../..", import.meta.url)));

/** A path inside the project. */
export const inRoot = (...parts) => resolve(root, ...parts);

/** A path inside `.tools/`: build tools, logs, stamps, and products that are not finished yet. */
export const inTools = (...parts) => resolve(root, ".tools", ...parts);

/** A name for a product while it is written, for who holds the lock; another process never has the same one. */
export const unfinished = (name) => inTools("unfinished", `${name}-${process.pid}`);
