/** Debian's Firefox ESR. Later versions of playwright-core than the one in package.json do not speak to it. */

import { firefox } from "playwright-core";
import { Failure } from "../../../scripts/lib/exec.mjs";
import { fileOf, needPackages } from "../../../scripts/setup/debian.mjs";
import { runInBrowser } from "./playwright.mjs";

async function find() {
  await needPackages("Firefox", ["firefox-esr"], "No Firefox ESR for the tests of runtimes");
  const program = await fileOf("firefox-esr", "/bin/firefox-esr");
  if (program === null) throw new Failure("Debian's firefox-esr has no /bin/firefox-esr");
  return program;
}

/** @type {import("../hosts.mjs").Host[]} */
export const FIREFOX = [
  {
    name: "Firefox ESR",
    kernel: "wasm",
    find,
    run: (executablePath, where) => runInBrowser(firefox, { channel: "moz-firefox", executablePath }, where),
  },
];
