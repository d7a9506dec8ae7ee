import { element } from './element.ts';

/**
 * The picture and its table arrive as markup, made by our own code from names that anybody may have chosen. Parsing it
 * runs nothing; what is no part of a drawing or table does not get into the page, even if a name were not escaped.
 */
export const markedUp = (markup: string, type: 'image/svg+xml' | 'text/html'): Element => {
  const parsed = new DOMParser().parseFromString(markup, type);
  const root = type === 'text/html' ? parsed.body.firstElementChild : parsed.documentElement;
  if (!root || parsed.querySelector('parsererror')) return element('p', {}, 'This cannot be drawn.');
  for (const part of [root, ...root.querySelectorAll('*')]) {
    if (!tags.has(part.localName)) part.remove();
    for (const { name } of [...part.attributes]) if (!attributes.test(name)) part.removeAttribute(name);
  }
  return document.importNode(root, true);
};

const tags: ReadonlySet<string> = new Set(
  (
    'svg g path line polyline polygon rect circle ellipse text tspan title desc defs marker clipPath pattern linearGradient stop ' +
    'table caption colgroup col thead tbody tr th td ul ol li p div span code strong em br section h3 h4'
  ).split(' '),
);

/** No style, no address of something to load, no event. */
const attributes =
  /^(?!on)(?!.*(href|src|style))(xmlns|id|class|role|tabindex|focusable|viewBox|preserveAspectRatio|width|height|[xyrd]|[cr][xy]|[xy][12]|d[xy]|points|transform|fill|fill-.*|stroke|stroke-.*|opacity|marker-.*|marker[A-Z].*|ref[XY]|orient|clip-path|clipPathUnits|text-anchor|dominant-baseline|font-.*|textLength|lengthAdjust|rotate|pathLength|vector-effect|scope|colspan|rowspan|headers|title|lang|dir|aria-.*|data-.*)$/;
