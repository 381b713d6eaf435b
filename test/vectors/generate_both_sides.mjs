/** `node test/vectors/generate_both_sides.mjs OUTDIR`: the checkpoint of this package that torch has to read. */

import { join } from "node:path";
import { saveFile } from "adam-wasm/checkpoint/node";
import { trained } from "../support/both-sides.mjs";

await saveFile(join(process.argv[2], "both-sides-here.safetensors"), trained());
