import { type Drawing, type DrawnPart, drawPart } from '../picture/draw-picture.ts';
import { markedUp } from './marked-up.ts';

/**
 * The drawing on the page. What only moved is moved, and what stayed is not touched: with hundreds of inodes a browser
 * takes long to do all of it again.
 */
export class DrawnPicture {
  readonly element: SVGSVGElement = svg('svg');
  readonly #ground = svg('g');
  readonly #past = svg('g');
  #groundMarkup = '';
  #bands: ReadonlyMap<string, SVGGElement> = new Map();
  #parts: ReadonlyMap<string, Shown> = new Map();

  constructor() {
    set(this.element, { role: 'group' });
    set(this.#ground, { class: 'ground', 'aria-hidden': 'true' });
    set(this.#past, { class: 'past', 'aria-hidden': 'true' });
  }

  show({ narrow, width, height, label, ground, bands, gone }: Drawing): void {
    set(this.element, {
      class: `picture${narrow ? ' narrow' : ''}`,
      width: String(width),
      height: String(height),
      viewBox: `0 0 ${width} ${height}`,
      'aria-label': label,
    });
    if (ground !== this.#groundMarkup) this.#ground.replaceChildren(...shapesOf(ground));
    this.#groundMarkup = ground;
    this.#past.replaceChildren(...shapesOf(gone));
    this.#parts = this.#partsOf(bands.flatMap(({ parts }) => parts));
    const before = this.#bands;
    this.#bands = new Map(bands.map(({ id }) => [id, before.get(id) ?? svg('g')]));
    for (const { id, label: name, parts } of bands) {
      const group = this.#bands.get(id) as SVGGElement;
      set(group, { id, role: 'group', 'aria-label': name });
      arrange(
        group,
        parts.flatMap((part) => this.#parts.get(part.id)?.element ?? []),
      );
    }
    arrange(this.element, [this.#ground, ...this.#bands.values(), this.#past]);
  }

  /** All parts as they must be; those that look new are made in one piece of markup. */
  #partsOf(parts: readonly DrawnPart[]): ReadonlyMap<string, Shown> {
    const fresh = parts.filter((part) => !looksSame(this.#parts.get(part.id)?.part, part));
    const made = new Map(shapesOf(fresh.map(drawPart).join('')).map((element) => [element.id, element]));
    const next = new Map<string, Shown>();
    for (const part of parts) {
      const element = made.get(part.id) ?? this.#parts.get(part.id)?.element;
      if (!element) continue;
      // The whole picture is one stop of the Tab key.
      set(element, { class: part.classes, transform: `translate(0 ${part.y})`, tabindex: '-1' });
      next.set(part.id, { part, element });
    }
    return next;
  }
}

interface Shown {
  readonly part: DrawnPart;
  readonly element: Element;
}

/** News is made once more, for its animation to run. */
const looksSame = (before: DrawnPart | undefined, now: DrawnPart): boolean =>
  before?.label === now.label && before.shapes === now.shapes && !now.classes.endsWith(' new');

const svg = <Tag extends keyof SVGElementTagNameMap>(tag: Tag): SVGElementTagNameMap[Tag] =>
  document.createElementNS('http://www.w3.org/2000/svg', tag);

const shapesOf = (markup: string): readonly Element[] =>
  markup === '' ? [] : [...markedUp(`<svg>${markup}</svg>`).children];

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
