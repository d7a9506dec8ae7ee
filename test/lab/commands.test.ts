/** What the comparison with bash does not reach: mounts, followed files, editors, and Linkwright's verbs in the lab. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseArgs } from 'node:util';
import type { Options } from '../../src/cli/command.ts';
import { tokensOf } from '../../src/cli/tokens.ts';
import { commands } from '../../src/lab/commands/commands.ts';
import { newSession, type Session } from '../../src/lab/session.ts';
import { runLine } from '../../src/lab/shell/run-line.ts';
import { random } from '../conformance/random.ts';

/** What lines write, the last of them. */
const typed = (session: Session, ...lines: readonly string[]): string => {
  let text = '';
  for (const line of lines)
    text = runLine(session, line)
      .output.map((piece) => piece.text)
      .join('');
  return text;
};

const releases = `
releases/
  1/
    app "one\\n"
  2/
    app "two\\n"
current -> releases/1
a "x\\n" #1
b #1`;

const lab = (tree = releases, user = 'me'): Session => newSession({ tree, user });

test('lw make is undone, and undo itself too', () => {
  const session = lab();
  assert.match(typed(session, 'lw make --replace releases/2 current'), /current -> releases\/2, in the place of/);
  assert.equal(typed(session, 'cat current/app'), 'two\n');
  assert.match(typed(session, 'lw undo'), /^undone: /);
  assert.equal(typed(session, 'cat current/app'), 'one\n');
  assert.match(typed(session, 'lw history'), /undone .*\n.*done/);
  assert.equal(typed(session, 'ls -A'), 'a\nb\ncurrent\nreleases\n', 'nothing of ours lies among the files');
});

test('each user has a history', () => {
  const session = lab();
  typed(session, 'make a c');
  assert.match(typed(session, 'su -c "lw undo"'), /nothing to undo/);
  assert.match(typed(session, 'undo'), /^undone/);
});

test('why, map, names, who and can look at the lab’s machine', () => {
  const session = lab();
  assert.match(typed(session, 'why current/app'), /releases\/1\/app +file/);
  assert.match(typed(session, 'lw map .'), /1 +file with several names: 2 names here/);
  assert.match(typed(session, 'names a'), /2 names\n {2}\/home\/me\/a\n {2}\/home\/me\/b\n/);
  assert.match(typed(session, 'lw who --in . releases/1'), /1 link to it\n +\.\/current -> releases\/1/);
  assert.match(typed(session, 'lw who --in . a'), /1 other name\n +\.\/b/);
  assert.match(typed(session, 'can a /tmp/x'), /^hard link +yes$/m);
  assert.match(typed(session, 'lw ls'), /current -> releases\/1/);
  assert.match(typed(session, 'lw map --json'), /"schema":"linkwright\/map\/1"/);
  assert.equal(runLine(session, 'lw nope').code, 2);
  assert.match(typed(session, 'map --exclude x'), /not to be had/);
});

test('a walk sees many names, long ones and bytes that are no text', () => {
  const session = lab('', 'root');
  typed(
    session,
    'for i in $(seq 1 3000); do ln -s t$i link-with-a-rather-long-name-so-that-reads-are-several-$i; done',
  );
  typed(session, "ln -s nowhere $'\\xff'");
  assert.match(typed(session, 'lw map .'), /3,001 +in all/);
  assert.equal(typed(session, 'lw map --list broken . | wc -l'), '3001\n');
});

test('a hard link does not cross mounts, also of one file system', () => {
  const session = lab(releases, 'root');
  typed(session, 'mkdir m n; mount -t tmpfs none m; mount --bind releases n');
  assert.match(typed(session, 'ln a m/a'), /Invalid cross-device link/);
  assert.match(typed(session, 'ln releases/1/app n/app'), /Invalid cross-device link/);
  assert.match(typed(session, 'lw can a m/a'), /hard link +no \(EXDEV\)/);
  assert.match(typed(session, 'mount'), /tmpfs on \/root\/m type tmpfs \(rw,relatime\)/);
  assert.match(typed(session, 'cd m; umount ~/m'), /target is busy/);
  assert.equal(typed(session, 'cd; umount m n; ls m'), '');
  assert.match(typed(session, 'umount m'), /^umount: m: not mounted\.\n$/);
});

test('only root mounts; a read-only mount refuses', () => {
  assert.match(typed(lab(), 'mkdir m; mount -t tmpfs none m'), /must be superuser/);
  const session = lab(releases, 'root');
  typed(session, 'mkdir m; mount --bind releases m; mount -o remount,bind,ro m');
  assert.match(typed(session, 'touch m/x'), /touch: cannot touch 'm\/x': Read-only file system/);
  assert.equal(typed(session, 'touch releases/x'), '', 'the other mount may be written');
});

test('tail -f keeps a file that was renamed away; tail -F goes to the new one', () => {
  const session = lab('log "1\\n"');
  typed(session, 'tail -f log > seen &', 'mv log log.1; echo new > log; echo old >> log.1', 'true');
  assert.equal(typed(session, 'cat seen'), '1\nold\n');
  const other = lab('log "1\\n"');
  typed(other, 'tail -F log > seen 2> said &', 'mv log log.1; echo new > log', 'true');
  assert.equal(typed(other, 'cat seen'), '1\nnew\n');
});

test('an editor in place keeps the inode; sed -i and edit --rename split a hard link', () => {
  for (const [line, names] of [
    ['edit a new', 2],
    ['edit --rename a new', 1],
    ["sed -i 's/x/new/' a", 1],
  ] as const) {
    const session = lab();
    typed(session, line);
    assert.equal(typed(session, 'cat a'), 'new\n', line);
    assert.equal(typed(session, 'stat -c %h a'), `${names}\n`, line);
    assert.equal(typed(session, 'cat b'), names === 2 ? 'new\n' : 'x\n', line);
  }
  const session = lab();
  typed(session, 'ln -s a l', "sed -i --follow-symlinks 's/x/y/' l");
  assert.equal(typed(session, 'readlink l'), 'a\n');
  assert.equal(typed(session, "sed -i 's/y/z/' l; cat a; test -L l || echo file"), 'y\nfile\n');
});

test('mv --exchange swaps two names', () => {
  const session = lab();
  assert.equal(
    typed(session, 'ln -s releases/2 next; mv --exchange -T -v next current'),
    "exchanged 'next' <-> 'current'\n",
  );
  assert.equal(typed(session, 'readlink current next'), 'releases/2\nreleases/1\n');
});

test('find names links by what they are, lead to, and share', () => {
  const session = lab(`${releases}\ngone -> nowhere`);
  assert.equal(typed(session, 'find . -xtype l'), './gone\n');
  assert.equal(typed(session, 'find . -samefile a | sort'), './a\n./b\n');
  assert.equal(typed(session, "find . -type l -printf '%f>%l;'"), 'current>releases/1;gone>nowhere;');
  assert.equal(typed(session, 'find . -links +1 -type f -exec basename {} \\; | sort'), 'a\nb\n');
});

test('every program says what it is for', () => {
  const session = lab();
  for (const name of Object.keys(commands)) {
    if (['env', 'printenv', 'linkwright', 'help', 'man', 'vi', 'vim', 'nano', 'install'].includes(name)) continue;
    const { code, out } = runLine(session, `${name} --help`);
    assert.equal(code, 0, name);
    assert.match(out, /Usage: /, name);
  }
});

test('words of a command line are told apart as node:util does', () => {
  const { pick, below } = random(7);
  const options: Options = {
    all: { type: 'boolean', short: 'a', help: '' },
    list: { type: 'string', short: 'l', help: '' },
    'files-from': { type: 'string', help: '' },
  };
  const pieces = [
    '-a',
    '-l',
    '-al',
    '-la',
    '-lx',
    '-axl',
    '--all',
    '--list',
    '--list=x',
    '--all=',
    '--files-from',
    '-',
    '--',
    'x',
    '',
    '--x=1',
    '-z',
    '-az',
    '---',
    '-=',
    '--=',
  ];
  for (let i = 0; i < 3000; i++) {
    const args = Array.from({ length: below(6) }, () => pick(pieces));
    const { tokens } = parseArgs({ args, options, strict: false, allowPositionals: true, tokens: true });
    const theirs = tokens.flatMap((token): readonly Record<string, unknown>[] =>
      token.kind === 'option'
        ? [{ name: token.name, rawName: token.rawName, value: token.value, inline: token.inlineValue ?? false }]
        : token.kind === 'positional'
          ? [{ value: token.value }]
          : [],
    );
    const ours = [...tokensOf(args, options)].map((token) =>
      token.kind === 'option'
        ? { name: token.name, rawName: token.rawName, value: token.value, inline: token.inlineValue }
        : { value: token.value },
    );
    assert.deepEqual(ours, theirs, JSON.stringify(args));
  }
});
