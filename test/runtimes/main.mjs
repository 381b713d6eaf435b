/**
 * `npm run test:runtimes [-- --quick] [--alone] [name…]`: the package in every runtime, in those of `npm test`, or by name.
 *
 * They run side by side, as many as there are cores; `--alone` is for the times, which are then nobody else's.
 */

import { main } from "../../scripts/lib/main.mjs";
import { testRuntimes } from "./index.mjs";

await main(async () => {
  const args = process.argv.slice(2);
  const names = args.filter((arg) => arg !== "--quick" && arg !== "--alone");
  const how = { quick: args.includes("--quick"), alone: args.includes("--alone"), names };
  const { passed, failed, skipped } = await testRuntimes(how);
  const rest = skipped > 0 ? `, ${skipped} cannot be had on this machine` : "";
  console.log(`\n${passed} hosts train to the same bits, ${failed} do not${rest}`);
  return failed === 0 ? 0 : 1;
});
