/** What hosts make of `dist/kernel.wasm`, which the build puts beside the entries. */

declare module "*/kernel.wasm" {
  const module: WebAssembly.Module;
  export default module;
}

declare module "*/kernel.wasm?module" {
  const module: WebAssembly.Module;
  export default module;
}
