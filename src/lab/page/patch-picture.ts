import { type Drawing, type DrawnBand, type DrawnPart, drawPart } from '../picture/draw-picture.ts';
import { markedUp } from './marked-up.ts';

/** A drawing in the page. It is changed where it differs from the next one: most parts only move, or stay. */
export class DrawnPicture {
  readonly svg: Element;
  readonly #parts = new Map<string, { readonly element: Element; drawn: DrawnPart }>();
  #ground = '';

  constructor() {
    this.svg = markedUp('<svg class="picture" role="group"><g aria-hidden="true"></g><g aria-hidden="true"></g></svg>');
  }

  update(drawing: Drawing): void {
    const { svg } = this;
    const [ground, past] = [svg.firstElementChild as Element, svg.lastElementChild as Element];
    set(svg, {
      class: drawing.narrow ? 'picture narrow' : 'picture',
      width: String(drawing.width),
      height: String(drawing.height),
      viewBox: `0 0 ${drawing.width} ${drawing.height}`,
      'aria-label': drawing.label,
    });
    if (drawing.ground !== this.#ground) ground.replaceChildren(...inner(drawing.ground));
    this.#ground = drawing.ground;
    past.replaceChildren(...inner(drawing.gone));
    this.#make(drawing);
    arrange(svg, [ground, ...drawing.bands.map((band) => this.#fill(band)), past]);
  }

  /** Elements for parts that are not there or look different, all of them in one piece of markup. */
  #make({ bands }: Drawing): void {
    const parts = bands.flatMap((band) => band.parts);
    // News is made again, so that its animation runs.
    const made = parts.filter(
      (part) => part.classes.endsWith(' new') || this.#parts.get(part.id)?.drawn.shapes !== part.shapes,
    );
    const elements = inner(made.map(drawPart).join(''));
    made.forEach((drawn, index) => {
      const element = elements[index];
      // Markup that may not get into the page draws nothing.
      if (!element) return;
      element.setAttribute('tabindex', '-1');
      const before = this.#parts.get(drawn.id)?.element;
      // Who has the focus keeps it.
      if (before && before === document.activeElement) {
        before.replaceChildren(...element.children);
        this.#parts.set(drawn.id, { element: before, drawn: { ...drawn, y: Number.NaN, label: '', classes: '' } });
      } else this.#parts.set(drawn.id, { element, drawn });
    });
    const now = new Set(parts.map(({ id }) => id));
    for (const id of this.#parts.keys()) if (!now.has(id)) this.#parts.delete(id);
  }

  #fill({ id, label, parts }: DrawnBand): Element {
    const band =
      this.svg.querySelector(`:scope > [id="${id}"]`) ?? (inner(`<g id="${id}" role="group"></g>`)[0] as Element);
    set(band, { 'aria-label': label });
    arrange(
      band,
      parts.flatMap((part) => this.#move(part)),
    );
    return band;
  }

  #move(part: DrawnPart): readonly Element[] {
    const held = this.#parts.get(part.id);
    if (!held) return [];
    const { element, drawn } = held;
    if (drawn.y !== part.y) element.setAttribute('transform', `translate(0 ${part.y})`);
    if (drawn.classes !== part.classes) element.setAttribute('class', part.classes);
    if (drawn.label !== part.label) {
      element.setAttribute('aria-label', part.label);
      const title = element.firstElementChild;
      if (title?.tagName === 'title') title.textContent = part.label;
    }
    held.drawn = part;
    return [element];
  }
}

/** Gives an element these children in this order. What stays is not touched: it keeps the focus, and costs nothing. */
const arrange = (parent: Element, wanted: readonly Element[]): void => {
  const kept = new Set(wanted);
  for (const child of [...parent.children]) if (!kept.has(child)) child.remove();
  let at = parent.firstElementChild;
  for (const child of wanted) {
    if (child === at) at = at.nextElementSibling;
    else parent.insertBefore(child, at);
  }
};

const set = (element: Element, attributes: Readonly<Record<string, string>>): void => {
  for (const [name, value] of Object.entries(attributes))
    if (element.getAttribute(name) !== value) element.setAttribute(name, value);
};

const inner = (markup: string): readonly Element[] =>
  markup === '' ? [] : [...markedUp(`<svg>${markup}</svg>`).children];
