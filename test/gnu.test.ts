/**
 * GNU's own tests of the programs that Linkwright stands in for, run unmodified: COREUTILS names an unpacked
 * source tree of coreutils (a release, or a checkout with tests/init.sh of gnulib beside the others). Each script
 * finds our programs first and the system's for everything else, so a script can also fail because the system's
 * are of another version. GNU_PROGRAMS=system runs all of them with the system's own, to tell those apart.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { test } from 'node:test';
import { lwPath } from './cli/lw.ts';
import { isRoot, nobody, Scratch } from './scratch.ts';

const source = process.env.COREUTILS === undefined ? undefined : resolve(process.env.COREUTILS);
const standIns = ['ln', 'link', 'unlink', 'readlink', 'realpath'];
const version: string = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version;

/** What GNU tests of those programs; some lie elsewhere in newer releases. */
const subjects = `
  help/help-version ln/backup-1 ln/backup-suffix-traversal ln/hard-backup ln/hard-to-sym ln/misc ln/non-utf8-src ln/relative
  ln/sf-1 ln/slash-decorated-nonexistent-dest ln/target-1 misc/help-version misc/readlink-fp-loop misc/readlink-root
  misc/realpath mv/childproof readlink/can-e readlink/can-f readlink/can-m readlink/multi readlink/readlink-fp-loop
  readlink/readlink-posix readlink/readlink-root readlink/rl-1`;

/** Tests of other programs that lay out their files by ln. */
const users = `
  chmod/ignore-symlink chmod/thru-dangling chown/basic chown/deref chown/preserve-root cp/abuse cp/attr-existing
  cp/cp-HL cp/cp-deref cp/cross-dev-symlink cp/deref-slink cp/dir-rm-dest cp/into-self
  cp/keep-directory-symlink cp/link-deref cp/link-no-deref cp/link-preserve cp/link-symlink cp/no-deref-link1
  cp/no-deref-link2 cp/no-deref-link3 cp/preserve-link cp/r-vs-symlink cp/same-file cp/slink-2-slink cp/special-f
  cp/symlink-slash cp/thru-dangling du/deref du/deref-args du/hard-link du/inodes du/no-deref du/one-file-system
  du/trailing-slash ls/classify ls/dangle ls/file-type ls/follow-slink ls/group-dirs ls/infloop ls/inode
  ls/multihardlink ls/no-arg ls/root-rel-symlink-color ls/selinux-segfault ls/stat-dtype ls/stat-free-symlinks
  ls/symlink-quote ls/symlink-slash mkdir/p-thru-slink mv/atomic mv/atomic2 mv/force mv/hard-2 mv/hard-3 mv/hard-4
  mv/hard-link-1 mv/i-4 mv/i-link-no mv/into-self-2 mv/into-self-4 mv/mv-special-2 mv/part-hardlink mv/part-symlink
  mv/symlink-onto-hardlink mv/symlink-onto-hardlink-to-self mv/to-symlink rm/dangling-symlink
  rm/rm3 rmdir/symlink-errors touch/dangling-symlink touch/trailing-slash`;

/** Those that want to meet refusals, so not root. */
const unprivileged = 'chown/preserve-root mv/childproof mv/hard-2 mv/hard-3 rm/rm3';

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

const runScript = (tree: string, name: string, scratch: Scratch, uid: number | undefined) => {
  const bin = scratch.at('src');
  const temporary = scratch.at('tmp');
  mkdirSync(bin);
  mkdirSync(temporary);
  const system = readdirSync('/usr/bin');
  if (process.env.GNU_PROGRAMS !== 'system') for (const program of standIns) symlinkSync(lwPath, `${bin}/${program}`);
  // The name that it has until it is installed.
  symlinkSync('/usr/bin/install', `${bin}/ginstall`);
  if (uid !== undefined) for (const path of [scratch.path, temporary]) chownSync(path, uid, uid);
  const user = uid === undefined ? [] : [`--reuid=${uid}`, `--regid=${uid}`, '--clear-groups'];
  const { status, stdout, stderr } = spawnSync('setpriv', [...user, '--', 'bash', `${tree}/tests/${name}.sh`], {
    cwd: scratch.path,
    encoding: 'utf8',
    // Descriptor 9 is where the scripts say why they stop.
    stdio: ['ignore', 'pipe', 'pipe', 'ignore', 'ignore', 'ignore', 'ignore', 'ignore', 'ignore', 'pipe'],
    timeout: 300_000,
    env: {
      PATH: `${dirname(process.execPath)}:/usr/sbin:/sbin:/usr/bin:/bin`,
      HOME: scratch.path,
      TMPDIR: temporary,
      SHELL: '/bin/bash',
      VERSION: version,
      PACKAGE_VERSION: version,
      LOCALE_FR: 'none',
      LOCALE_FR_UTF8: 'none',
      abs_top_builddir: scratch.path,
      abs_top_srcdir: tree,
      abs_srcdir: tree,
      srcdir: tree,
      top_srcdir: tree,
      // That one asks each of these for its help and version.
      built_programs: [...standIns, ...(name.endsWith('help-version') ? [] : ['ginstall', ...system])].join(' '),
      fail: '0',
      host_os: 'linux-gnu',
      host_triplet: `${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-pc-linux-gnu`,
      CONFIG_HEADER: '/dev/null',
      CU_TEST_NAME: 'linkwright',
      CC: 'cc',
      AWK: 'awk',
      EGREP: 'grep -E',
      PERL: 'perl',
    },
  });
  return { code: status, said: `${stdout}${stderr}` };
};

if (source === undefined)
  process.stderr.write('NOT RUN: GNU’s own tests: COREUTILS must name an unpacked source tree of coreutils\n');
else {
  test('COREUTILS names a source tree with tests', () => assert.ok(existsSync(`${source}/tests/init.sh`), source));
  for (const name of words(`${subjects} ${users}`))
    if (existsSync(`${source}/tests/${name}.sh`))
      test(`GNU’s tests/${name}.sh passes`, (t) => {
        using scratch = new Scratch();
        const { code, said } = runScript(
          source,
          name,
          scratch,
          isRoot && words(unprivileged).includes(name) ? nobody : undefined,
        );
        if (code === 77) return t.skip(/skipped test: (.*)/.exec(said)?.[1] ?? 'it cannot run here');
        assert.equal(code, 0, said);
      });
}
