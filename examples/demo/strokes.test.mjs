// What is drawn, as the network gets it: like the digits of the data, wherever and however large it was drawn.

import { expect, test } from "vitest";
import { PIXELS, SIDE } from "../digits/data.mjs";
import { pixelsOf } from "./strokes.js";

const circle = Array.from({ length: 33 }, (_, i) => ({
  x: 0.5 + 0.2 * Math.cos((i * Math.PI) / 16),
  y: 0.5 + 0.35 * Math.sin((i * Math.PI) / 16),
}));
const bar = [
  { x: 0.5, y: 0.2 },
  { x: 0.5, y: 0.8 },
];
const moved = (stroke, factor, x, y) => stroke.map((point) => ({ x: factor * point.x + x, y: factor * point.y + y }));
const sum = (pixels) => pixels.reduce((total, pixel) => total + pixel, 0);

test("nothing is drawn: nothing is read", () => {
  expect(pixelsOf([])).toBeNull();
});

test("a digit fills the rows, and leaves the outer columns empty", () => {
  const pixels = pixelsOf([circle]);
  const at = (row, column) => pixels[row * SIDE + column];
  const middle = [0, 1, 2, 3, 4, 5, 6, 7];
  expect(Math.min(...middle.map((row) => Math.max(...middle.map((column) => at(row, column)))))).toBeGreaterThan(0.5);
  expect(middle.map((row) => at(row, 0) + at(row, 7))).toEqual(Array(SIDE).fill(0));
  expect(at(3, 3) + at(4, 4)).toBe(0);
});

test("pixels are shares of 4 × 4 dots, and make as much ink as those of the data", () => {
  const pixels = pixelsOf([circle]);
  expect(pixels).toHaveLength(PIXELS);
  for (const pixel of pixels)
    expect([Number.isInteger(16 * pixel), pixel >= 0, pixel <= 1]).toEqual([true, true, true]);
  expect(sum(pixels)).toBeGreaterThan(18);
  expect(sum(pixels)).toBeLessThan(22);
});

test.each([
  ["smaller", 0.5, 0, 0],
  ["elsewhere", 1, 0.125, -0.0625],
])("the same digit, drawn %s, is the same", (_, factor, x, y) => {
  const [here, there] = [pixelsOf([circle]), pixelsOf([moved(circle, factor, x, y)])];
  expect(sum(here.map((pixel, i) => Math.abs(pixel - there[i])))).toBeLessThan(1);
});

test("a bar has the thickest pen, and is in the middle", () => {
  const pixels = pixelsOf([bar]);
  const columns = Array.from({ length: SIDE }, (_, column) => sum(pixels.filter((_, i) => i % SIDE === column)));
  expect(columns.slice(0, 3)).toEqual([0, 0, 0]);
  expect(columns[3]).toBe(columns[4]);
  expect(sum(pixels)).toBeGreaterThan(12);
});

test("strokes count as one digit, in any order", () => {
  const other = moved(bar, 0.5, 0.4, 0.3);
  expect(pixelsOf([bar, other])).toEqual(pixelsOf([other, bar]));
  expect(pixelsOf([bar, other])).not.toEqual(pixelsOf([bar]));
});

test("a dot is a dot", () => {
  const pixels = pixelsOf([[{ x: 0.1, y: 0.9 }]]);
  expect(sum(pixels)).toBeGreaterThan(0);
  expect(sum(pixels)).toBeLessThan(4);
});
