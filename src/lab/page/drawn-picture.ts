import { type Drawing, type DrawnPart, drawGone, drawPart } from '../picture/draw-picture.ts';
import { sizes } from '../picture/layout.ts';
import { type Extent, extentOf, meets } from '../picture/reach.ts';
import { markedUp } from './marked-up.ts';

/**
 * The drawing on the page. What only moved is moved, and what stayed is not touched. Of a large drawing only what is near
 * to what one sees is there: a browser needs a tenth of a second for the texts of 500 inodes, whether they are in sight or not.
 */
export class DrawnPicture {
  /** The names of the lanes, which stay in sight. They lie above the first pixels of the picture. */
  readonly headings: SVGSVGElement = svg('svg');
  readonly element: SVGSVGElement = svg('svg');
  readonly #ground = svg('g');
  readonly #past = svg('g');
  readonly #markup = new Map<Element, string>();
  #drawing: Drawing | undefined;
  #parts: readonly DrawnPart[] = [];
  #bands: ReadonlyMap<string, SVGGElement> = new Map();
  #shown: ReadonlyMap<string, Shown> = new Map();
  /** What is drawn reaches so far. */
  #drawn: Extent = nowhere;
  /** News that have been seen: a part that comes back into sight is none. */
  #told: Set<string> = new Set();

  constructor() {
    set(this.headings, { 'aria-hidden': 'true' });
    set(this.element, { role: 'group' });
    set(this.#ground, { class: 'ground', 'aria-hidden': 'true' });
    set(this.#past, { class: 'past', 'aria-hidden': 'true' });
  }

  /** All parts in the order of reading, drawn or not. */
  get parts(): readonly DrawnPart[] {
    return this.#parts;
  }

  get height(): number {
    return this.#drawing?.height ?? 0;
  }

  /** `seen`: from where to where it will be in sight. */
  show(drawing: Drawing, seen: Extent): void {
    const { narrow, width, height, label, headings, ground, bands, gone } = drawing;
    const classes = `picture${narrow ? ' narrow' : ''}`;
    this.#drawing = drawing;
    this.#parts = bands.flatMap(({ parts }) => parts);
    this.#told = new Set();
    set(this.headings, {
      class: `${classes} headings`,
      width: String(width),
      height: String(sizes.heading),
    });
    set(this.element, {
      class: classes,
      width: String(width),
      height: String(height),
      viewBox: `0 0 ${width} ${height}`,
      'aria-label': label,
    });
    this.#write(this.headings, headings);
    this.#write(this.#ground, ground);
    const before = this.#bands;
    this.#bands = new Map(bands.map(({ id }) => [id, before.get(id) ?? svg('g')]));
    for (const { id, label: name } of bands)
      set(this.#bands.get(id) as SVGGElement, { id, role: 'group', 'aria-label': name });
    arrange(this.element, [this.#ground, ...this.#bands.values(), this.#past]);
    this.#drawn = this.#around(seen);
    this.#draw();
    this.#past.replaceChildren(
      ...shapesOf(
        gone
          .filter(({ reach }) => meets(reach, this.#drawn))
          .map(drawGone)
          .join(''),
      ),
    );
  }

  /** Draws what comes into sight, and lets go what is far from it. */
  look(seen: Extent): void {
    const { top, bottom } = seen;
    const soon = { top: Math.max(0, top - ahead / 2), bottom: Math.min(this.height, bottom + ahead / 2) };
    const isMore = this.#drawn === everywhere && this.#parts.length > alwaysDrawn;
    if (!isMore && soon.top >= this.#drawn.top && soon.bottom <= this.#drawn.bottom) return;
    this.#drawn = this.#around(seen);
    this.#draw();
  }

  /** Draws all of it, for who prints it. */
  lookEverywhere(): void {
    this.#drawn = everywhere;
    this.#draw();
  }

  /** The element of a part, wherever it stands. */
  elementOf(id: string): SVGElement | undefined {
    const part = this.#parts.find((one) => one.id === id);
    if (!part) return undefined;
    if (!this.#shown.has(id)) {
      this.#drawn = extentOf([part.body.top - ahead, part.body.bottom + ahead]);
      this.#draw();
    }
    return this.#shown.get(id)?.element;
  }

  #around({ top, bottom }: Extent): Extent {
    return this.#parts.length <= alwaysDrawn ? everywhere : { top: top - ahead, bottom: bottom + ahead };
  }

  #draw(): void {
    const focused = document.activeElement?.id;
    const near = new Set(partsNear(this.#parts, this.#drawn));
    this.#shown = this.#shownOf(this.#parts.filter((part) => near.has(part) || part.id === focused));
    for (const { id, parts } of this.#drawing?.bands ?? [])
      arrange(
        this.#bands.get(id) as SVGGElement,
        parts.flatMap((part) => this.#shown.get(part.id)?.element ?? []),
      );
  }

  /** These parts as they must be; those that look new are made in one piece of markup. */
  #shownOf(parts: readonly DrawnPart[]): ReadonlyMap<string, Shown> {
    const fresh = parts.filter((part) => !looksSame(this.#shown.get(part.id)?.part, part));
    const made = new Map(shapesOf(fresh.map(drawPart).join('')).map((element) => [element.id, element]));
    const next = new Map<string, Shown>();
    for (const part of parts) {
      const again = made.get(part.id);
      const shown = this.#shown.get(part.id);
      const element = again ?? shown?.element;
      if (!element) continue;
      const isTold = again ? this.#told.has(part.id) : shown?.isTold === true;
      this.#told.add(part.id);
      set(element, {
        class: `${part.classes}${isTold ? ' told' : ''}`,
        transform: `translate(0 ${part.y})`,
        // The whole picture is one stop of the Tab key.
        tabindex: '-1',
      });
      next.set(part.id, { part, element, isTold });
    }
    return next;
  }

  #write(parent: Element, markup: string): void {
    if (this.#markup.get(parent) !== markup) parent.replaceChildren(...shapesOf(markup));
    this.#markup.set(parent, markup);
  }
}

/** What stands there, and what only leads through: of those that go one way the longest is enough. */
const partsNear = (parts: readonly DrawnPart[], drawn: Extent): readonly DrawnPart[] => {
  const [here, through] = [[] as DrawnPart[], new Map<string, DrawnPart>()];
  for (const part of parts) {
    const { reach, body, way } = part;
    if (!meets(reach, drawn)) continue;
    if (way === undefined || meets(body, drawn)) {
      here.push(part);
      continue;
    }
    const isAbove = body.bottom < drawn.top;
    const key = `${isAbove} ${way}`;
    const other = through.get(key);
    if (!other || (isAbove ? body.top < other.body.top : body.top > other.body.top)) through.set(key, part);
  }
  return [...here, ...through.values()];
};

/** A picture of so many parts is drawn whole. */
const alwaysDrawn = 200;
/** How much more than what is in sight is drawn, on either side: a turn of the wheel is about 100 pixels. */
const ahead = 600;

const everywhere: Extent = { top: -Infinity, bottom: Infinity };
const nowhere: Extent = { top: Infinity, bottom: -Infinity };

interface Shown {
  readonly part: DrawnPart;
  readonly element: SVGElement;
  /** Its news have been seen before. */
  readonly isTold: boolean;
}

/** News is made once more, for its animation to run. */
const looksSame = (before: DrawnPart | undefined, now: DrawnPart): boolean =>
  before === now ||
  (before !== undefined &&
    before.label === now.label &&
    before.shapes() === now.shapes() &&
    !now.classes.endsWith(' new'));

const svg = <Tag extends keyof SVGElementTagNameMap>(tag: Tag): SVGElementTagNameMap[Tag] =>
  document.createElementNS('http://www.w3.org/2000/svg', tag);

const shapesOf = (markup: string): readonly SVGElement[] =>
  markup === ''
    ? []
    : [...markedUp(`<svg>${markup}</svg>`).children].filter(
        (shape): shape is SVGElement => shape instanceof SVGElement,
      );

const set = (element: Element, attributes: Readonly<Record<string, string>>): void => {
  for (const [name, value] of Object.entries(attributes))
    if (element.getAttribute(name) !== value) element.setAttribute(name, value);
};

/** Makes these the children, in this order, and touches only what stands elsewhere. */
const arrange = (parent: Element, wanted: readonly Element[]): void => {
  const kept = new Set(wanted);
  for (const child of [...parent.children]) if (!kept.has(child)) child.remove();
  let next = parent.firstElementChild;
  for (const child of wanted) {
    if (child === next) next = next.nextElementSibling;
    else parent.insertBefore(child, next);
  }
};
