/** JavaScript runtimes for the tests, from npm packages that carry the programs: each in a folder of its own. */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Failure, run } from "../lib/exec.mjs";
import { inRoot, inTools } from "../lib/paths.mjs";
import { step } from "../lib/step.mjs";
import { emptyFolder, swapIn } from "../lib/swap.mjs";

/** There is no such runtime for this kind of machine. */
export class Unavailable extends Failure {}

const readJson = (file) => JSON.parse(readFileSync(file, "utf8"));

/**
 * Sees to it that a runtime is there as `test/runtimes/package-lock.json` has it; resolves to the folder of its package.
 * Its caller holds the lock.
 *
 * @param {string} name as in `test/runtimes/package.json`, without the platform
 */
export async function needRuntime(name) {
  const platform = `${process.platform}-${process.arch}`;
  const path = `node_modules/${name}-${platform}`;
  const lock = readJson(inRoot("test/runtimes/package-lock.json"));
  const locked = lock.packages[path];
  if (locked === undefined) throw new Unavailable(`test/runtimes/package.json has no ${name} for ${platform}`);
  const place = inTools("runtimes", name);
  if (versionIn(join(place, path)) !== locked.version) {
    await step(`${name}: ${locked.version}`, async () => {
      const folder = emptyFolder(name);
      // One package out of the list: who tests in one runtime does not wait for all of them.
      const dependencies = { [`${name}-${platform}`]: `npm:${locked.name}@${locked.version}` };
      const packages = { "": { dependencies }, [path]: locked };
      writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, dependencies }));
      writeFileSync(join(folder, "package-lock.json"), JSON.stringify({ ...lock, packages }));
      await run(`npm-${name}`, ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: folder });
      swapIn(folder, place);
    });
  }
  return join(place, path);
}

function versionIn(folder) {
  try {
    return readJson(join(folder, "package.json")).version;
  } catch {
    return null;
  }
}
