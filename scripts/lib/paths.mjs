/** Where built things go. All of it is ignored by git, and `rm -rf .tools target dist node_modules` starts afresh. */

import { resolve } from "node:path";

export const root = resolve(import.meta.dirname, "../..");

/** A path inside the project. */
export const inRoot = (...parts) => resolve(root, ...parts);

/** A path inside `.tools/`: build tools, logs, stamps, and products that are not finished yet. */
export const inTools = (...parts) => resolve(root, ".tools", ...parts);

/** A name for a product while it is written, for who holds the lock; another process never has the same one. */
export const unfinished = (name) => inTools("unfinished", `${name}-${process.pid}`);
