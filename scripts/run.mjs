/**
 * `node scripts/run.mjs [--node-flag…] program.mjs [argument…]`: builds what is out of date, then runs a program.
 *
 * The program gets the terminal, its exit code is ours.
 */

import { spawn } from "node:child_process";
import { constants } from "node:os";
import { build } from "./build/index.mjs";
import { Failure } from "./lib/exec.mjs";
import { main } from "./lib/main.mjs";

await main(async () => {
  const command = process.argv.slice(2);
  if (command.every((word) => word.startsWith("-"))) throw new Failure("run.mjs needs the path of a program");
  await build();
  const child = spawn(process.execPath, command, { stdio: "inherit" });
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
    // It ends when the program has ended, which may have something to say first. Ctrl-C reaches both by itself.
    process.removeAllListeners(signal);
    process.on(signal, () => signal !== "SIGINT" && child.kill(signal));
  }
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve(code ?? 128 + constants.signals[/** @type {"SIGINT"} */ (signal)]));
  });
});
