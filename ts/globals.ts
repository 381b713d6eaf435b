/**
 * Globals that a program's `lib` may lack. Our declarations compile under plain ES2022: a class that is not declared there
 * is `never`, which leaves a union as if it had not been named.
 */

declare global {
  interface SymbolConstructor {
    readonly dispose: unique symbol;
  }
}

/** What `using` calls. Hosts without it have nobody who would ask for the method. */
export const DISPOSE: typeof Symbol.dispose = Symbol.dispose ?? (Symbol.for("Symbol.dispose") as typeof Symbol.dispose);

/** What Node's `console.log` calls. */
export const INSPECT = Symbol.for("nodejs.util.inspect.custom");

/** A compiled module. */
export type WasmModule = typeof globalThis extends { readonly WebAssembly: { readonly Module: { prototype: infer T } } }
  ? T
  : never;

/** What `fetch` resolves to. */
export type HttpResponse = typeof globalThis extends { readonly Response: { prototype: infer T } } ? T : never;
