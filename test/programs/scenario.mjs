/** The scenario in this host. */

import { run } from "../support/scenario.mjs";

console.log(JSON.stringify(await run(await import("adam-wasm"))));
