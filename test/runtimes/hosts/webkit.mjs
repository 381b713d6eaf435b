/** Debian's WebKitGTK, by raw WebDriver on an X display of its own: the engine with the fewest features. */

import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Failure, start } from "../../../scripts/lib/exec.mjs";
import { fileOf, needPackages } from "../../../scripts/setup/debian.mjs";
import { withPage } from "../page.mjs";

async function find() {
  await needPackages("WebKitGTK", ["webkit2gtk-driver", "xvfb"], "No WebKitGTK for the tests of runtimes");
  const browser = await fileOf("libwebkit2gtk-4.1-0", "/MiniBrowser");
  if (browser === null) throw new Failure("Debian's libwebkit2gtk-4.1-0 has no MiniBrowser");
  return browser;
}

/** Asks until there is an answer. */
async function poll(signal, look) {
  for (;;) {
    const found = await look();
    if (found) return found;
    await sleep(50, null, { signal });
  }
}

async function freePort() {
  const server = createServer();
  await new Promise((listening) => server.listen(0, "127.0.0.1", () => listening(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  await new Promise((closed) => server.close(closed));
  return port;
}

/** What calls a WebDriver and resolves to values. */
const driverAt = (origin, signal) => async (method, path, body) => {
  const response = await fetch(`${origin}/${path}`, { signal, method, body: body && JSON.stringify(body) });
  const { value } = /** @type {{ value: any }} */ (await response.json());
  if (value?.error) throw new Failure(`WebDriver: ${value.error}: ${value.message}`);
  return value;
};

const SCRIPT = `
const done = arguments[0];
report.then((report) => done({ report }), (error) => done({ error: String(error) }));
`;

/** Opens a page in a session of its own. */
async function runInSession(call, binary, page) {
  const alwaysMatch = { "webkitgtk:browserOptions": { binary, args: ["--automation"] } };
  const { sessionId, capabilities } = await call("POST", "session", { capabilities: { alwaysMatch } });
  const session = `session/${sessionId}`;
  await call("POST", `${session}/timeouts`, { script: null });
  await call("POST", `${session}/url`, { url: page });
  const { report, error } = await call("POST", `${session}/execute/async`, { script: SCRIPT, args: [] });
  if (error) throw new Failure(error);
  await call("DELETE", session);
  return { version: capabilities.browserVersion, ...report };
}

async function run(binary, page, { app, signal }, env) {
  const name = ["runtime-webkit", ...Object.keys(env)].join("-");
  const screen = start(`${name}-xvfb`, ["Xvfb", "-displayfd", "1", "-screen", "0", "1024x768x24", "-nolisten", "tcp"]);
  let driver;
  try {
    const display = await poll(signal, () => /^\d+$/m.exec(screen.output())?.[0]);
    const port = await freePort();
    const command = ["WebKitWebDriver", `--port=${port}`, "--host=127.0.0.1"];
    driver = start(name, command, { env: { DISPLAY: `:${display}`, HOME: app, ...env } });
    const call = driverAt(`http://127.0.0.1:${port}`, signal);
    await poll(signal, () => call("GET", "status").catch(() => null));
    return await runInSession(call, binary, page);
  } finally {
    await driver?.stop();
    await screen.stop();
  }
}

/** @type {(name: string, kernel: "wasm" | "js", env?: Record<string, string>) => import("../hosts.mjs").Host} */
const host = (name, kernel, env = {}) => ({
  name,
  kernel,
  resumes: true,
  find,
  run: (binary, where) => withPage(where.app, (page) => run(binary, page, where, env)),
});

export const WEBKIT = [host("WebKitGTK", "wasm"), host("WebKitGTK without SIMD", "js", { JSC_useWasmSIMD: "0" })];
