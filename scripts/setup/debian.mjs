/** Debian's packages, for what the usual way cannot bring: only as root, and only after saying so. */

import { ask, Failure, run } from "../lib/exec.mjs";
import { say, step } from "../lib/step.mjs";

/** Another apt may be at work, for instance the machine's own upgrades. */
const LOCK_TIMEOUT_S = 600;
const UPDATE_TRIES = 60;

// In English, as errors are told apart by what they say.
const env = { DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C" };

async function isInstalled(name) {
  const status = await ask("dpkg-query", ["--status", name]);
  return status !== null && /^Status: install ok installed$/m.test(status);
}

/** The file of an installed package whose path ends so, or `null`. */
export async function fileOf(name, ending) {
  const files = await ask("dpkg-query", ["--listfiles", name]);
  return files?.split("\n").find((file) => file.endsWith(ending)) ?? null;
}

/** The command that installs packages by hand. */
const byHand = (names) => `sudo apt-get install --no-install-recommends ${names.join(" ")}`;

// Waiting for dpkg's lock does not cover the lists of packages.
async function updateLists() {
  for (let tries = 1; ; tries++) {
    try {
      return await run("apt-update", ["apt-get", "update", "--quiet"], { env, uninterruptible: true });
    } catch (error) {
      if (tries === UPDATE_TRIES || !/Could not get lock/.test(error.output)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 5000));
    }
  }
}

let queue = Promise.resolve();
let updated;

/**
 * Sees to it that Debian's packages are there.
 *
 * @param {string} title of the step
 * @param {string[]} names
 * @param {string} reason what is missing; a full sentence without its period
 * @param {string[]} [otherwise] what else would help, mostly commands
 */
export async function needPackages(title, names, reason, otherwise = []) {
  const present = await Promise.all(names.map(isInstalled));
  const missing = names.filter((_, i) => !present[i]);
  if (missing.length === 0) return;
  const isDebian = (await ask("apt-get", ["--version"])) !== null;
  if (!isDebian || process.getuid?.() !== 0) {
    const ways = [...otherwise, byHand(names)].map((way) => `\n    ${way}`);
    throw new Failure(`${reason}. Do one of these, then run the same command again:${ways.join("")}`);
  }
  const install = () =>
    step(title, async () => {
      say(`  ${reason}: installing Debian's ${missing.join(", ")}`);
      updated ??= updateLists();
      await updated;
      const options = ["--yes", "--quiet", "--no-install-recommends", "-o", `DPkg::Lock::Timeout=${LOCK_TIMEOUT_S}`];
      await run(`apt-${missing[0]}`, ["apt-get", "install", ...options, ...missing], { env, uninterruptible: true });
    });
  // One apt at a time.
  const turn = queue.then(install);
  queue = turn.catch(() => {});
  await turn;
}
