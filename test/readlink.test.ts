/** `lw readlink` is the system's readlink: each command line is given to both. */
import assert from 'node:assert/strict';
import { mkdirSync, rmdirSync, symlinkSync } from 'node:fs';
import { test } from 'node:test';
import { readlink } from '../src/jobs/make/readlink.ts';
import { kernel } from '../src/kernel/kernel.ts';
import { build } from '../src/lab/drawing.ts';
import { Sketch } from '../src/sketch/sketch.ts';
import { bash } from './cli/lw.ts';
import { comparing, ours, pairOf, theirs } from './gnu-program.ts';
import { hardPaths, inLinkTree } from './link-tree.ts';
import { asUser, isRoot, nobody, openPlace, Scratch } from './scratch.ts';

const { our, agree } = pairOf(readlink, 'readlink');

for (const mode of ['-v', '-vf', '-ve', '-vm'])
  comparing(`readlink ${mode} says of each hard path what the system’s says`, () =>
    inLinkTree(() => {
      for (const path of hardPaths) agree([mode, '--', path]);
    }),
  );

if (isRoot)
  comparing('and what it says to a user who may not look everywhere', () => {
    inLinkTree(() => {
      for (const mode of ['-v', '-vf', '-ve', '-vm']) {
        const args = [mode, '--', ...hardPaths];
        const answer = asUser(nobody, () => our(args));
        assert.deepEqual(answer, theirs('readlink', args, {}, nobody), mode);
        if (mode !== '-vm') assert.match(answer.err, /locked\/inside: Permission denied/);
      }
    });
  });

test('in a sketch it says what it says on the kernel', () =>
  inLinkTree((tree) => {
    using root = openPlace('/');
    const sketch = new Sketch({ base: { fs: kernel, root: root.handle } });
    const rehearsed = sketch.process();
    assert.equal(rehearsed.chdir(tree.path), undefined);
    for (const mode of ['-v', '-vf', '-ve', '-vm']) {
      const args = [mode, '--', ...hardPaths];
      assert.deepEqual(ours(readlink, 'readlink', args, {}, rehearsed), our(args), mode);
    }
  }));

test('where no /proc tells it, the path of the working directory is found by climbing', () => {
  const machine = new Sketch().process();
  build(
    machine,
    machine.cwd,
    `
    a/
      b/
        up -> ../x
    proc/
      self/
        cwd -> /a`,
  );
  assert.equal(machine.chdir('a/b'), undefined);
  assert.equal(ours(readlink, 'readlink', ['-f', '.', 'up'], {}, machine).out, '/a/b\n/a/x\n');
  assert.equal(machine.unlink(machine.cwd, 'up') ?? machine.rmdir(machine.cwd, '../b'), undefined);
  assert.equal(ours(readlink, 'readlink', ['-fv', '.'], {}, machine).err, 'readlink: .: No such file or directory\n');
});

comparing('its options are the system’s, alone and together', () =>
  inLinkTree(() => {
    for (const args of [
      [],
      ['-f'],
      ['--'],
      ['-n', 'to-file'],
      ['-n', 'to-file', 'to-dir'],
      ['-n', 'gone'],
      ['-nz', 'to-file'],
      ['-nz', 'to-file', 'to-dir'],
      ['-z', 'to-file', 'to-dir'],
      ['-nq', 'to-file', 'gone', 'to-dir'],
      ['-nv', 'to-file', 'gone', 'to-dir'],
      ['-vq', 'gone'],
      ['-qv', 'gone'],
      ['-vs', 'gone'],
      ['-sv', 'gone'],
      ['-fe', 'gone', '-v'],
      ['-ef', 'gone', '-v'],
      ['-em', 'gone/x', '-v'],
      ['-mf', 'gone/x', '-v'],
      ['to-file', '-v', 'gone', '-z'],
      ['to-file', '--', '-dash'],
      ['-dash'],
      ['-x', 'to-file'],
      ['-éx', 'to-file'],
      ['-fx', 'to-file'],
      ['--nonsense', 'to-file'],
      ['--canonicalize', 'to-sub'],
      ['--canonicalize-e', 'to-sub'],
      ['--canonicalize-missing', 'gone/x'],
      ['--canon', 'to-sub'],
      ['--canonicalize=x', 'to-sub'],
      ['--no', 'to-file'],
      ['--no-newline', 'to-file'],
      ['--quiet', '--verb', 'gone'],
      ['--verb', '--silent', 'gone'],
      ['--z', 'to-file'],
      ['--ver', 'to-file'],
      ['--v', 'to-file'],
      ['-', 'to-file', '-v'],
      ['-vf', '', 'file'],
    ])
      for (const LC_ALL of ['C', 'C.UTF-8']) agree(args, { LC_ALL });
  }),
);

comparing('under POSIXLY_CORRECT options end at the first operand', () =>
  inLinkTree(() => {
    agree(['-v', 'to-file', '-f', 'gone'], { POSIXLY_CORRECT: '' });
  }),
);

test('under POSIXLY_CORRECT it says why a file cannot be answered', () =>
  inLinkTree(() => {
    // coreutils 9.8, NEWS: "readlink now defaults to being verbose if the POSIXLY_CORRECT environment variable is set".
    const answer = our(['file', 'to-file'], { POSIXLY_CORRECT: '1' });
    assert.deepEqual(answer, { code: 1, out: 'file\n', err: 'readlink: file: Invalid argument\n' });
    assert.equal(our(['-q', 'file'], { POSIXLY_CORRECT: '1' }).err, '');
  }));

test('a cycle that adds to the path in each round ends', () =>
  inLinkTree((tree) => {
    // gnulib follows these for ever, so there is no system’s answer.
    for (const [name, text] of [
      ['slash', 'slash/'],
      ['below', 'below/x'],
      ['ping', 'dir/../pong/x'],
      ['pong', './ping'],
    ] as const)
      symlinkSync(text, tree.at(name));
    for (const name of ['slash', 'below', 'ping', 'pong', 'dir/../slash/x'])
      for (const mode of ['-vf', '-ve'])
        assert.deepEqual(our([mode, name]), {
          code: 1,
          out: '',
          err: `readlink: ${name}: Too many levels of symbolic links\n`,
        });
    assert.equal(our(['-m', 'slash']).out, `${tree.path}/slash\n`);
  }));

comparing('links whose texts double the way end too', () =>
  inLinkTree((tree) => {
    symlinkSync('.', tree.at('bomb-0'));
    for (let i = 1; i <= 40; i++) symlinkSync(`bomb-${i - 1}/bomb-${i - 1}`, tree.at(`bomb-${i}`));
    assert.deepEqual(agree(['-f', 'bomb-10']), { code: 0, out: `${tree.path}\n`, err: '' });
    assert.equal(our(['-fv', 'bomb-40']).err, 'readlink: bomb-40: Too many levels of symbolic links\n');
  }),
);

comparing('a removed working directory has no path', () => {
  using scratch = new Scratch();
  const before = process.cwd();
  mkdirSync(scratch.at('removed'));
  process.chdir(scratch.at('removed'));
  try {
    rmdirSync(scratch.at('removed'));
    for (const mode of ['-vf', '-ve', '-vm']) agree([mode, '.', 'x', '/usr']);
  } finally {
    process.chdir(before);
  }
});

comparing('a working directory may lie deeper than a path can be long', () => {
  using scratch = new Scratch();
  const before = process.cwd();
  process.chdir(scratch.path);
  try {
    for (let depth = 0; depth < 20; depth++) {
      mkdirSync('x'.repeat(250));
      process.chdir('x'.repeat(250));
    }
    mkdirSync('here');
    for (const mode of ['-vf', '-ve', '-vm']) {
      const answer = agree([mode, '.', 'here', 'here/..', 'gone', './gone/x', '/usr']);
      assert.ok(answer.out.length > 5000);
    }
  } finally {
    process.chdir(before);
  }
});

test('it says nothing where the reader of its answers goes away, as after SIGPIPE', () => {
  const { out, err } = bash(`$LW readlink -m {1..20000} | head -n 1 >/dev/null; echo "\${PIPESTATUS[0]}"`);
  assert.deepEqual({ out, err }, { out: '141\n', err: '' });
});

test('an answer that cannot be written is an error', () => {
  const full = bash('$LW readlink -m x >/dev/full');
  assert.deepEqual(full, { code: 1, out: '', err: 'readlink: write error: No space left on device\n' });
});
