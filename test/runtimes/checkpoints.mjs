/** Trainings that this Node saves after each of their steps, for all hosts to resume. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { inRoot } from "../../scripts/lib/paths.mjs";

/** Those of `test/support/family.ts` with the most arrays, with one, and with a number in the state. */
export const WAYS = ["Adam with amsgrad", "SGD with nesterov", "NAdam with betas"];

/**
 * Puts trainings into an application, beside what resumes them; resolves to the digests that each one's ends
 * must have, by name.
 *
 * @param {string} app
 * @param {readonly string[]} ways
 * @returns {Promise<Record<string, string[]>>}
 */
export async function saveTrainings(app, ways) {
  const outfile = join(app, "resumable.mjs");
  const entryPoints = [inRoot("test/support/resumable.ts")];
  await build({ entryPoints, outfile, bundle: true, format: "esm", packages: "external", logLevel: "silent" });
  const { Resumable, STEPS } = await import(pathToFileURL(outfile).href);
  const { digest } = await import(pathToFileURL(join(app, "scenario.mjs")).href);
  const checkpoints = {};
  const ends = {};
  for (const name of ways) {
    const whole = Resumable.start(name);
    const saved = Array.from({ length: STEPS + 1 }, (_, step) => whole.to(step).save());
    checkpoints[name] = saved.map((bytes) => Buffer.from(bytes).toString("base64"));
    const end = await digest([{ name, bytes: saved[STEPS] }]);
    ends[name] = saved.map(() => end);
    whole.dispose();
  }
  writeFileSync(join(app, "checkpoints.mjs"), `export const checkpoints = ${JSON.stringify(checkpoints)};`);
  return ends;
}
