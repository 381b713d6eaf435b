/** Every mistake of `npm run test:mutants` can still be made: the text that it changes is there. */

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { inRoot } from "../scripts/lib/paths.mjs";
import { MUTANTS } from "../scripts/mutants/index.mjs";

test.each(MUTANTS)("$name", ({ file, from }) => {
  expect(readFileSync(inRoot(file), "utf8")).toContain(from);
});
