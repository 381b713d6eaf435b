// The command line of the demo.

/**
 * The port to serve at, 0 for any; undefined if help is asked for.
 * @param {string[]} args
 */
export function parsePort(args) {
  if (args.includes("--help") || args.includes("-h")) return undefined;
  const [text = "0", ...more] = args;
  if (more.length > 0) throw new RangeError(`Unexpected argument: ${more[0]} (see --help)`);
  if (text.startsWith("-")) throw new RangeError(`Unknown flag: ${text} (see --help)`);
  if (/^\d+$/.test(text) && Number(text) <= 65535) return Number(text);
  throw new RangeError(`Invalid port: ${text || '""'} (use a whole number from 0 to 65535)`);
}
