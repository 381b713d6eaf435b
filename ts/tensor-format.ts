/** Tensors as text, laid out as torch prints them. */

import type { FloatArray } from "./dtype.js";

/** A tensor of more elements is shown by the edges of each dimension. */
const SUMMARY_ABOVE = 1000;
const EDGE = 3;
const DIGITS = 5;

/** Nested brackets, one row a line, columns aligned. `indent` is where the first bracket stands. */
export function formatValues(data: FloatArray, shape: readonly number[], indent: number): string {
  const edge = data.length > SUMMARY_ABOVE ? EDGE : Number.POSITIVE_INFINITY;
  const texts = new Map<number, string>();
  for (const index of shownIndices(shape, edge)) texts.set(index, formatNumber(data[index] ?? Number.NaN));
  let width = 0;
  for (const text of texts.values()) width = Math.max(width, text.length);
  const render = (depth: number, start: number): string => {
    if (depth === shape.length) return (texts.get(start) ?? "").padStart(shape.length === 0 ? 0 : width);
    const extent = shape[depth] ?? 0;
    const stride = shape.slice(depth + 1).reduce((a, b) => a * b, 1);
    const items = edgeIndices(extent, edge).map((i) => (i < 0 ? "..." : render(depth + 1, start + i * stride)));
    const inner = shape.length - depth - 1;
    return `[${items.join(inner === 0 ? ", " : `,${"\n".repeat(inner)}${" ".repeat(indent + depth + 1)}`)}]`;
  };
  return render(0, 0);
}

function formatNumber(value: number): string {
  if (Object.is(value, -0)) return "-0";
  // Whole numbers are shown whole, as long as they are what they say.
  if (Number.isSafeInteger(value)) return String(value);
  const text = value.toPrecision(DIGITS);
  return text.includes("+") ? text : String(Number(text));
}

/** 0 … extent − 1, with −1 for what is left out between the edges. */
function edgeIndices(extent: number, edge: number): number[] {
  const all = Array.from({ length: Math.min(extent, 2 * edge) }, (_, i) => i);
  return extent <= 2 * edge ? all : [...all.slice(0, edge), -1, ...all.slice(edge).map((i) => extent - 2 * edge + i)];
}

function shownIndices(shape: readonly number[], edge: number): number[] {
  let starts = [0];
  for (const extent of shape) {
    const kept = edgeIndices(extent, edge).filter((i) => i >= 0);
    starts = starts.flatMap((start) => kept.map((i) => start * extent + i));
  }
  return starts;
}
