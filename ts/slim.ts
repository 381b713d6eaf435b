/**
 * The entry without the kernel's bytes, for programs that fetch, cache or share them in their own way. Nothing runs at
 * import, and nothing stands in: where the kernel cannot be compiled, `init` says so.
 */

import { kindOf, stateError, typeError } from "./check.js";
import type { HttpResponse, WasmModule } from "./globals.js";
import { install } from "./wasm/instance.js";

export * from "./index.js";

/** The kernel: `adam-wasm/kernel.wasm` of the same version of this package, compiled or not. */
export type KernelSource = WasmModule | ArrayBuffer | ArrayBufferView;

/**
 * Installs the kernel; once in a program, before its first tensor. If there is a kernel already, that one stays.
 *
 * A response may have any content type.
 *
 * @throws ERR_ENV if the response is an error, such as 404, or if the kernel cannot be compiled and instantiated here;
 *   ERR_OPTION for what is no kernel; what `source` is rejected with, such as the TypeError of a `fetch` without network
 * @example
 * import { Adam, init } from "adam-wasm/slim";
 * await init(fetch("/kernel.wasm"));
 */
export async function init(
  source: KernelSource | HttpResponse | PromiseLike<KernelSource | HttpResponse>,
): Promise<void> {
  const given = await source;
  if (!isResponse(given)) return initSync(given);
  if (!given.ok) {
    throw stateError("ERR_ENV", `the request for the kernel failed: ${given.status} ${given.statusText}`.trimEnd());
  }
  initSync(await given.arrayBuffer());
}

/** The same, and its errors, from a module or bytes that are at hand. Chromium's main thread compiles up to 8 MB like this. */
export function initSync(source: KernelSource): void {
  const isModule = kindOf(source) === "WebAssembly.Module";
  if (!isModule && !ArrayBuffer.isView(source) && !/^(Shared)?ArrayBuffer$/.test(kindOf(source))) {
    throw typeError(
      "ERR_OPTION",
      `the kernel must be a WebAssembly.Module, bytes or (for init) a Response, but got ${kindOf(source)}`,
    );
  }
  try {
    const module = isModule ? (source as WasmModule) : new WebAssembly.Module(source as BufferSource);
    // What is installed stays, whatever it is.
    if (!WebAssembly.Module.exports(module).some(({ name }) => name === "stepAdam")) {
      throw new WebAssembly.LinkError("the module is that of another program");
    }
    install(module);
  } catch (error) {
    throw stateError("ERR_ENV", `the kernel cannot run here: ${error}`, error);
  }
}

/** By its name: some hosts have no such class. */
function isResponse(source: KernelSource | HttpResponse): source is HttpResponse {
  return kindOf(source) === "Response";
}
