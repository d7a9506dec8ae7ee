import assert from 'node:assert/strict';

export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
  /** The text directly in it. */
  readonly text: string;
}

/**
 * Reads a document of one element as XML 1.0 has it, without declarations, comments and CDATA; anything that
 * is not well-formed is an assertion's failure, and so is an id that comes twice.
 */
export const readXml = (text: string): Element => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these must not be there.
  assert.doesNotMatch(text, /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|\p{Cs}/u, 'characters that XML cannot hold');
  const tokens = text.matchAll(/<(\/?)([A-Za-z][\w:-]*)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>|([^<]+)|(<)/gu);
  const top: Open = { name: '', attributes: {}, children: [], text: '' };
  const open: Open[] = [top];
  const ids = new Set<string>();
  for (const [whole, close, name, attributes, empty, chars, stray] of tokens) {
    assert.equal(stray, undefined, 'a < that begins no tag');
    const at = open.at(-1) as Open;
    if (chars !== undefined) at.text += unescaped(chars);
    else if (close) assert.equal(open.pop()?.name, name, `${whole} closes another element`);
    else {
      const element: Open = { name: name as string, attributes: read(attributes ?? ''), children: [], text: '' };
      const { id } = element.attributes;
      if (id !== undefined) {
        assert.ok(!ids.has(id), `the id ${id} comes twice`);
        ids.add(id);
      }
      at.children.push(element);
      if (!empty) open.push(element);
    }
  }
  assert.equal(open.length, 1, 'an element is not closed');
  assert.equal(top.text, '');
  assert.equal(top.children.length, 1);
  return top.children[0] as Element;
};

interface Open {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Open[];
  text: string;
}

/** An element's inner elements at any depth, itself included; of one name if one is given. */
export const elementsOf = (element: Element, name?: string): readonly Element[] => [
  ...(name === undefined || element.name === name ? [element] : []),
  ...element.children.flatMap((child) => elementsOf(child, name)),
];

/** All text in it. */
export const textOf = (element: Element): string => element.text + element.children.map(textOf).join('');

const read = (attributes: string): Readonly<Record<string, string>> => {
  const found: Record<string, string> = {};
  for (const [, name, value] of attributes.matchAll(/([\w:-]+)="([^"]*)"/g)) {
    assert.equal(found[name as string], undefined, `${name} comes twice`);
    found[name as string] = unescaped(value as string);
  }
  return found;
};

const unescaped = (text: string): string => {
  assert.doesNotMatch(text, /&(?!(amp|lt|gt|quot|#39);)/, 'an & that begins no entity');
  return text.replace(/&(amp|lt|gt|quot|#39);/g, (entity) => entities[entity] as string);
};

const entities: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
};
