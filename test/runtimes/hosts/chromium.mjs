/** Chromium, also where its flags or the page's policy forbid WebAssembly. */

import { chromium } from "playwright-core";
import { needChromium } from "../../../scripts/setup/chromium.mjs";
import { runInBrowser } from "./playwright.mjs";

/** @type {(name: string, kernel: "wasm" | "js", where?: { flags?: string[], policy?: string }) => import("../hosts.mjs").Host} */
const host = (name, kernel, { flags = [], policy } = {}) => ({
  name,
  kernel,
  quick: flags.length === 0,
  resumes: policy === undefined,
  find: needChromium,
  run: (executablePath, where) =>
    runInBrowser(chromium, { executablePath, args: ["--no-sandbox", ...flags] }, where, policy),
});

export const CHROMIUM = [
  host("Chromium", "wasm"),
  host("Chromium, policy with 'wasm-unsafe-eval'", "wasm", { policy: "script-src 'self' 'wasm-unsafe-eval'" }),
  host("Chromium, policy without it", "js", { policy: "script-src 'self'" }),
  host("Chromium without SIMD", "js", { flags: ["--js-flags=--no-enable-sse4-1"] }),
  host("Chromium --jitless", "js", { flags: ["--js-flags=--jitless"] }),
];
