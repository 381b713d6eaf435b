/** What is measured: another suite is another file and another entry. */

import { CLIPPING } from "./clipping.mjs";
import { FAMILY } from "./family.mjs";
import { LIMITS } from "./limits.mjs";
import { SCALING } from "./scaling.mjs";
import { STARTUP } from "./startup.mjs";
import { SIZES, TENSORS } from "./steps.mjs";
import { SUBNORMALS } from "./subnormals.mjs";

/**
 * `run` resolves to what the record has under the suite's name, `tables` are made from it for people.
 *
 * @typedef {object} Suite
 * @property {string} name
 * @property {(options: any) => Promise<any>} run
 * @property {(result: any, record: any) => import("../lib/tables.mjs").Figures[]} tables
 */

/** @type {Suite[]} in the order in which they run: the limits come first, others are held against them */
export const SUITES = [LIMITS, SIZES, TENSORS, FAMILY, CLIPPING, SCALING, STARTUP, SUBNORMALS];
