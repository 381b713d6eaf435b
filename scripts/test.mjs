/**
 * `npm test [-- --fast] [-- arguments of vitest]`: set-up, build, and everything a change must pass.
 *
 * Static checks come first, as they are quick and all are worth knowing; tests only run on code that passes them.
 * `--fast` is for many runs over slightly changed code: the tests without checks, browsers, other runtimes and long suites.
 */

import { build } from "./build/index.mjs";
import { packageChecks } from "./checks/package.mjs";
import { runChecks, staticChecks } from "./checks/static.mjs";
import { cargoTest, quickRuntimes, total, vitest } from "./checks/suites.mjs";
import { explain, main } from "./lib/main.mjs";
import { needChromium } from "./setup/chromium.mjs";

await main(async () => {
  const args = process.argv.slice(2);
  const fast = args.includes("--fast");
  const forVitest = args.filter((arg) => arg !== "--fast");
  if (fast) {
    await build();
    return report([await cargoTest(), await vitest(["--project", "fast", ...forVitest], {})]);
  }

  // First what may need somebody's help: a build can take minutes.
  const chromium = await needChromium();
  const rust = await build();
  const errors = await runChecks([...staticChecks(rust), ...packageChecks]);
  if (errors.length > 0) {
    for (const error of errors) explain(error);
    return report([{ passed: 0, failed: errors.length, skipped: 0 }]);
  }
  return report([await cargoTest(), await vitest(forVitest, { CHROMIUM_PATH: chromium }), await quickRuntimes()]);
});

/** Prints the sums; resolves to the exit code. */
function report(counts) {
  const { passed, failed, skipped } = total(counts);
  console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
  return failed > 0 || passed === 0 ? 1 : 0;
}
