/** The entry for Vercel's edge, which forbids compiling bytes and imports modules compiled under this name. */

import module from "./kernel.wasm?module";
import { install } from "./wasm/instance.js";

install(module);

export * from "./index.js";
