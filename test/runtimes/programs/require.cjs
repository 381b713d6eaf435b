/** The probe as a CommonJS program, which requires the package. */

Promise.all([import("./probe.mjs"), import("./version.mjs")]).then(async ([{ probe }, { version }]) => {
  console.log(JSON.stringify({ version, ...(await probe(() => require("adam-wasm"))) }));
});
