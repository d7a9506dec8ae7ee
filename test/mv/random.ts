/** Random trees full of links, and random moves in them, as fast-check makes and shrinks them. */
import fc from 'fast-check';
import type { Fs } from '../../src/fs/fs.ts';
import { linkText } from '../../src/fs/link-text.ts';

/** One thing to be made; what cannot be made is left out. */
export type Item =
  | { readonly kind: 'dir' | 'file'; readonly name: string; readonly depth: number }
  | { readonly kind: 'link'; readonly name: string; readonly depth: number; readonly text: Text }
  /** One more name for what an earlier item has made. */
  | { readonly kind: 'name'; readonly name: string; readonly depth: number; readonly of: number };

/** A text: to another item as seen from the link, by its names; or anything. */
export type Text =
  | { readonly to: number; readonly absolute: boolean; readonly more: readonly string[]; readonly slash: boolean }
  | { readonly parts: readonly string[]; readonly absolute: boolean; readonly slash: boolean };

export interface Move {
  readonly flags: readonly string[];
  /** Items, or paths. */
  readonly sources: readonly Operand[];
  readonly destination: Operand;
  /** The item that is the working directory, if it is one. */
  readonly from: number;
}

export type Operand =
  | { readonly item: number; readonly absolute: boolean; readonly below?: string; readonly slash: boolean }
  | { readonly parts: readonly string[] };

export interface Scene {
  readonly items: readonly Item[];
  readonly move: Move;
  readonly long: boolean;
}

const names = ['a', 'b', 'c', 'd', 'é'];
const name = fc.constantFrom(...names);
const place = { name, depth: fc.nat({ max: 11 }) };
const part = fc.oneof(
  { weight: 4, arbitrary: name },
  { weight: 3, arbitrary: fc.constant('..') },
  { weight: 1, arbitrary: fc.constantFrom('.', 'gone', 'x') },
);
const often = (odds: number) => fc.integer({ min: 0, max: odds - 1 }).map((n) => n === odds - 1);
const number = fc.nat({ max: 40 });

const text: fc.Arbitrary<Text> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      to: number,
      absolute: often(3),
      more: fc.oneof(
        { weight: 3, arbitrary: fc.constant([]) },
        { weight: 1, arbitrary: fc.array(part, { maxLength: 3 }) },
      ),
      slash: often(8),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      parts: fc.array(part, { minLength: 1, maxLength: 6 }),
      absolute: often(6),
      slash: often(8),
    }),
  },
);

const item: fc.Arbitrary<Item> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('dir' as const), ...place }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('file' as const), ...place }) },
  { weight: 7, arbitrary: fc.record({ kind: fc.constant('link' as const), ...place, text }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('name' as const), ...place, of: number }) },
);

const operand: fc.Arbitrary<Operand> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ item: number, absolute: often(2), slash: often(10) }) },
  { weight: 1, arbitrary: fc.record({ parts: fc.array(part, { minLength: 1, maxLength: 4 }) }) },
);
const target: fc.Arbitrary<Operand> = fc.oneof(
  {
    weight: 7,
    arbitrary: fc.record({
      item: number,
      absolute: often(2),
      below: fc.constantFrom('new', 'new', 'other', 'a'),
      slash: fc.constant(false),
    }),
  },
  { weight: 2, arbitrary: operand },
);

export const scene: fc.Arbitrary<Scene> = fc.record({
  items: fc.array(item, { minLength: 2, maxLength: 30, size: 'max' }),
  move: fc.record({
    flags: fc.oneof(
      { weight: 3, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.subarray(['-T', '-b', '-f'], { maxLength: 2 }) },
    ),
    sources: fc.oneof(
      { weight: 4, arbitrary: fc.array(operand, { minLength: 1, maxLength: 1 }) },
      { weight: 1, arbitrary: fc.array(operand, { minLength: 2, maxLength: 4 }) },
    ),
    destination: target,
    from: number,
  }),
  long: often(6),
});

/** A scene at a place: names may be made long, so that texts reach their limits. */
export const stage = (fs: Fs, top: string, { items, move, long }: Scene, mounts: readonly string[] = []) => {
  const named = (part: string): string =>
    long && names.includes(part) ? part.repeat(Math.floor(230 / new TextEncoder().encode(part).length)) : part;
  const made: { readonly path: string; readonly kind: string }[] = [
    { path: top, kind: 'dir' },
    ...mounts.map((path) => ({ path, kind: 'dir' })),
  ];
  const at = (n: number): { readonly path: string; readonly kind: string } =>
    made[n % made.length] as { path: string; kind: string };
  const dirs = (): readonly string[] => made.filter(({ kind }) => kind === 'dir').map(({ path }) => path);
  for (const item of items) {
    const above = dirs();
    const dir = above[item.depth % above.length] as string;
    const path = `${dir}/${named(item.name)}`;
    const refused = make(fs, top, item, dir, path, at, named);
    if (!refused) made.push({ path, kind: item.kind });
  }
  const written = (operand: Operand, cwd: string): string => {
    if ('parts' in operand) return operand.parts.map(named).join('/');
    const above = dirs();
    // Seldom the top itself, which can hardly go anywhere.
    const thing = operand.item % 16 === 15 || made.length === 1 ? 0 : 1 + (operand.item % (made.length - 1));
    const path = operand.below === undefined ? at(thing).path : (above[operand.item % above.length] as string);
    const whole = operand.below === undefined ? path : `${path}/${operand.below}`;
    return (operand.absolute ? whole : relative(cwd, whole)) + (operand.slash ? '/' : '');
  };
  const above = dirs();
  const cwd = above[move.from % above.length] as string;
  return {
    cwd,
    args: [...move.flags, '--', ...move.sources.map((each) => written(each, cwd)), written(move.destination, cwd)],
  };
};

const make = (
  fs: Fs,
  top: string,
  item: Item,
  dir: string,
  path: string,
  at: (n: number) => { readonly path: string },
  named: (part: string) => string,
): unknown => {
  switch (item.kind) {
    case 'dir':
      return fs.mkdir(fs.cwd, path, 0o755);
    case 'file': {
      const opened = fs.open(fs.cwd, path, { access: 'write', create: 'exclusive', mode: 0o644 });
      if (!('fd' in opened)) return opened;
      opened[Symbol.dispose]();
      return undefined;
    }
    case 'link': {
      const { text } = item;
      const end = text.slash ? '/' : '';
      if ('parts' in text)
        return fs.symlink(
          linkText(`${text.absolute ? `${top}/` : ''}${text.parts.map(named).join('/')}${end}`),
          fs.cwd,
          path,
        );
      const to = at(text.to).path;
      const way = [text.absolute ? to : relative(dir, to), ...text.more.map(named)].join('/');
      return fs.symlink(linkText(way + end), fs.cwd, path);
    }
    case 'name':
      return fs.link(fs.cwd, at(item.of).path, fs.cwd, path);
  }
};

const relative = (from: string, to: string): string => {
  const [a, b] = [from.split('/').slice(1), to.split('/').slice(1)];
  let same = 0;
  while (same < a.length && same < b.length && a[same] === b[same]) same++;
  return [...a.slice(same).map(() => '..'), ...b.slice(same)].join('/') || '.';
};
