/** A tree with what can be hard about following links, for the programs that say where paths lead. */
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { encodeBytes } from '../src/fs/bytes.ts';
import { Scratch } from './scratch.ts';

/** Links that are passed in one chain: more than the 40 that the kernel passes. */
const chainLength = 45;

const links: readonly (readonly [name: string, text: string])[] = [
  ['to-file', 'file'],
  ['to-dir', 'dir'],
  ['to-sub', 'dir/sub'],
  ['up', 'to-sub/..'],
  ['up-up', 'to-sub/../..'],
  ['dangling', 'gone'],
  ['dangling-deep', 'gone/x'],
  ['dangling-slash', 'gone/'],
  ['file-slash', 'file/'],
  ['file-below', 'file/x'],
  ['dir-slash', 'dir/'],
  ['dir-dots', './dir//./sub/../'],
  ['loop-a', 'loop-b'],
  ['loop-b', 'loop-a'],
  ['loop-c', 'dir/../loop-d'],
  ['loop-d', 'to-sub/../../loop-c'],
  ['self', 'self'],
  ['into-loop', 'loop-a/x'],
  ['root', '/'],
  ['double-root', '//'],
  ['over-root', '../../../../../../../../../../usr'],
  ['dot', '.'],
  ['dotdot', '..'],
  ['to-locked', 'locked/inside'],
  ['back-from-locked', 'locked/../file'],
  ['chain-0', 'file'],
  ...Array.from({ length: chainLength - 1 }, (_, i) => [`chain-${i + 1}`, `chain-${i}`] as const),
  ['-dash', 'file'],
  ["quo'te", 'sp ace'],
  ['sp ace', 'new\nline'],
  ['new\nline', 'colon:'],
  ['colon:', '\udcff'],
  ['\udcff', 'é'],
  ['é', '\u001b[31m'],
  ['\u001b[31m', 'gone'],
  ['n'.repeat(255), 'dir'],
  ['long-text', `${'./'.repeat(2040)}file`],
];

/** Lays it out below `root`; `locked` may only be entered by its owner, `listed` only be read by others. */
export const plantLinkTree = (root: string): void => {
  const at = (name: string): Buffer => Buffer.from(encodeBytes(`${root}/${name}`));
  for (const dir of ['dir', 'dir/sub', 'locked', 'locked/inside', 'listed', 'listed/inside']) mkdirSync(at(dir));
  for (const file of ['file', 'dir/file', 'locked/file']) writeFileSync(at(file), '');
  for (const [name, text] of links) symlinkSync(Buffer.from(encodeBytes(text)), at(name));
  symlinkSync(`${root}/dir`, at('absolute'));
  symlinkSync('../../to-sub', at('dir/sub/around'));
  chmodSync(at('locked'), 0o700);
  chmodSync(at('listed'), 0o744);
};

/** Paths from that root, each hard in its own way. */
export const hardPaths: readonly string[] = [
  ...links.map(([name]) => name).filter((name) => !/^chain-(?!19|20|21|22|39|4)/.test(name)),
  'absolute',
  '',
  '.',
  './',
  '..',
  '/',
  '//',
  '///',
  '/..',
  '//usr',
  'file',
  'file/',
  'file//',
  'file/.',
  'file/..',
  'file/x',
  'file/./x',
  'dir',
  'dir/',
  'dir/.',
  'dir/..',
  'dir//sub/./../sub',
  'dir/gone',
  'dir/gone/',
  'dir/gone/.',
  'dir/gone/..',
  'dir/gone/x',
  'gone',
  'gone/',
  'gone//',
  'gone/x',
  'gone/../file',
  'to-file/',
  'to-file/x',
  'to-file/..',
  'to-dir/',
  'to-dir/..',
  'to-dir/file',
  'to-sub/..',
  'to-sub/../..',
  'to-sub/../file',
  'to-sub/around/around/around',
  'up/file',
  'up-up/file',
  'dangling/',
  'dangling/x',
  'dangling/..',
  'dangling-deep/',
  'loop-a/',
  'loop-a/x',
  'loop-a/../file',
  'self/..',
  'dot/dot/dot/file',
  'dotdot/gone',
  'chain-44/',
  'locked',
  'locked/',
  'locked/.',
  'locked/..',
  'locked/inside',
  'locked/gone',
  'locked/file/x',
  'to-locked/..',
  'listed/inside',
  'listed/gone',
  'n'.repeat(256),
  `${'dir/../'.repeat(600)}file`,
  `${'gone/'.repeat(900)}x`,
];

/** Works in a scratch directory that holds the tree. */
export const inLinkTree = (work: (tree: Scratch) => void): void => {
  using tree = new Scratch();
  plantLinkTree(tree.path);
  const before = process.cwd();
  process.chdir(tree.path);
  try {
    work(tree);
  } finally {
    process.chdir(before);
  }
};
