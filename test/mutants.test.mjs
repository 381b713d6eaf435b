/** Every mistake of `npm run test:mutants` can still be made: the text that it changes is there. */

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { inRoot } from "../scripts/lib/paths.mjs";
import { CHECKPOINT_MUTANTS } from "../scripts/mutants/checkpoint.mjs";
import { FAMILY_MUTANTS } from "../scripts/mutants/family.mjs";
import { MUTANTS } from "../scripts/mutants/list.mjs";

test.each([...MUTANTS, ...FAMILY_MUTANTS, ...CHECKPOINT_MUTANTS])("$name", ({ file, from }) => {
  expect(readFileSync(inRoot(file), "utf8")).toContain(from);
});
