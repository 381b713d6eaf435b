/** The entry for workerd (Cloudflare Workers), which forbids compiling bytes and imports modules compiled. */

import module from "./kernel.wasm";
import { install } from "./wasm/instance.js";

install(module);

export * from "./index.js";
