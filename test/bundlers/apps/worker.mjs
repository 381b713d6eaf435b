/** A worker that answers with what the program before it computed. */

import "./app.mjs";

export default { fetch: async () => Response.json(await globalThis.result) };
