import type { Words } from '../finding.ts';
import type { Rule, Said } from '../rule.ts';
import type { LinkView } from '../scene.ts';

/** What every finding of a link says. */
const at = ({ path, physical, text }: LinkView): Pick<Said, 'path' | 'physical' | 'text'> => ({ path, physical, text });

const name = (path: string): { readonly name: string } => ({ name: path });

const dangling: Rule = {
  id: 'dangling',
  group: 'resolution',
  severity: 'error',
  summary: 'a link that leads to nothing',
  why: 'Whoever opens it is told that there is no such file, although the link itself is there.',
  broken: `
    guide -> docs/guide
    docs/`,
  fixed: `
    guide -> docs/guide
    docs/
      guide`,
  needs: 'symlinks',
  marks: ['missing', 'name-too-long'],
  *link(link) {
    const { end } = link.route;
    if (end.kind === 'found') return;
    if (end.kind !== 'missing') yield { ...at(link), says: ['leads to nothing'] };
    else {
      const says: Words = [name(end.path), ' does not exist'];
      yield { ...at(link), says: ['leads to nothing: ', ...says], cause: { key: end.path, says } };
    }
  },
};

const loop: Rule = {
  id: 'loop',
  group: 'resolution',
  severity: 'error',
  summary: 'a link that leads back to itself, or into such a circle',
  why: 'Linux gives up after 40 links and answers ELOOP.',
  broken: `
    a -> b
    b -> a`,
  fixed: `
    a -> b
    b`,
  needs: 'symlinks',
  marks: ['loop'],
  *link(link) {
    const { end } = link.route;
    if (end.kind !== 'loop') return;
    const least = end.cycle.indexOf(end.cycle.toSorted()[0] as string);
    const cycle = [...end.cycle.slice(least), ...end.cycle.slice(0, least)];
    const way: Words = [...cycle, cycle[0] as string].flatMap((path, i) =>
      i === 0 ? [name(path)] : [' → ', name(path)],
    );
    yield {
      ...at(link),
      says: [end.cycle.includes(link.physical) ? 'is part of a circle: ' : 'leads into a circle: ', ...way],
      cause: { key: cycle.join('\0'), says: ['these links lead to each other: ', ...way] },
    };
  },
};

export const resolutionRules: readonly Rule[] = [dangling, loop];
