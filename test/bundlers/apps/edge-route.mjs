/** A route of Next on Vercel's edge that answers with what the program beside it computed. */

import "./app.mjs";

export const runtime = "edge";
export const dynamic = "force-dynamic";
export const GET = async () => Response.json(await globalThis.result);
