import { drawingOf } from '../picture/draw-picture.ts';
import type { Picture } from '../picture/picture.ts';
import { tableOf } from '../picture/table-of.ts';
import { DrawnPicture } from './drawn-picture.ts';
import { markedUp } from './marked-up.ts';

/** The picture on the page. It is one stop of the Tab key; within it the arrow keys go from part to part. */
export class PictureView {
  readonly #canvas: HTMLElement;
  readonly #table: HTMLElement;
  readonly #details: HTMLDetailsElement;
  readonly #drawn = new DrawnPicture();
  #picture: Picture | undefined;
  /** The part that has, or had last, the focus. */
  #current: string | undefined;

  constructor(canvas: HTMLElement, table: HTMLElement, details: HTMLDetailsElement) {
    this.#canvas = canvas;
    this.#table = table;
    this.#details = details;
    canvas.replaceChildren(this.#drawn.element);
    details.addEventListener('toggle', () => this.#showTable());
    canvas.addEventListener('keydown', (event) => this.#onKey(event));
    canvas.addEventListener('focusin', ({ target }) => {
      if (target instanceof SVGElement) this.#current = target.id;
    });
    let width = canvas.clientWidth;
    new ResizeObserver(() => {
      if (canvas.clientWidth === width || !this.#picture) return;
      width = canvas.clientWidth;
      this.#draw(this.#picture, this.#picture);
    }).observe(canvas);
  }

  /** `afresh`: it is another scene, so nothing in it is news. */
  show(picture: Picture, afresh = false): void {
    this.#draw(picture, afresh ? picture : this.#picture);
    this.#picture = picture;
    this.#showTable();
    if (afresh) this.#canvas.scrollTo(0, 0);
    else requestAnimationFrame(() => this.#showNews());
  }

  #draw(picture: Picture, previous: Picture | undefined): void {
    const focused = this.#canvas.contains(document.activeElement) && document.activeElement !== this.#canvas;
    const width = Math.max(280, this.#canvas.clientWidth - 2 * margin);
    this.#drawn.show(drawingOf(picture, previous, { width }));
    if (focused) (this.#partNow() ?? this.#canvas).focus();
  }

  /** What has changed may lie outside of what is seen. */
  #showNews(): void {
    const frame = this.#canvas.getBoundingClientRect();
    const isSeen = ({ top, bottom }: Extent): boolean => top >= frame.top && bottom <= frame.bottom;
    const parts = this.#extentOf(`.part:is(.new, .changed) :is(${bodies})`);
    if (!parts || isSeen(parts)) return;
    // With their lines, unless these are longer than what is seen at once.
    const whole = this.#extentOf('.part:is(.new, .changed)') ?? parts;
    const { top, bottom } = whole.bottom - whole.top > frame.height ? parts : whole;
    // Where not all of it fits, its beginning is shown; near the top that is the headings.
    const down = bottom - frame.bottom + margin;
    const isUp = top < frame.top || top - down < frame.top;
    const to = this.#canvas.scrollTop + (isUp ? top - frame.top - 2 * margin : down);
    const wanted = isUp && to < 8 * margin ? 0 : to;
    const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    this.#canvas.scrollTo({ top: wanted, behavior: calm ? 'instant' : 'smooth' });
  }

  /** From where to where on the screen these reach. */
  #extentOf(selector: string): Extent | undefined {
    const boxes = [...this.#canvas.querySelectorAll(selector)].map((part) => part.getBoundingClientRect());
    if (boxes.length === 0) return undefined;
    return { top: Math.min(...boxes.map((box) => box.top)), bottom: Math.max(...boxes.map((box) => box.bottom)) };
  }

  #showTable(): void {
    if (this.#details.open && this.#picture) this.#table.replaceChildren(markedUp(tableOf(this.#picture)));
  }

  #onKey(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const parts = [...this.#canvas.querySelectorAll<SVGElement>('[tabindex]:not(.gone)')];
    const now = parts.indexOf(document.activeElement as SVGElement);
    const next = nextPart(event.key, now, parts.length);
    if (event.key === 'Escape') this.#canvas.focus();
    if (next === undefined || parts.length === 0) return;
    event.preventDefault();
    const part = now < 0 ? (this.#partNow() ?? parts[0]) : parts[Math.max(0, Math.min(next, parts.length - 1))];
    part?.focus();
    part?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }

  #partNow(): SVGElement | undefined {
    const part = this.#current ? document.getElementById(this.#current) : null;
    return part instanceof SVGElement && this.#canvas.contains(part) ? part : undefined;
  }
}

/** Where a key leads from the part `now` of so many; undefined for keys that lead nowhere. */
const nextPart = (key: string, now: number, count: number): number | undefined => {
  switch (key) {
    case 'ArrowDown':
    case 'ArrowRight':
      return now + 1;
    case 'ArrowUp':
    case 'ArrowLeft':
      return now - 1;
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return undefined;
  }
};

interface Extent {
  readonly top: number;
  readonly bottom: number;
}

/** What a part is without its lines: names, why a change stopped, inodes and data. */
const bodies = '.pill, .reason, .card, .data-box';

/** Of the canvas, on either side: style.css. */
const margin = 16;
