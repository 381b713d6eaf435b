// A web server for one folder, on this machine only.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join } from "node:path";

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".csv": "text/csv; charset=utf-8",
};

/**
 * Gives out the files of a folder; resolves to the server and its address.
 * @param {string} folder
 * @param {number} [port] 0 for any that is free
 */
export async function serve(folder, port = 0) {
  const server = createServer(async ({ url }, response) => {
    try {
      // A URL has no ".." left in its path, and what is escaped there stays escaped: no way leads out of the folder.
      const { pathname } = new URL(url ?? "/", "http://localhost");
      const file = pathname.endsWith("/") ? `${pathname}index.html` : pathname;
      const content = await readFile(join(folder, file));
      response.writeHead(200, { "Content-Type": TYPES[extname(file)] ?? "application/octet-stream" }).end(content);
    } catch {
      response.writeHead(404, { "Content-Type": "text/plain" }).end("There is no such file.\n");
    }
  });
  await new Promise((resolve, reject) => {
    server.once("error", (/** @type {NodeJS.ErrnoException} */ error) => {
      const reason = { EADDRINUSE: "another program has it", EACCES: "it is not yours to take" }[error.code ?? ""];
      reject(reason ? new RangeError(`Invalid port: ${port} (${reason}, choose another)`) : error);
    });
    server.listen(port, "127.0.0.1", () => resolve(undefined));
  });
  const address = /** @type {import("node:net").AddressInfo} */ (server.address());
  return { server, url: `http://127.0.0.1:${address.port}/` };
}
