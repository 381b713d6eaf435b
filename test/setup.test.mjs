/** What a machine that lacks something is told, before anything takes its time; and that settings of its own change nothing. */

import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { inRoot } from "../scripts/lib/paths.mjs";
import { scratch } from "../scripts/lib/scratch.mjs";
import { needRust, needTarget } from "../scripts/setup/rust-target.mjs";

test("Node that is too old", () => {
  const old = 'data:text/javascript,Object.defineProperty(process.versions,"node",{value:"20.18.3"})';
  const options = { encoding: /** @type {const} */ ("utf8") };
  const { stderr, status } = spawnSync(process.execPath, ["--import", old, inRoot("scripts/build.mjs")], options);
  expect(stderr).toBe("This is Node 20.18.3, which is too old: install 20.19 or later\n");
  expect(status).toBe(1);
});

test("another target of cargo reaches no command of ours", () => {
  const program = `import { main } from "${new URL("../scripts/lib/main.mjs", import.meta.url)}";
    await main(async () => console.log(process.env.CARGO_BUILD_TARGET ?? "none"))`;
  const env = { ...process.env, CARGO_BUILD_TARGET: "wasm32-unknown-unknown" };
  const options = { env, encoding: /** @type {const} */ ("utf8") };
  expect(spawnSync(process.execPath, ["--input-type=module", "--eval", program], options).stdout).toBe("none\n");
});

describe("Rust that cannot compile the kernel", () => {
  const { PATH } = process.env;
  afterEach(() => {
    process.env.PATH = PATH;
  });

  test("as it is too old", async () => {
    const folder = scratch("machine");
    writeFileSync(join(folder, "cargo"), "#!/bin/sh\necho cargo 1.63.0\n", { mode: 0o755 });
    process.env.PATH = folder;
    await expect(needRust()).rejects.toThrow(/^This is cargo 1\.63\.0, .* `rustup update` brings 1\.\d+ or later$/);
  });

  const machines = [
    ["without rustup", null, /there is no rustup .*\n {4}install Rust with rustup\n/s],
    ["where rustup fails", "exit 7", /`rustup target add \S+` failed: exit code 7 .*\n {4}rustup target add \S+\n/s],
    [
      "whose rustc is not rustup's",
      "exit 0",
      /does not change that\. .*\n {4}put rustup's rustc in front of the PATH\n/s,
    ],
  ];
  test.each(machines)("on a machine %s", async (_, add, told) => {
    const folder = scratch("machine");
    if (add !== null) {
      const rustup = `#!/bin/sh\ncase $1 in target) ${add};; esac\n`;
      writeFileSync(join(folder, "rustup"), rustup, { mode: 0o755 });
    }
    process.env.PATH = folder;
    await expect(needTarget()).rejects.toThrow(told);
  });
});
