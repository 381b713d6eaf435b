/** The probe in hosts that run files. */

import { probe } from "./probe.mjs";
import { version } from "./version.mjs";

console.log(JSON.stringify({ version, ...(await probe(() => import("adam-wasm"))) }));
