/** This run over an earlier record: what has become slower, what faster. */

import { readFileSync } from "node:fs";
import { Failure } from "../../scripts/lib/exec.mjs";
import { FORMAT } from "./record.mjs";
import { ratio } from "./tables.mjs";

/** Reads a record, of this form. */
export function readRecord(path) {
  let record;
  try {
    record = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new Failure(`Invalid --compare: ${path} (it is no record: ${error.message})`);
  }
  if (record?.format === FORMAT) return record;
  throw new Failure(
    `Invalid --compare: ${path} (it is no record of format ${FORMAT}, its format is ${record?.format})`,
  );
}

/** What both have, a table for each suite: best time now over best time then. */
export function comparison(now, then) {
  const other = `${then.date.slice(0, 10)}, ${then.package.commit ?? then.package.version}`;
  const notes = differences(now, then);
  const tables = [];
  for (const [suite, rows] of bests(now)) {
    const before = bests(then).get(suite);
    if (before === undefined) continue;
    const names = [...new Set(rows.flatMap(({ results }) => results.map(({ name }) => name)))];
    const cell = (name) => (row) => {
      const [a, b] = [row, before.find((other) => other.name === row.name)].map((each) => bestOf(each, name));
      return a === undefined || b === undefined ? "–" : ratio(a / b);
    };
    const columns = rows.filter(({ name }) => before.some((other) => other.name === name));
    const ratios = names
      .map((name) => [name, ...columns.map(cell(name))])
      .filter(([, ...cells]) => cells.some((text) => text !== "–"));
    if (ratios.length === 0) continue;
    tables.push({
      title: `${suite}: time over ${other} (below 1 is faster now)`,
      head: ["", ...columns.map(({ name }) => name)],
      rows: ratios,
      notes,
    });
  }
  if (tables.length > 0) return tables;
  throw new Failure(`Nothing to compare: this run measured nothing that the record of ${other} has`);
}

const bestOf = (row, name) => row?.results.find((result) => result.name === name)?.best;

/** The best times of a record: suite → rows of named results. */
function bests({ suites }) {
  const named = (rows, key) =>
    rows?.map(({ name, results }) => ({
      name,
      results: results.map((each) => ({ name: each[key], best: each.best })),
    }));
  const all = Object.entries({
    sizes: named(suites.sizes?.rows, "contestant"),
    tensors: named(suites.tensors?.rows, "contestant"),
    family: named(suites.family, "rule"),
    clipping: named(suites.clipping, "way"),
    subnormals: named(suites.subnormals?.rows, "contestant"),
    checkpoint: named(suites.checkpoint, "contestant"),
  });
  return new Map(all.filter(([, rows]) => rows !== undefined));
}

/** What else than the code differs: such times say little about the code. */
function differences(now, then) {
  const facts = ({ machine, versions, effort, package: { kernel } }) => ({
    processor: machine.processor,
    cores: machine.cores,
    Node: versions.node,
    kernel,
    rounds: effort.rounds,
    quick: effort.quick,
  });
  const [a, b] = [facts(now), facts(then)];
  return Object.keys(a)
    .filter((key) => a[key] !== b[key])
    .map((key) => `Not the same: ${key}, now ${a[key]}, then ${b[key]}.`);
}
