/** Versions, compared by their first two numbers. */

const numbers = (/** @type {string} */ text) => /(\d+)\.(\d+)/.exec(text).slice(1).map(Number);

/** Whether the version in `text` is older than the one in `wanted`. */
export function isOlder(text, wanted) {
  const [major, minor] = numbers(text);
  const [wantedMajor, wantedMinor] = numbers(wanted);
  return major < wantedMajor || (major === wantedMajor && minor < wantedMinor);
}
