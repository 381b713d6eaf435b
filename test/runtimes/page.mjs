/** A page with the application's script in it, for browsers. */

import { createServer } from "node:http";
import { bundle } from "./app.mjs";

const PAGE = '<!doctype html><link rel="icon" href="data:,"><script src="/script.js"></script>';

/**
 * Serves the page while `use` runs with its address.
 *
 * @template T
 * @param {string} app
 * @param {(url: string) => Promise<T>} use
 * @param {string} [policy] what its Content-Security-Policy says
 */
export async function withPage(app, use, policy) {
  const script = await bundle(app, "script.mjs");
  const server = createServer(({ url }, response) => {
    const [type, body] = url === "/script.js" ? ["text/javascript", script] : ["text/html", PAGE];
    if (policy !== undefined) response.setHeader("Content-Security-Policy", policy);
    response.setHeader("Content-Type", type).end(body);
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", () => listening(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  try {
    return await use(`http://127.0.0.1:${port}/`);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}
