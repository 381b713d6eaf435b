// `npm run demo [-- port]`: builds the demo and serves it until it is stopped.

import { buildSite, SITE } from "./build.mjs";
import { serve } from "./serve.mjs";

await buildSite();
const { url } = await serve(SITE, Number(process.argv[2] ?? 8080));
console.log(`The demo is at ${url} (Ctrl-C stops it). Its files are in ${SITE}, for any web server.`);
