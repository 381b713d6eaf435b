/** `npm run build`: sets the machine up as far as needed and builds `dist/`. */

import { build } from "./build/index.mjs";
import { main } from "./lib/main.mjs";

await main(async () => {
  await build();
});
