/** The probe as a test of `workerd test`. */

import { probe } from "./probe.mjs";

export default {
  async test() {
    console.log(JSON.stringify(await probe(() => import("adam-wasm"))));
  },
};
