/** Parts of the page, and what it looks like now. */

/** The element with an id; the page is not complete without it. */
export function element<T extends HTMLElement = HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`index.html has no #${id}`);
  return found as T;
}

/** A colour of page.css, as the scheme has it. */
export const colour = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

/** Calls when the scheme changes: canvases do not repaint by themselves. */
export const onSchemeChange = (repaint: () => void) =>
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);

/** Who asks for reduced motion gets one picture a second. */
const PICTURE_MS = matchMedia("(prefers-reduced-motion: reduce)").matches ? 1000 : 0;

/** Calls `paint` for the next frame, however often it is asked to; the last request is always painted. */
export function painter(paint: () => void): () => void {
  let isDue = false;
  let last = 0;
  return () => {
    if (isDue) return;
    isDue = true;
    const wait = Math.max(0, last + PICTURE_MS - performance.now());
    setTimeout(() => {
      requestAnimationFrame((now) => {
        isDue = false;
        last = now;
        paint();
      });
    }, wait);
  };
}
