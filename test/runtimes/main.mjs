/** `npm run test:runtimes [-- --quick] [-- name…]`: the package in every runtime, in those of `npm test`, or by name. */

import { main } from "../../scripts/lib/main.mjs";
import { testRuntimes } from "./index.mjs";

await main(async () => {
  const args = process.argv.slice(2);
  const names = args.filter((arg) => arg !== "--quick");
  const { passed, failed } = await testRuntimes({ quick: args.includes("--quick"), names });
  console.log(`\n${passed} hosts train to the same bits, ${failed} do not`);
  return failed === 0 ? 0 : 1;
});
