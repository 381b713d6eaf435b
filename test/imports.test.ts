/** The design, as far as files can show it: imports point one way, and each crate names only what it may. */

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { ROOT } from "./support/child.js";

/** Layers of docs/design.md from the bottom. A module imports from below, or from its own layer without a circle. */
const LAYERS: readonly (readonly string[])[] = [
  [
    "check",
    "dtype",
    "power",
    "globals",
    "live-state-dict",
    "wasm/generated/adam_wasm_bg.wasm",
    "wasm/generated/kernel-bytes",
  ],
  ["wasm/instance", "wasm/memory", "wasm/fallback/*", "values", "tensor-format", "foreign", "tensor-options"],
  [
    "bindings",
    "tensor",
    "tensor-memory",
    "gradient",
    "gradient-checks",
    "parameter",
    "parameter-list",
    "sparse-indices",
    "sparse-tensor",
    "sparse-grad",
    "byte-range",
    "tensor-state",
    "tensor-copies",
    "array-table",
  ],
  [
    "optim/checked-dict",
    "optim/checked-state",
    "optim/dense-grad",
    "optim/flags",
    "optim/hooks",
    "optim/members",
    "optim/options",
    "optim/param-ranges",
    "optim/rule",
    "optim/saved-state",
    "optim/state-dict",
    "optim/step-options",
    "optim/param-group",
    "optim/param-groups",
    "optim/param-items",
    "optim/group-state",
    "optim/state-map",
    "optim/optimizer",
    "optim/flush-denormal",
  ],
  ["optim/*", "clip-grad", "averaged-model"],
  ["lr-scheduler/*"],
  ["checkpoint/*"],
  ["index"],
  ["inline", "slim", "workerd", "edge-light"],
];

/** What has narrower rights than its layer. */
const ONLY: Readonly<Record<string, readonly string[]>> = {
  check: [],
  dtype: ["check"],
  globals: [],
  "wasm/instance": ["check", "globals", "wasm/generated/adam_wasm_bg.wasm"],
  "tensor-format": ["dtype"],
  values: ["check", "dtype"],
  "checkpoint/safetensors": ["check", "values", "checkpoint/header", "checkpoint/stored-tensor", "checkpoint/text"],
};

/** The only modules that may know where the kernel's bytes come from. */
const ENTRIES = LAYERS[8];

const list = (folder: string, suffix: string) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(suffix));
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");

/** Imports of each module of ts/, both by their paths without suffix. */
const IMPORTS: ReadonlyMap<string, readonly string[]> = new Map(
  list("ts", ".ts")
    .filter((file) => !file.includes("generated/") && !file.endsWith(".d.ts"))
    .map((file) => {
      const specifiers = [
        ...read(`ts/${file}`).matchAll(/^(?:import|export)\b(?:[^"';]*?\bfrom)?\s*"([^"]+)";$/gm),
      ].map(([, specifier]) => specifier);
      const modules = specifiers.map((specifier) =>
        specifier.startsWith(".") ? join(dirname(file), specifier).replace(/\.js$/, "") : specifier,
      );
      return [file.replace(/\.ts$/, ""), modules] as const;
    }),
);

/** The layer of a module: where it is listed by name, else where its folder is. */
function layerOf(module: string): number {
  const named = LAYERS.findIndex((modules) => modules.includes(module));
  return named >= 0 ? named : LAYERS.findIndex((modules) => modules.includes(`${dirname(module)}/*`));
}

describe("ts/", () => {
  test("has a layer for every module", () => {
    expect(IMPORTS.size).toBeGreaterThan(20);
    expect([...IMPORTS.keys()].filter((module) => layerOf(module) < 0)).toEqual([]);
  });

  test("imports its own modules only", () => {
    const imported = [...IMPORTS.values()].flat();
    expect(imported.length).toBeGreaterThan(60);
    const built = /^(wasm\/generated\/.+|kernel\.wasm(\?module)?)$/;
    const foreign = imported.filter((module) => !IMPORTS.has(module) && !built.test(module));
    expect(foreign.filter((module) => !module.startsWith("node:"))).toEqual([]);
  });

  test("leaves Node to the entry for its files", () => {
    const users = [...IMPORTS.keys()].filter((module) =>
      /\bnode:|\bprocess\.|\bBuffer\b/.test(read(`ts/${module}.ts`)),
    );
    // The first decodes the kernel with a Buffer where there is one.
    expect(users).toEqual(["inline", "checkpoint/node"]);
  });

  test("imports from below", () => {
    const upward = [...IMPORTS].flatMap(([module, imports]) =>
      imports.filter((each) => layerOf(each) > layerOf(module)).map((each) => `${module} imports ${each}`),
    );
    expect(upward).toEqual([]);
  });

  test.each(Object.entries(ONLY))("%s imports nothing but %o", (module, allowed) => {
    const imports = IMPORTS.get(module);
    expect(imports).toBeDefined();
    expect(imports?.filter((each) => !allowed.includes(each))).toEqual([]);
  });

  test("has no circles", () => {
    const finished = new Set<string>();
    const visit = (module: string, path: readonly string[]): void => {
      if (path.includes(module)) expect.fail([...path.slice(path.indexOf(module)), module].join(" → "));
      if (finished.has(module)) return;
      for (const each of IMPORTS.get(module) ?? []) visit(each, [...path, module]);
      finished.add(module);
    };
    for (const module of IMPORTS.keys()) visit(module, []);
    expect(finished.size).toBeGreaterThanOrEqual(IMPORTS.size);
  });

  test("leaves the kernel's bytes, and the stand-in, to entries", () => {
    const knows = [...IMPORTS].filter(([module, imports]) => {
      const isInside = module.startsWith("wasm/fallback/");
      return imports.some(
        (each) => /kernel-bytes$|kernel\.wasm/.test(each) || (each.startsWith("wasm/fallback/") && !isInside),
      );
    });
    for (const [module] of knows) expect(ENTRIES).toContain(module);
    expect(knows).not.toEqual([]);
  });

  test.each(["index", "node", "browser", "torch"])(
    "gives checkpoint/%s no kernel: as built it imports nothing of it",
    (entry) => {
      const reached = new Set<string>();
      const visit = (module: string): void => {
        if (reached.has(module)) return;
        reached.add(module);
        for (const [, specifier] of read(join("dist", module)).matchAll(/\bfrom "(\.[^"]+)"/g))
          visit(join(dirname(module), specifier));
      };
      visit(`checkpoint/${entry}.js`);
      const outside = [...reached].filter((module) => !module.startsWith("checkpoint/"));
      expect(outside).toContain("check.js");
      const harmless = ["check.js", "dtype.js", "live-state-dict.js", "values.js"];
      expect(outside.filter((module) => !harmless.includes(module))).toEqual([]);
    },
  );

  test("imports statically: nothing is loaded later", () => {
    for (const module of IMPORTS.keys())
      expect(read(`ts/${module}.ts`), module).not.toMatch(/\bimport\(["'`]|\brequire\(/);
  });
});

test("what is built for Node finds what Node finds: Nitro copies the one and runs the other", () => {
  const { exports } = JSON.parse(read("package.json")) as { exports: Record<string, string | Record<string, string>> };
  const shaken = Object.values(exports).filter((entry) => typeof entry === "object" && "module" in entry);
  expect(shaken).toHaveLength(6);
  for (const entry of shaken as Record<string, string>[]) {
    const conditions = Object.keys(entry);
    expect(conditions.slice(conditions.indexOf("node"))).toEqual(["node", "module", "default"]);
    expect(entry.node).toBe(entry.default);
  }
});

test("what engines may round in their own way is left alone: powers, exponentials, angles", () => {
  const exact = /^Math\.(PI|abs|ceil|clz32|floor|fround|imul|max|min|round|sign|sqrt|trunc)$|^2 \*\* -?\d+$/;
  const found = [...IMPORTS.keys()].flatMap((module) => {
    const code = read(`ts/${module}.ts`).replace(/\/\*.*?\*\/|\/\/[^\n]*/gs, "");
    const terms = code.match(/\bMath\.\w+|[\w.#)\]]+ \*\* -?[\w.#]*/g) ?? [];
    return terms.filter((term) => !exact.test(term)).map((term) => `${module}: ${term}`);
  });
  // PolynomialLR says so.
  expect(found).toEqual(["lr-scheduler/polynomial-lr: base ** power"]);
});

describe("crate/", () => {
  const kernel = list("crate/kernel/src", ".rs");
  const bindings = list("crate/bindings/src", ".rs");
  /** The code of a file, without its comments. */
  const code = (path: string) => read(path).replace(/\/\/.*$/gm, "");

  test("kernel depends on nothing", () => {
    expect(read("crate/kernel/Cargo.toml")).not.toMatch(/^\[(?:.*\.)?(?:build-)?dependencies/m);
    for (const file of kernel)
      expect(code(`crate/kernel/src/${file}`), file).not.toMatch(/wasm_bindgen|extern crate|\balloc::/);
    expect(code("crate/kernel/src/lib.rs")).toMatch(/no_std/);
  });

  test("only lane/wasm.rs names instructions", () => {
    const names = [
      ...kernel.filter((file) => /core::arch/.test(code(`crate/kernel/src/${file}`))).map((file) => `kernel/${file}`),
      ...bindings
        .filter((file) => /core::arch/.test(code(`crate/bindings/src/${file}`)))
        .map((file) => `bindings/${file}`),
    ];
    expect(names.sort()).toEqual(["bindings/lib.rs", "kernel/lane/wasm.rs"]);
    expect(code("crate/bindings/src/lib.rs").match(/core::arch\S*/g)).toEqual(["core::arch::wasm32::unreachable()"]);
  });

  test("kernel keeps nothing and ends nothing: no statics, no panic", () => {
    for (const file of kernel.filter((file) => file !== "oracle.rs")) {
      const [shipped] = code(`crate/kernel/src/${file}`).split("#[cfg(test)]\nmod tests");
      expect(shipped, file).not.toMatch(
        /^\s*(?:pub )?static |\bpanic!|\.unwrap\(|\.expect\(|\btodo!|\bunimplemented!/m,
      );
    }
  });

  test("bindings push only where they have reserved", () => {
    for (const file of bindings) {
      const text = code(`crate/bindings/src/${file}`);
      if (/\.push\(/.test(text)) expect(text, file).toMatch(/try_reserve/);
      expect(text, file).not.toMatch(/\bvec!\[|Vec::with_capacity|\.resize\(|\.to_vec\(|String|format!/);
    }
  });
});

test("the package depends on nothing and runs nothing when it is installed", () => {
  const manifest = JSON.parse(read("package.json"));
  for (const field of ["dependencies", "peerDependencies", "optionalDependencies", "bundledDependencies"])
    expect(manifest).not.toHaveProperty(field);
  const hooks = ["preinstall", "install", "postinstall", "prepare", "prepublish", "preprepare", "postprepare"];
  expect(Object.keys(manifest.scripts).filter((script) => hooks.includes(script))).toEqual([]);
  const loose = Object.entries<string>(manifest.devDependencies).filter(
    ([, version]) => !/^\d+\.\d+\.\d+$/.test(version),
  );
  expect(loose).toEqual([]);
});
