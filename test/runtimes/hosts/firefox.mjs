/** Firefox ESR. */

import { firefox } from "playwright-core";
import { needFirefox } from "../../../scripts/setup/firefox.mjs";
import { runInBrowser } from "./playwright.mjs";

/** @type {import("../hosts.mjs").Host[]} */
export const FIREFOX = [
  {
    name: "Firefox ESR",
    kernel: "wasm",
    resumes: true,
    find: needFirefox,
    run: (executablePath, where) => runInBrowser(firefox, { channel: "moz-firefox", executablePath }, where),
  },
];
