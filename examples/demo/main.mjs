// `npm run demo [-- port]`: builds the demo and serves it until it is stopped, at any free port unless one is given.

import { buildSite, SITE } from "./build.mjs";
import { parsePort } from "./port.mjs";
import { serve } from "./serve.mjs";

const HELP = `Builds the demo, a page that learns to read handwritten digits, and serves it on this machine.

  npm run demo -- [port]

  port     from 0 to 65535; any that is free if there is none, or 0
  --help   this text`;

try {
  const port = parsePort(process.argv.slice(2));
  if (port === undefined) console.log(HELP);
  else await run(port);
} catch (error) {
  if (!(error instanceof RangeError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}

/** @param {number} port */
async function run(port) {
  await buildSite();
  const { url } = await serve(SITE, port);
  console.log(`The demo is at ${url} (Ctrl-C stops it). Its files are in ${SITE}, for any web server.`);
}
