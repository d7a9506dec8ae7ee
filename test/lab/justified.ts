import { isDeepStrictEqual } from 'node:util';
import type { Difference } from './both-shells.ts';

interface Reason {
  readonly name: string;
  readonly why: string;
  readonly fits: (difference: Difference) => boolean;
}

/** Where the lab is otherwise than bash with coreutils, and why it may be. */
export const reasons: readonly Reason[] = [
  {
    name: 'order of entries',
    why: 'A directory has no order of its own: ext4 gives its entries by their hashes, the lab in the order in which they were made.',
    fits: (difference) => {
      const { what, bash, lab } = difference;
      const mayWalk = (line: string): boolean =>
        walks.test(line) || (complainsInOrder.test(line) && (what === 'errors' || /2>/.test(line)));
      const isKept = (line: string): boolean => walks.test(line) && line.includes('>');
      if (what === 'code' || !(lastLines(difference).some(mayWalk) || difference.lines.some(isKept))) return false;
      return what === 'tree'
        ? isDeepStrictEqual(treeLines(bash, sortedLines), treeLines(lab, sortedLines))
        : sortedLines(bash) === sortedLines(lab);
    },
  },
  {
    name: 'names of one file',
    why: 'Of several names of one file, du counts the first that it comes to and chmod -R changes the file there; which one that is, is up to the order of entries. So is how much du finds in the file that it writes into.',
    fits: (difference) => {
      const { what, bash, lab, names } = difference;
      if (what === 'code' || !lastLines(difference).some((line) => /\b(du|chmod|chown|chgrp)\b/.test(line)))
        return false;
      const written = lastLines(difference).flatMap((line) =>
        [...line.matchAll(/>[>|]? *([^\s;]+)/g)].map(([, path]) => path ?? ''),
      );
      const plain = (text: string): string => sortedLines(oneName(text, names, written));
      return what === 'tree'
        ? isDeepStrictEqual(treeLines(bash, plain), treeLines(lab, plain))
        : plain(bash) === plain(lab);
    },
  },
  {
    name: 'just created',
    why: "The ln here is the product's own: what it has just made it will not replace, not even with a backup (`ln --help`).",
    fits: ({ lines, wrote }) =>
      /\bln\b/.test(lines.at(-1) ?? '') &&
      wrote.lab.includes('will not overwrite just-created') &&
      !wrote.bash.includes('will not overwrite just-created'),
  },
  {
    name: 'memory without a value',
    why: 'Of a link to nowhere `chown -v` tells an old owner out of memory that it has not set; the lab says nothing of one.',
    fits: (difference) => {
      const { what, bash, lab, wrote } = difference;
      if (!lastLines(difference).some((line) => /\b(chown|chgrp)\b/.test(line))) return false;
      const named = new Set([...wrote.bash.matchAll(/cannot dereference '([^']*)'/g)].map(([, name]) => name));
      const plain = (text: string): string =>
        text.replace(/^failed to change (?:ownership|group) of '([^']*)' from .*\n/gm, (line, name) =>
          named.has(name) ? '' : line,
        );
      if (named.size === 0 || what === 'code') return false;
      return what === 'tree'
        ? isDeepStrictEqual(treeLines(bash, plain), treeLines(lab, plain))
        : plain(bash) === plain(lab);
    },
  },
  {
    name: 'kept back',
    why: 'To a terminal a builtin writes line by line, into a file all at the end, and complaints at once: the lab takes its line for typed, bash writes it into a file here.',
    fits: (difference) => {
      const { what, bash, lab } = difference;
      const both = /\b(?:printf|type)\b[\s\S]*(?:2>&1|&>)/;
      if (what === 'code' || what === 'errors' || !lastLines(difference).some((line) => both.test(line))) return false;
      return what === 'tree'
        ? isDeepStrictEqual(treeLines(bash, sortedLines), treeLines(lab, sortedLines))
        : sortedLines(bash) === sortedLines(lab);
    },
  },
  {
    name: 'who complains',
    why: 'In a file with a complaint of the shell that one is called by a longer name on the real side, so sizes and numbers of words are others.',
    fits: ({ what, lines, bash, lab }) =>
      what === 'output' &&
      lines.slice(0, -1).some((line) => /2>|&>/.test(line)) &&
      /\b(wc|ls|stat|du)\b/.test(lines.at(-1) ?? '') &&
      withoutNumbers(bash) === withoutNumbers(lab),
  },
  {
    name: 'too much',
    why: 'cp -L of a directory into one that a link in it leads to goes on until paths are too long for the kernel; the lab stops such a line before.',
    fits: ({ wrote }) =>
      /^lab: stopped: this line (does too much|is too deep)$/m.test(wrote.lab) &&
      wrote.bash.includes('File name too long'),
  },
  {
    name: 'copied into itself',
    why: 'A directory that is copied into itself: what is copied before that is noticed is what its order, that of inode numbers, puts first, and ext4 gives any number that is free.',
    fits: (difference) => {
      const { what, bash, lab, wrote } = difference;
      if (what === 'code' || !lastLines(difference).some((line) => /\bcp\b/.test(line))) return false;
      const noticed = [...wrote.bash.matchAll(intoItself)];
      if (noticed.length === 0 || !wrote.lab.includes(noticed[0]?.[0] ?? '')) return false;
      const places = noticed.map(([, source = '', made = '']) => ({ source, made }));
      return isDeepStrictEqual(outside(bash, what, places), outside(lab, what, places));
    },
  },
];

/** Why a difference is none to mend; undefined for one that is. */
export const justified = (difference: Difference): Reason | undefined => reasons.find(({ fits }) => fits(difference));

/** Programs that go through directories in the order in which they find the entries. */
const walks = /\b(find|du)\b|\b(chmod|chown|chgrp|rm|cp|grep)\b.* -\w*[rRa]/;
/** It sorts what it shows, but complains of each as it comes. */
const complainsInOrder = /\bls\b/;

/** The lines that may have led to a difference. */
const lastLines = ({ what, lines }: Difference): readonly string[] => (what === 'tree' ? lines : lines.slice(-1));

const withoutNumbers = (text: string): string => text.replace(/ *\d+/g, ' #');

const sortedLines = (text: string): string => text.split('\n').sort().join('\n');

/** A told tree; what its files hold may be seen in another way. */
const treeLines = (tree: string, seen: (contents: string) => string): readonly string[] =>
  tree
    .split('\n')
    .map((line) => line.replace(/(?<= )"(?:[^"\\]|\\.)*"$/, (contents) => seen(String(JSON.parse(contents)))));

interface Noticed {
  readonly source: string;
  readonly made: string;
}
const intoItself = /cannot copy a directory, '([^']*)', into itself, '([^']*)'/g;

/** A told difference without what concerns these places and what lies in them. */
const outside = (text: string, what: Difference['what'], noticed: readonly Noticed[]): readonly string[] => {
  const places = noticed.flatMap(({ source, made }) => [source, made]).map((place) => place.replace(/(?<=.)\/+$/, ''));
  const concerns = new RegExp(
    `(^|[\\s'])(${places.map((place) => place.replace(/[^\w/]/g, '\\$&')).join('|')})(?=[/':]|$)`,
  );
  const plain = (lines: string): string =>
    lines
      .split('\n')
      .filter((line) => !concerns.test(line))
      .join('\n');
  if (what !== 'tree') return plain(text).split('\n');
  const names = noticed.map(({ made }) => /([^/]*)\/*$/.exec(made)?.[1] ?? '');
  // Links may be on the way, so it is known by its own name.
  const isInside = (line: string): boolean =>
    names.some(
      (name) => name === '.' || name === '..' || /^"home\/me\/([^"]*)/.exec(line)?.[1]?.split('/').includes(name),
    );
  return treeLines(text, plain)
    .filter((line) => !isInside(line))
    .map((line) => line.replace(/ #\d+ of \d+/, ''));
};

/**
 * Any name of a file that has several becomes the same. The sizes of directories hang on which one was counted there, and
 * all sums on what is in a file that is being written.
 */
const oneName = (text: string, names: Difference['names'], written: readonly string[]): string => {
  const ends = names.map((paths) => paths.map(lastName));
  const lines = text.split('\n');
  const sizes = lines.map((line) => Number(/^\d+(?=\t)/.exec(line)?.[0] ?? 0));
  const isOwn = (line: string): boolean => written.some((path) => line.endsWith(`/${lastName(path)}`));
  const same = lines.map((line) => {
    const [, before = '', path = '', after = ''] = /^(\d+\t|[^']*')([^']*)(.*)$/s.exec(line) ?? [];
    const isDirectory = text.includes(`${path}/`);
    const file = isDirectory ? -1 : ends.findIndex((each) => each.includes(lastName(path)));
    return file >= 0 && !isOwn(line) ? `${before}<${file}>${after}` : line.replace(/^\d+\t/, '');
  });
  return [written.length > 0 ? '' : sizes.reduce((most, size) => Math.max(most, size), 0), ...same].join('\n');
};

const lastName = (path: string): string => path.replace(/^.*\//s, '');
