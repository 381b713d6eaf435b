/** The drawing box: strokes of a pointer, or of a pen that the keyboard moves. */

import { PIXELS, SIDE } from "../digits/data.mjs";
import { colour, element, onSchemeChange } from "./page.js";
import type { Point } from "./strokes.js";

const PEN = 0.07;
const KEY_STEP = 1 / 24;
const MOVES: Readonly<Record<string, Point>> = {
  ArrowLeft: { x: -KEY_STEP, y: 0 },
  ArrowRight: { x: KEY_STEP, y: 0 },
  ArrowUp: { x: 0, y: -KEY_STEP },
  ArrowDown: { x: 0, y: KEY_STEP },
};

const inside = (value: number) => Math.min(1, Math.max(0, value));

export class Drawing {
  readonly #box = element("box");
  readonly #canvas = element<HTMLCanvasElement>("paper");
  readonly #context = this.#canvas.getContext("2d") as CanvasRenderingContext2D;
  readonly #onChange: () => void;
  readonly #say: (text: string) => void;
  #strokes: Point[][] = [];
  /** A digit that somebody else has written, until there is a stroke. */
  #shown: Float64Array | null = null;
  /** The stroke that is being drawn. */
  #open: Point[] | null = null;
  /** Where the keyboard's pen is; null while a pointer draws. */
  #pen: Point | null = null;

  /** Calls `onChange` at every change of the strokes, and `say` with what the keyboard's pen does. */
  constructor(onChange: () => void, say: (text: string) => void) {
    this.#onChange = onChange;
    this.#say = say;
    this.#listen();
    onSchemeChange(() => this.#paint());
    this.#paint();
  }

  get strokes(): readonly (readonly Point[])[] {
    return this.#strokes;
  }

  clear() {
    this.#reset(null);
    this.#onChange();
  }

  /** Shows pixels in place of strokes. */
  show(pixels: Float64Array) {
    this.#reset(pixels);
  }

  #reset(shown: Float64Array | null) {
    this.#strokes = [];
    this.#open = null;
    this.#shown = shown;
    this.#paint();
  }

  #listen() {
    const box = this.#box;
    box.addEventListener("pointerdown", (event) => {
      if (!event.isPrimary || event.button !== 0) return;
      box.setPointerCapture(event.pointerId);
      this.#pen = null;
      this.#begin(this.#place(event));
    });
    box.addEventListener("pointermove", (event) => {
      if (this.#open === null || this.#pen !== null || !event.isPrimary) return;
      // A browser joins moves that come between two frames.
      const moves = event.getCoalescedEvents();
      this.#open.push(...(moves.length > 0 ? moves : [event]).map((move) => this.#place(move)));
      this.#changed();
    });
    const lift = () => {
      if (this.#pen === null) this.#open = null;
    };
    box.addEventListener("pointerup", lift);
    box.addEventListener("pointercancel", lift);
    box.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || !this.#obey(event.key)) return;
      event.preventDefault();
    });
    box.addEventListener("focus", () => this.#paint());
    box.addEventListener("blur", () => {
      if (this.#pen !== null) this.#open = null;
      this.#paint();
    });
  }

  #obey(key: string) {
    const move = MOVES[key];
    if (move !== undefined) this.#move(move);
    else if (key === " ") this.#togglePen();
    else if (key === "Delete" || key === "Backspace") this.clear();
    else return false;
    return true;
  }

  #move({ x, y }: Point) {
    const pen = this.#pen ?? { x: 0.5, y: 0.15 };
    this.#pen = { x: inside(pen.x + x), y: inside(pen.y + y) };
    this.#open?.push(this.#pen);
    this.#changed();
  }

  #togglePen() {
    this.#pen ??= { x: 0.5, y: 0.15 };
    if (this.#open === null) this.#begin(this.#pen);
    else this.#open = null;
    this.#say(this.#open === null ? "Pen up" : "Pen down");
    this.#paint();
  }

  #begin(place: Point) {
    this.#open = [place];
    this.#shown = null;
    this.#strokes.push(this.#open);
    this.#changed();
  }

  #place({ clientX, clientY }: MouseEvent): Point {
    const { left, top, width, height } = this.#box.getBoundingClientRect();
    return { x: inside((clientX - left) / width), y: inside((clientY - top) / height) };
  }

  #changed() {
    this.#paint();
    this.#onChange();
  }

  #paint() {
    const { width } = this.#canvas;
    const context = this.#context;
    context.fillStyle = colour("panel");
    context.fillRect(0, 0, width, width);
    context.fillStyle = context.strokeStyle = colour("ink");
    for (let i = 0; i < PIXELS; i++) {
      const pixel = width / SIDE;
      context.globalAlpha = this.#shown?.[i] ?? 0;
      context.fillRect((i % SIDE) * pixel, Math.floor(i / SIDE) * pixel, pixel, pixel);
    }
    context.globalAlpha = 1;
    context.lineWidth = PEN * width;
    context.lineCap = "round";
    context.lineJoin = "round";
    for (const stroke of this.#strokes) {
      context.beginPath();
      context.moveTo(stroke[0].x * width, stroke[0].y * width);
      for (const { x, y } of stroke) context.lineTo(x * width, y * width);
      context.stroke();
    }
    if (this.#pen === null || document.activeElement !== this.#box) return;
    context.beginPath();
    context.arc(this.#pen.x * width, this.#pen.y * width, (PEN / 2) * width, 0, 2 * Math.PI);
    context.fillStyle = context.strokeStyle = colour("accent");
    context.lineWidth = 0.01 * width;
    if (this.#open === null) context.stroke();
    else context.fill();
  }
}
