/** All hosts: another one is another entry. */

import { BUN } from "./hosts/bun.mjs";
import { CHROMIUM } from "./hosts/chromium.mjs";
import { DENO } from "./hosts/deno.mjs";
import { EDGE_RUNTIME } from "./hosts/edge-runtime.mjs";
import { FIREFOX } from "./hosts/firefox.mjs";
import { NODE } from "./hosts/node.mjs";
import { WEBKIT } from "./hosts/webkit.mjs";
import { WORKERD } from "./hosts/workerd.mjs";

/**
 * @typedef {object} Host
 * @property {string} name
 * @property {"wasm" | "js"} kernel the one that must run there
 * @property {boolean} [quick] whether `npm test` tries it
 * @property {boolean} [resumes] whether it goes on with trainings that Node has begun, which takes some seconds
 * @property {() => Promise<string>} find gets it if it is missing; resolves to its program. Hosts may share one.
 * @property {(program: string, where: Where) => Promise<Report>} run runs the probe of the application
 */

/**
 * The folder of the application, and what ends the host when it takes too long.
 *
 * @typedef {{ app: string, signal: AbortSignal }} Where
 */

/**
 * What the probe found in a host.
 *
 * @typedef {object} Report
 * @property {string} version
 * @property {{ kind: string, reason: string | null }} backend
 * @property {string} digest
 * @property {Record<string, string[]>} resumed the ends of trainings, by name: one for each step at which Node saved them
 * @property {number} importTime in ms
 * @property {number} firstStep in ms, with the creation of its parameter and optimizer
 * @property {string[]} [messages] what the package, or in a page anybody, had to say on the console, if that can be seen
 */

/** @type {readonly Host[]} */
export const HOSTS = [...NODE, ...DENO, ...BUN, ...WORKERD, ...EDGE_RUNTIME, ...CHROMIUM, ...FIREFOX, ...WEBKIT];
