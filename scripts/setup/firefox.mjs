/** Debian's Firefox ESR. Later versions of playwright-core than the one in package.json do not speak to it. */

import { Failure } from "../lib/exec.mjs";
import { fileOf, needPackages } from "./debian.mjs";

/** The path of one, which is installed if need be. */
export async function needFirefox() {
  await needPackages("Firefox", ["firefox-esr"], "No Firefox ESR for the browser tests");
  const program = await fileOf("firefox-esr", "/bin/firefox-esr");
  if (program === null) throw new Failure("Debian's firefox-esr has no /bin/firefox-esr");
  return program;
}
