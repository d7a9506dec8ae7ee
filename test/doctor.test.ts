import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { type Diagnosis, command as doctor, type Fact } from '../src/cli/commands/doctor.ts';
import { displayWidth } from '../src/cli/display-width.ts';
import { lookOf } from '../src/cli/look.ts';
import { fileSystemOf, keepsFiles } from '../src/fs/file-systems.ts';
import { readCapabilities } from '../src/kernel/capabilities.ts';
import { readMounts } from '../src/kernel/mounts.ts';
import { lw, lwPath } from './cli/lw.ts';
import { schemaErrors } from './schema.ts';
import { canMount, Scratch } from './scratch.ts';

interface Answer {
  readonly mounts: readonly {
    readonly id: number;
    readonly point: string;
    readonly type: string;
    readonly otherMounts: readonly string[];
  }[];
  readonly facts: readonly (Fact & { readonly about: string; readonly mount: number | null })[];
}

test('this kernel has what Linkwright needs, and the answer keeps to its schema', () => {
  const { code, out, err } = lw(['doctor', '--json']);
  assert.equal(err, '');
  const answer: Answer = JSON.parse(out);
  assert.equal(schemaErrors('doctor', answer), '');
  const needed = answer.facts.filter(({ required }) => required);
  assert.deepEqual(
    needed.map(({ name, verdict }) => [name, verdict]),
    [
      ['openat2', 'good'],
      ['mount ids', 'good'],
    ],
  );
  assert.equal(code, 0);
});

test('what the kernel says in files is read from them', () => {
  const found = readCapabilities();
  const number = (path: string): number => Number(readFileSync(`/proc/sys/fs/${path}`, 'utf8'));
  assert.equal(found.release, spawnSync('uname', ['-r'], { encoding: 'utf8' }).stdout.trim());
  assert.equal(found.protectedHardlinks, number('protected_hardlinks'));
  assert.equal(found.protectedSymlinks, number('protected_symlinks'));
  assert.equal(found.inotifyWatchesMax, number('inotify/max_user_watches'));
  assert.equal(found.userId, process.geteuid?.());
});

test('without rights it says what they would allow', (context) => {
  if (!canMount(context.name)) return;
  const drop = ['--reuid=65534', '--regid=65534', '--clear-groups', '--bounding-set=-all', '--inh-caps=-all', '--'];
  const { stdout } = spawnSync('setpriv', [...drop, process.execPath, lwPath, 'doctor', '--json', '/']);
  const answer: Answer = JSON.parse(String(stdout));
  for (const name of ['looking', 'changing', 'owning', 'immutable', 'administering'])
    assert.equal(factOf(answer, name)?.verdict, 'limited', name);
  assert.equal(factOf(answer, 'watching')?.value, 'by directory');
  const rule = readCapabilities().protectedHardlinks;
  assert.equal(factOf(answer, 'hard-link rule')?.verdict, rule === 0 ? 'good' : 'limited');
});

test('a missing PATH is a sentence and exit code 1; the others are examined', () => {
  const { code, out, err } = lw(['doctor', '/no/such\nplace', '/']);
  assert.equal(code, 1);
  assert.equal(err, "lw: cannot look at $'/no/such\\nplace': No such file or directory\n");
  assert.match(out, /^\/ {2}\w+ on /m);
});

test('--all: every mount that keeps files', () => {
  const answer: Answer = JSON.parse(lw(['doctor', '--all', '--json', '/proc']).out);
  const wanted = readMounts().filter(({ type }) => keepsFiles(type));
  const ids = new Set(answer.mounts.map(({ id }) => id));
  for (const { id, point } of wanted) assert.ok(ids.has(id), point);
  assert.equal(schemaErrors('doctor', answer), '');
});

test('one line a fact on a wide terminal, and never wider than a narrow one', () => {
  const fact = (name: string): Fact => ({
    name,
    verdict: 'limited',
    value: 'some value',
    meaning: 'and a meaning of many words '.repeat(4).trim(),
    required: false,
  });
  const diagnosis: Diagnosis = { kernel: [fact('openat2')], user: [fact('symbolic links')], mounts: [], problems: [] };
  for (const width of [60, 80, 120])
    for (const line of doctor.render(diagnosis, lookOf(width, false), { operands: [] } as never))
      assert.ok(displayWidth(line) <= width, line);
  assert.equal([...doctor.render(diagnosis, lookOf(undefined, false), { operands: [] } as never)].length, 5);
});

test('what is needed and missing makes exit code 1', () => {
  const openat2: Fact = { name: 'openat2', verdict: 'limited', value: 'refused', meaning: '', required: true };
  assert.equal(doctor.exitCode({ kernel: [openat2], user: [], mounts: [], problems: [] }), 1);
  assert.equal(doctor.exitCode({ kernel: [{ ...openat2, required: false }], user: [], mounts: [], problems: [] }), 0);
});

test('a type that we have not met is unknown, never guessed', () => {
  assert.deepEqual(fileSystemOf('somefs'), {});
  assert.deepEqual(fileSystemOf('constructor'), {});
});

/** File systems made for the purpose: how, and what doctor must say of each. */
const made: readonly {
  readonly name: string;
  readonly program: string;
  readonly mount: string;
  readonly facts: Readonly<Record<string, string>>;
}[] = [
  {
    name: 'tmpfs',
    program: 'mount',
    mount: 'mount -t tmpfs t "$D/m"',
    facts: {
      'names a file': 'no limit',
      'link text': 'up to 4,095 bytes',
      'room of text': 'from 128 bytes',
      reflink: 'no',
      access: 'read and write',
    },
  },
  {
    name: 'tmpfs, read-only and without following',
    program: 'mount',
    mount: 'mount -t tmpfs -o ro,nosymfollow t "$D/m"',
    facts: { access: 'read-only', following: 'nosymfollow' },
  },
  {
    name: 'ext4',
    program: 'mkfs.ext4',
    mount: 'truncate -s 32M "$D/i"; mkfs.ext4 -q -b 4096 "$D/i"; mount -o loop "$D/i" "$D/m"',
    facts: {
      'names a file': 'up to 65,000',
      'link text': 'up to 4,095 bytes',
      'room of text': 'from 60 bytes',
      reflink: 'no',
      exchange: 'yes',
    },
  },
  {
    name: 'ext4 with blocks of 1 KiB',
    program: 'mkfs.ext4',
    mount: 'truncate -s 32M "$D/i"; mkfs.ext4 -q -b 1024 "$D/i"; mount -o loop "$D/i" "$D/m"',
    facts: { 'link text': 'up to 1,023 bytes' },
  },
  {
    name: 'xfs',
    program: 'mkfs.xfs',
    mount: 'truncate -s 320M "$D/i"; mkfs.xfs -q -i size=512 -m reflink=1 "$D/i"; mount -o loop "$D/i" "$D/m"',
    facts: {
      'names a file': 'up to 2,147,483,647',
      'link text': 'up to 1,023 bytes',
      'room of text': 'from 337 bytes',
      reflink: 'yes',
      'letter case': 'kept apart',
    },
  },
  {
    name: 'xfs without reflink',
    program: 'mkfs.xfs',
    mount: 'truncate -s 320M "$D/i"; mkfs.xfs -q -m reflink=0 "$D/i"; mount -o loop "$D/i" "$D/m"',
    facts: { reflink: 'no' },
  },
  {
    name: 'btrfs',
    program: 'mkfs.btrfs',
    mount: 'truncate -s 128M "$D/i"; mkfs.btrfs -q "$D/i" >&2; mount -o loop "$D/i" "$D/m"',
    facts: {
      'names a file': 'up to 65,535',
      'link text': 'up to 4,095 bytes',
      'room of text': 'none',
      reflink: 'yes',
      'inode paths': 'told',
    },
  },
];

for (const { name, program, mount, facts } of made)
  test(`what doctor says of ${name} is what the file system does`, (context) => {
    if (!canMount(context.name) || !has(program, context.name)) return;
    using scratch = new Scratch();
    const writable = facts.access !== 'read-only';
    const { status, stdout, stderr } = inMounts(`mkdir "$D/m"; ${mount}`, scratch, writable ? `${limits} "$D/m"` : '');
    assert.equal(status, 0, stderr);
    const [json = '', measured = ''] = stdout.split('\0');
    const answer: Answer = JSON.parse(json);
    assert.equal(schemaErrors('doctor', answer), '');
    for (const [fact, value] of Object.entries(facts)) assert.equal(factOf(answer, fact)?.value, value, fact);
    assert.equal(answer.mounts[0]?.type, name.split(/[ ,]/)[0]);
    if (writable) assert.deepEqual(measured.trim().split('\n'), expected(answer));
  });

test('two mounts of one file system know of each other', (context) => {
  if (!canMount(context.name)) return;
  using scratch = new Scratch();
  const { stdout, stderr } = inMounts(
    'mkdir "$D/m" "$D/n"; mount -t tmpfs t "$D/m"; mount --bind "$D/m" "$D/n"',
    scratch,
    'true',
  );
  const [json = ''] = stdout.split('\0');
  const answer: Answer = JSON.parse(json || `{"problem":${JSON.stringify(stderr)}}`);
  assert.deepEqual(answer.mounts[0]?.otherMounts, [scratch.at('n')]);
  assert.equal(factOf(answer, 'other mounts')?.verdict, 'limited');
});

/** Tries what was told: the longest link text, the text one longer, hard and exchanged names. */
const limits = `"$NODE" --input-type=commonjs -e '
const fs = require("fs"), { execFileSync } = require("child_process"), dir = process.argv[1];
let longest = 0;
for (const length of [1022, 1023, 1024, 4094, 4095]) {
  try { fs.symlinkSync("x".repeat(length), dir + "/s" + length); longest = length; } catch { break; }
}
fs.writeFileSync(dir + "/a", "");
fs.linkSync(dir + "/a", dir + "/b");
console.log("link text up to", longest);
console.log("names", fs.statSync(dir + "/a").nlink);
let shared = "yes";
try { fs.writeFileSync(dir + "/c", "x".repeat(65536)); fs.copyFileSync(dir + "/c", dir + "/d", fs.constants.COPYFILE_FICLONE_FORCE); } catch { shared = "no"; }
console.log("reflink", shared);
'`;

const expected = (answer: Answer): readonly string[] => [
  `link text up to ${factOf(answer, 'link text')?.value.replace(/\D/g, '')}`,
  `names ${factOf(answer, 'hard links')?.value === 'yes' ? 2 : 1}`,
  `reflink ${factOf(answer, 'reflink')?.value}`,
];

/** Doctor's answer about $D/m, a NUL, and what another command prints, in mounts of their own. */
const inMounts = (
  mounts: string,
  scratch: Scratch,
  then: string,
): { status: number | null; stdout: string; stderr: string } => {
  const script = `${mounts}\n"$NODE" "$LW" doctor --json "$D/m"\nprintf '\\0'\n${then}`;
  return spawnSync('unshare', ['--mount', '--propagation=private', 'sh', '-ec', script], {
    encoding: 'utf8',
    env: { ...process.env, D: scratch.path, NODE: process.execPath, LW: lwPath },
  });
};

const has = (program: string, name: string): boolean => {
  const found = spawnSync('sh', ['-c', `PATH=$PATH:/usr/sbin:/sbin command -v ${program}`]).status === 0;
  if (!found) process.stderr.write(`NOT RUN: ${name}: ${program} is not installed\n`);
  return found;
};

const factOf = (answer: Answer, name: string): Answer['facts'][number] | undefined =>
  answer.facts.find((fact) => fact.name === name);
