/** The version of a host that runs files: Deno and Bun say that they are some Node as well. */
export const version = globalThis.Deno?.version.deno ?? globalThis.Bun?.version ?? process.versions.node;
