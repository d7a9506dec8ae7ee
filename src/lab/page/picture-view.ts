import { type DrawnPart, drawingOf } from '../picture/draw-picture.ts';
import { sizes } from '../picture/layout.ts';
import type { Picture } from '../picture/picture.ts';
import { type Extent, extentOf } from '../picture/reach.ts';
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
    canvas.replaceChildren(this.#drawn.headings, this.#drawn.element);
    details.addEventListener('toggle', () => this.#showTable());
    canvas.addEventListener('keydown', (event) => this.#onKey(event));
    canvas.addEventListener('focusin', ({ target }) => {
      if (target instanceof SVGElement) this.#current = target.id;
    });
    const look = (): void => this.#drawn.look(this.#seen());
    canvas.addEventListener('scroll', () => {
      look();
      canvas.classList.toggle('scrolled', canvas.scrollTop > 0);
    });
    addEventListener('beforeprint', () => this.#drawn.lookEverywhere());
    addEventListener('afterprint', look);
    let width = canvas.clientWidth;
    new ResizeObserver(() => {
      if (!this.#picture) return;
      if (canvas.clientWidth === width) {
        look();
        return;
      }
      width = canvas.clientWidth;
      this.#draw(this.#picture, this.#picture);
    }).observe(canvas);
  }

  /** `afresh`: it is another scene, so nothing in it is news. */
  show(picture: Picture, afresh = false): void {
    if (afresh) this.#canvas.scrollTo(0, 0);
    this.#draw(picture, afresh ? picture : this.#picture);
    this.#picture = picture;
    this.#showTable();
    if (!afresh) requestAnimationFrame(() => this.#showNews());
  }

  #draw(picture: Picture, previous: Picture | undefined): void {
    const focused = this.#canvas.contains(document.activeElement) && document.activeElement !== this.#canvas;
    const width = Math.max(280, this.#canvas.clientWidth - 2 * margin);
    const drawing = drawingOf(picture, previous, { width });
    const { top, bottom } = this.#seen();
    // A picture that became shorter is scrolled up by the browser.
    const up = Math.max(0, Math.min(top, bottom - drawing.height));
    this.#drawn.show(drawing, { top: top - up, bottom });
    if (focused) (this.#partNow() ?? this.#canvas).focus({ preventScroll: true });
  }

  /** What of the picture is in sight: it begins where the canvas does. */
  #seen(): Extent {
    const { scrollTop, clientHeight } = this.#canvas;
    return { top: scrollTop, bottom: scrollTop + clientHeight };
  }

  /** What has changed may lie outside of what is seen. */
  #showNews(): void {
    const news = this.#drawn.parts.filter(({ classes }) => /\s(new|changed)$/.test(classes));
    if (news.length === 0) return;
    const { top: seenFrom, bottom: seenTo } = this.#seen();
    const from = seenFrom + sizes.heading;
    const room = seenTo - from;
    const bodies = bodiesOf(news);
    const isSeen = ({ top, bottom }: Extent): boolean => top >= from && bottom <= seenTo;
    if (isSeen(bodies)) return;
    // With their lines; without them where these are longer than what is seen at once; and what is new where that is too long.
    const whole = extentOf(news.flatMap(({ reach }) => [reach.top, reach.bottom]));
    const fresh = news.filter(({ classes }) => classes.endsWith(' new'));
    const choices = [whole, bodies, ...(fresh.length > 0 ? [bodiesOf(fresh)] : [])];
    const chosen = choices.find((one) => one.bottom - one.top <= room) ?? bodies;
    if (isSeen(chosen)) return;
    const { top, bottom } = chosen;
    // Where not all of it fits, its beginning is shown.
    const down = bottom - seenTo + margin;
    const isUp = top < from || top - down < from;
    const to = this.#canvas.scrollTop + (isUp ? top - from - margin : down);
    const wanted = isUp && to < 6 * margin ? 0 : to;
    const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    if (calm) this.#drawn.look({ top: wanted, bottom: wanted + seenTo - seenFrom });
    this.#canvas.scrollTo({ top: wanted, behavior: calm ? 'instant' : 'smooth' });
  }

  #showTable(): void {
    if (this.#details.open && this.#picture) this.#table.replaceChildren(markedUp(tableOf(this.#picture)));
  }

  #onKey(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const { parts } = this.#drawn;
    const now = parts.findIndex(({ id }) => id === document.activeElement?.id);
    const next = nextPart(event.key, now, parts.length);
    if (event.key === 'Escape') this.#canvas.focus();
    if (next === undefined || parts.length === 0) return;
    event.preventDefault();
    const wanted = parts[Math.max(0, Math.min(next, parts.length - 1))]?.id;
    const part = (now < 0 ? this.#partNow() : undefined) ?? (wanted && this.#drawn.elementOf(wanted));
    if (!part) return;
    part.focus({ preventScroll: true });
    // Its lines may be longer than what is seen at once.
    (part.querySelector(body) ?? part).scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }

  #partNow(): SVGElement | undefined {
    return this.#current === undefined ? undefined : this.#drawn.elementOf(this.#current);
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

const bodiesOf = (parts: readonly DrawnPart[]): Extent =>
  extentOf(parts.flatMap(({ body }) => [body.top, body.bottom]));

/** What a part is without its lines: a name, an inode or data. */
const body = '.pill, .card, .data-box';

/** Of the canvas, on either side: style.css. */
const margin = 16;
