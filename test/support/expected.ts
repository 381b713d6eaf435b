/** What the scenario reports in every host that runs the module. */

import scenario from "../vectors/scenario.json" with { type: "json" };

export const EXPECTED = { backend: { kind: "wasm", reason: null }, ...scenario } as const;
