// Where the digits are: a file beside this one.

import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { parseDigits } from "./data.mjs";

/** @returns {string} one digit a line: its pixels, then its class */
export const readDigits = () => gunzipSync(readFileSync(new URL("data/digits.csv.gz", import.meta.url))).toString();

export const loadDigits = () => parseDigits(readDigits());
