import { element } from './element.ts';

/**
 * The picture and its table arrive as markup, made by our own code from names that anybody may have chosen. What is no
 * part of a drawing or table does not get into the page, even if a name were not escaped once: then nothing is drawn.
 */
export const markedUp = (markup: string): Element => {
  const bare = markup.replaceAll(/"[^"]*"/g, '""');
  for (const [tag, name] of bare.matchAll(/<\/?([^\s/>]*)[^>]*>?/g))
    if (!tags.has(name as string) || forbidden.test(tag)) return element('p', {}, 'This cannot be drawn.');
  // Parsed in here, nothing is loaded and no handler runs.
  const template = document.createElement('template');
  template.innerHTML = markup;
  return template.content.firstElementChild ?? element('p', {});
};

const tags: ReadonlySet<string> = new Set(
  (
    'svg g path line polyline polygon rect circle ellipse text tspan title desc defs marker clipPath ' +
    'table caption colgroup col thead tbody tr th td ul ol li p div span code strong em br section h3 h4'
  ).split(' '),
);

/** Handlers, styles, and addresses of something to load. */
const forbidden = /\s(on\w*|style|href|src\w*|xlink:\w+|formaction|action)\s*=/i;
