import type { Block, Span } from '../lessons/lesson.ts';
import { element } from './element.ts';
import { visible } from './visible.ts';

/** The paragraphs, lists and drawings of a lesson. */
export const prose = (blocks: readonly Block[]): readonly HTMLElement[] => blocks.map(blockOf);

export const inline = (spans: readonly Span[]): readonly (Node | string)[] => spans.map(spanOf);

const blockOf = (block: Block): HTMLElement => {
  switch (block.kind) {
    case 'paragraph':
      return element('p', {}, ...inline(block.spans));
    case 'list':
      return element('ul', {}, ...block.items.map((item) => element('li', {}, ...inline(item))));
    case 'code':
      return codeBlock(block.text);
  }
};

const spanOf = ({ kind, text }: Span): Node | string => {
  switch (kind) {
    case 'text':
      return visible(text);
    case 'code':
      // A browser would break `ln -sf` after its hyphen.
      return element('code', text.length <= 28 ? { class: 'short' } : {}, visible(text));
    case 'strong':
      return element('strong', {}, visible(text));
  }
};

export const codeBlock = (text: string): HTMLElement => element('pre', {}, element('code', {}, visible(text)));
