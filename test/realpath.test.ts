/** `lw realpath` is the system's realpath: each command line is given to both. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { realpath } from '../src/jobs/make/realpath.ts';
import { comparing, pairOf, theirs } from './gnu-program.ts';
import { hardPaths, inLinkTree } from './link-tree.ts';
import { asUser, isRoot, nobody } from './scratch.ts';

const { our, agree } = pairOf(realpath, 'realpath');

const modes = ['-P', '-e', '-m', '-s', '-se', '-sm', '-L', '-Le', '-Lm'];

for (const mode of modes)
  comparing(`realpath ${mode} says of each hard path what the system’s says`, () =>
    inLinkTree(() => {
      const together = agree([mode, '--', ...hardPaths]);
      if (mode === '-P' || mode === '-s') for (const path of hardPaths) agree([mode, '--', path]);
      assert.ok(together.out.split('\n').length > 30);
    }),
  );

if (isRoot)
  comparing('and what it says to a user who may not look everywhere', () => {
    inLinkTree(() => {
      for (const mode of modes) {
        const args = [mode, '--relative-to=dir', '--', ...hardPaths];
        const answer = asUser(nobody, () => our(args));
        assert.deepEqual(answer, theirs('realpath', args, {}, nobody), mode);
      }
    });
  });

comparing('relative answers are the system’s for each pair of a start and a base', () =>
  inLinkTree((tree) => {
    const dirs = [
      '.',
      '/',
      '//',
      'dir',
      'dir/sub',
      'to-sub',
      'gone',
      'gone/x',
      'file',
      'file/',
      'loop-a',
      '',
      '/usr',
      tree.path,
    ];
    const files = ['.', '/', '//usr', 'file', 'dir', 'dir/sub/x', 'to-sub', 'gone', 'gone/x', '/usr/bin', 'dirx', ''];
    for (const dir of dirs) {
      for (const mode of ['-P', '-e', '-m', '-s', '-L']) {
        agree([mode, `--relative-to=${dir}`, ...files]);
        agree([mode, `--relative-base=${dir}`, ...files]);
      }
      for (const base of dirs)
        for (const mode of ['-P', '-e']) agree([mode, '--relative-to', dir, '--relative-base', base, ...files]);
    }
  }),
);

comparing('its options are the system’s, alone and together', () =>
  inLinkTree(() => {
    for (const args of [
      [],
      ['-e'],
      ['--'],
      ['-z', 'file', 'dir'],
      ['-q', 'gone/x', 'file'],
      ['-qe', 'gone', 'file'],
      ['-q', '--relative-to=gone/x', 'file'],
      ['-q', '-e', '--relative-to=file', 'file'],
      ['-em', 'gone/x'],
      ['-me', 'gone/x'],
      ['-sL', 'up-up'],
      ['-Ls', 'up-up'],
      ['-LP', 'to-sub/..'],
      ['-PL', 'to-sub/..'],
      ['-Ps', 'to-sub/..'],
      ['-sP', 'to-sub/..'],
      ['--logical', 'to-sub/..'],
      ['--physical', 'to-sub/..'],
      ['--strip', 'to-sub'],
      ['--no-symlinks', 'to-sub'],
      ['--no', 'to-sub'],
      ['--canonicalize-e', 'gone'],
      ['--canonicalize-missing', 'gone/x'],
      ['--relative', 'x'],
      ['--rel=x', 'x'],
      ['--relative-to'],
      ['--relative-t', 'dir', 'file'],
      ['--relative-b=dir', 'file', 'dir/sub'],
      ['--relative-to=dir', '--relative-to=.', 'file'],
      ['--zero', 'file'],
      ['--zero=1', 'file'],
      ['--quiet', 'gone/x'],
      ['file', '-z', 'dir'],
      ['file', '--', '-dash'],
      ['-x', 'file'],
      ['-r', 'file'],
      ['-', '-e'],
      ['--nonsense', 'file'],
    ])
      for (const LC_ALL of ['C', 'C.UTF-8']) agree(args, { LC_ALL });
    agree(['file', '-e', 'gone'], { POSIXLY_CORRECT: '' });
  }),
);

test('-E asks for what is done without it', () =>
  inLinkTree((tree) => {
    // coreutils 9.8, NEWS: "realpath now supports -E, which specifies the default behavior"; the long form is --canonicalize.
    for (const [args, code, out] of [
      [['-E', 'gone'], 0, `${tree.path}/gone\n`],
      [['-eE', 'gone'], 0, `${tree.path}/gone\n`],
      [['-Ee', 'gone'], 1, ''],
      [['-mE', 'gone/x'], 1, ''],
      [['-e', '--canonicalize', 'gone'], 0, `${tree.path}/gone\n`],
    ] as const) {
      const answer = our(args);
      assert.deepEqual({ code: answer.code, out: answer.out }, { code, out }, args.join(' '));
    }
    // With three that begin so, a beginning of them is ambiguous.
    assert.equal(
      our(['--canon', 'file']).err,
      "realpath: option '--canon' is ambiguous; possibilities: '--canonicalize' '--canonicalize-existing' '--canonicalize-missing'\n" +
        "Try 'realpath --help' for more information.\n",
    );
  }));
