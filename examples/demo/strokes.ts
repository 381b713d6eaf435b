/**
 * From the strokes of a pen to 8 × 8 pixels, as the digits of the data were made: a bitmap of 32 × 32 that the digit fills
 * from top to bottom, and for each pixel the share of ink in 4 × 4 dots (data/README.md).
 */

import { PIXELS, SIDE } from "../digits/data.mjs";

/** A place in the drawing box, 0 to 1 from its left and from its top. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Where the pen went without being lifted. */
export type Stroke = readonly Point[];

const DOTS = 32;
const BLOCK = DOTS / SIDE;
/** The digits of the data leave the first and the last column empty. */
const WIDEST = DOTS - 2 * BLOCK;
/** Dots of ink: nearly the same for every digit of the data, whatever its class, so that a 1 has a thick pen. */
const INK = 310;
const RADII = { from: 1.25, to: 3.5, by: 0.125 };

/** What the network reads, from 0 (paper) to 1 (ink); null while nothing is drawn. */
export function pixelsOf(strokes: readonly Stroke[]): Float64Array | null {
  const places = strokes.flat();
  if (places.length === 0) return null;
  let dots = new Uint8Array(0);
  for (let radius = RADII.from; radius <= RADII.to; radius += RADII.by) {
    dots = bitmap(fitted(strokes, places, radius), radius);
    if (dots.reduce((sum, dot) => sum + dot, 0) >= INK) break;
  }
  const pixels = new Float64Array(PIXELS);
  for (const [i, dot] of dots.entries()) {
    const row = Math.floor(i / DOTS / BLOCK);
    const column = Math.floor((i % DOTS) / BLOCK);
    pixels[row * SIDE + column] += dot / BLOCK ** 2;
  }
  return pixels;
}

/** The strokes in dots: as high as the bitmap, unless they are too wide for that, and in its middle. */
function fitted(strokes: readonly Stroke[], places: readonly Point[], radius: number): Stroke[] {
  const [left, right] = [Math.min(...places.map(({ x }) => x)), Math.max(...places.map(({ x }) => x))];
  const [top, bottom] = [Math.min(...places.map(({ y }) => y)), Math.max(...places.map(({ y }) => y))];
  const [width, height] = [WIDEST - 2 * radius, DOTS - 2 * radius];
  const scale = Math.min(width / (right - left), height / (bottom - top));
  // A single dot has no extent.
  const factor = Number.isFinite(scale) ? scale : 0;
  return strokes.map((stroke) =>
    stroke.map(({ x, y }) => ({
      x: DOTS / 2 + factor * (x - (left + right) / 2),
      y: DOTS / 2 + factor * (y - (top + bottom) / 2),
    })),
  );
}

/** Which dots have their middle within `radius` of a stroke. */
function bitmap(strokes: readonly Stroke[], radius: number): Uint8Array<ArrayBuffer> {
  const dots = new Uint8Array(DOTS ** 2);
  const reach = (from: number, to: number) => [
    Math.max(0, Math.floor(Math.min(from, to) - radius)),
    Math.min(DOTS, Math.ceil(Math.max(from, to) + radius)),
  ];
  for (const stroke of strokes) {
    for (const [i, start] of stroke.entries()) {
      const end = stroke[i + 1] ?? start;
      const [top, bottom] = reach(start.y, end.y);
      const [left, right] = reach(start.x, end.x);
      for (let row = top; row < bottom; row++) {
        for (let column = left; column < right; column++) {
          if (distance({ x: column + 0.5, y: row + 0.5 }, start, end) <= radius) dots[row * DOTS + column] = 1;
        }
      }
    }
  }
  return dots;
}

/** How far a place is from the line between two others. */
function distance(place: Point, start: Point, end: Point) {
  const [dx, dy] = [end.x - start.x, end.y - start.y];
  const length = dx ** 2 + dy ** 2;
  const along = length === 0 ? 0 : ((place.x - start.x) * dx + (place.y - start.y) * dy) / length;
  const share = Math.min(1, Math.max(0, along));
  return Math.hypot(place.x - start.x - share * dx, place.y - start.y - share * dy);
}
