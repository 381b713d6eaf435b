/** The probe in hosts that get one script; they find its promise in `report`. */

import { probe } from "./probe.mjs";

globalThis.report = probe(() => import("adam-wasm"));
