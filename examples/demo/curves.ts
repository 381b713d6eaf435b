/** The curves: loss and accuracy by epoch, of this training and of the one before it. */

import uPlot from "uplot";
import type { Result } from "./messages.js";
import { colour, element, onSchemeChange, painter } from "./page.js";

const HEIGHT = 220;

type Values = (number | null)[];

/** How one of the two is drawn, and said. */
interface Kind {
  readonly id: string;
  readonly name: string;
  readonly show: (value: number) => string;
  readonly scale: uPlot.Scale;
  /** Which of the lines across there are. */
  readonly lines: (value: number) => boolean;
  readonly of: (result: Result) => number | null;
}

const KINDS: readonly Kind[] = [
  {
    id: "loss-chart",
    name: "Loss by epoch",
    show: (value) => String(Number(value.toPrecision(2))),
    scale: {
      distr: 3,
      range: (_, least, most) => (least === null ? [0.001, 10] : uPlot.rangeLog(least, most, 10, true)),
    },
    lines: (value) => Number.isInteger(Math.log10(value)),
    // A logarithm has no place for zero, nor for a loss that has diverged.
    of: ({ loss }) => (loss > 0 && Number.isFinite(loss) ? loss : null),
  },
  {
    id: "accuracy-chart",
    name: "Share of test digits read by epoch",
    show: (value) => `${Number(value.toFixed(1))} %`,
    scale: { range: (_, least) => [Math.max(0, Math.min(80, Math.floor(least ?? 80))), 100] },
    lines: () => true,
    of: ({ accuracy }) => 100 * accuracy,
  },
];

/** The chart of a kind: how uPlot is to draw it. `rest` is called when the pointer has left. */
function chartOf(kind: Kind, width: number, rest: () => void): uPlot.Options {
  const axis = { stroke: () => colour("quiet"), ticks: { show: false } };
  const grid = { stroke: () => colour("grid"), width: 1 };
  const filter = (_: uPlot, values: number[]) => values.map((each) => (kind.lines(each) ? each : null));
  const values = (_: uPlot, ticks: (number | null)[]) => ticks.map((tick) => (tick === null ? "" : kind.show(tick)));
  const series = (label: string, name: string, dash: number[]): uPlot.Series => ({
    label,
    stroke: () => colour(name),
    width: 2,
    dash,
    points: { show: false },
    value: (_, y) => (y === null || y === undefined ? "–" : kind.show(y)),
  });
  return {
    width,
    height: HEIGHT,
    padding: [8, 12, 0, 0],
    scales: { x: { time: false, range: (_, __, most) => [0, Math.max(10, most ?? 0)] }, y: kind.scale },
    axes: [
      { ...axis, grid, size: 32, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000] },
      { ...axis, grid: { ...grid, filter }, filter, size: 58, values },
    ],
    series: [
      { label: "Epoch", value: (_, epoch) => epoch ?? "–" },
      series("before", "earlier", [5, 4]),
      series("now", "accent", []),
    ],
    hooks: { setCursor: [({ cursor }) => cursor.idx === null && rest()] },
  };
}

class Curve {
  readonly #kind: Kind;
  readonly #box: HTMLElement;
  readonly #chart: uPlot;
  #values: Values = [];
  #earlier: Values = [];
  readonly #paint = painter(() => this.#draw());

  constructor(kind: Kind) {
    this.#kind = kind;
    this.#box = element(kind.id);
    const options = chartOf(kind, this.#box.clientWidth, () => this.#showLast());
    this.#chart = new uPlot(options, [[], [], []], this.#box);
    new ResizeObserver(() => this.#chart.setSize({ width: this.#box.clientWidth, height: HEIGHT })).observe(this.#box);
    onSchemeChange(() => this.#chart.redraw());
  }

  add(result: Result) {
    this.#values.push(this.#kind.of(result));
    this.#paint();
  }

  startAgain() {
    if (this.#values.length > 0) this.#earlier = this.#values;
    this.#values = [];
    this.#paint();
  }

  /** What the legend says, unless the pointer picks an epoch. */
  #showLast() {
    this.#chart.setLegend({ idx: this.#values.length - 1 });
  }

  #draw() {
    const { name, show } = this.#kind;
    const length = Math.max(this.#values.length, this.#earlier.length);
    const epochs = Array.from({ length }, (_, i) => i + 1);
    const padded = (values: Values) => epochs.map((_, i) => values[i] ?? null);
    this.#chart.setData([epochs, padded(this.#earlier), padded(this.#values)]);
    if (this.#chart.cursor.idx === null) this.#showLast();
    const last = this.#values.at(-1) ?? null;
    this.#box.ariaLabel = `${name}: ${last === null ? "none" : show(last)} at epoch ${this.#values.length}`;
  }
}

const curves = KINDS.map((kind) => new Curve(kind));

export function addEpoch(result: Result) {
  for (const curve of curves) curve.add(result);
}

/** The curves of a training that has begun; the ones they take the place of stay, in grey. */
export function startCurves() {
  for (const curve of curves) curve.startAgain();
}
