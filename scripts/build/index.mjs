/** Set-up and build, with nothing to wait for when both are up to date. */

import { rmSync } from "node:fs";
import { locked } from "../lib/lock.mjs";
import { inTools } from "../lib/paths.mjs";
import { setUp } from "../setup/index.mjs";
import { buildBundle } from "./bundle.mjs";
import { buildWasm } from "./wasm.mjs";

/** Leaves `dist/` up to date; resolves to the Rust that compiled the kernel. */
export const build = () =>
  locked(async () => {
    const rust = await setUp();
    await buildWasm(rust);
    await buildBundle();
    rmSync(inTools("unfinished"), { recursive: true, force: true, maxRetries: 20 });
    return rust;
  });
