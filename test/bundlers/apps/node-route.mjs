/** A route of Next that answers with what the program beside it computed. */

import "./app.mjs";

export const dynamic = "force-dynamic";
export const GET = async () => Response.json(await globalThis.result);
