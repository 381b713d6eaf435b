/** All of the package, and what it computes. */

import * as adam from "adam-wasm";
import { run } from "./run.mjs";

globalThis.result = run({ ...adam });
