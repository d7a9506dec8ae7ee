import { Fault } from '../../../fs/fault.ts';
import { fileSystemOf } from '../../../fs/file-systems.ts';
import { identityKey } from '../../../fs/identity.ts';
import { basename, dirname, join } from '../../../fs/path.ts';
import type { Cause, Words } from '../finding.ts';
import { guardOf } from '../guard.ts';
import { peopleOf } from '../people.ts';
import type { Rule } from '../rule.ts';
import { name } from '../saying.ts';
import type { Scene } from '../scene.ts';
import {
  dirOfName,
  filesWithNames,
  firstName,
  isKept,
  keptElsewhere,
  otherNames,
  placeOfName,
  type SeveralNames,
} from '../several-names.ts';
import { logHardlinkBlocksRotation } from './log-rotation.ts';
import { splitGroup } from './split-group.ts';

const namesOutside: Rule = {
  id: 'names-outside',
  group: 'hard-links',
  severity: 'off',
  summary: 'has further names outside of what is checked',
  why: `A change of the file through a name that nobody here sees changes it here too, and to remove all names here frees no room.
That matters where a tree shall stand for itself: a backup, a release, what is handed on.

Such names are often wanted: package managers link what they install to a store. So the rule is off unless it is asked for, and
its findings are one cause. A file that Linkwright displaced and keeps for lw undo has a name for that; it is told apart, and
lw history --purge lets go of it. lw names FILE looks for the others.`,
  broken: `
    release/
      app "program\\n" #1
    store/
      3f8a #1`,
  fixed: `
    release/
      app "program\\n"
    store/
      3f8a "program\\n"`,
  checked: '/release',
  needs: 'full',
  *whole(scene) {
    let kept: ReadonlyMap<string, number> | undefined;
    const cause: Cause = { key: 'outside', says: ['these files have names outside of what was looked at'] };
    for (const file of filesWithNames(scene)) {
      const outside = file.nlink - file.seen;
      if (outside <= 0) continue;
      kept ??= keptElsewhere(scene);
      const undo = Math.min(outside, kept.get(identityKey(file)) ?? 0);
      const says = `has ${count(file.nlink)} names, ${outside === 1 ? 'one' : count(outside)} of them outside`;
      const held = undo === 0 ? '' : undo === outside ? ', kept for lw undo' : `, ${count(undo)} kept for lw undo`;
      yield { ...placeOfName(scene, firstName(scene, file)), says: [says + held], cause };
    }
  },
};

const hardlinkedConfig: Rule = {
  id: 'hardlinked-config',
  group: 'hard-links',
  severity: 'warning',
  summary: 'is a file of settings with several names, which the next edit may part',
  why: `Most editors, sed -i, package managers and git save a file by writing a new one and renaming it into place. The name that was edited
has the new file then, and the other names keep the old one: the settings are two, and nobody is told.

Looked at are files below /etc, dot-files in homes and what is below their .config and .ssh, dot-files at the top of a git work
tree, and its .git/config. Use a symbolic link for the other name: all editors leave it a link, or write through it. If it has to be a hard
link, declare the names as a [[group]] in linkwright.toml: then split-group watches over them, and this rule is content.`,
  broken: `
    etc/
      app.conf #1
    srv/
      app.conf #1`,
  fixed: `
    etc/
      app.conf
    srv/
      app.conf -> ../etc/app.conf`,
  needs: 'full',
  *whole(scene) {
    const kindOfDir = settingsDirs(scene);
    const declared = new Set(
      scene.declaredGroups.filter(({ from }) => from === 'declared').flatMap(({ names }) => names),
    );
    for (const file of filesWithNames(scene)) {
      if (file.kind !== 'file') continue;
      for (const row of file.rows) {
        const kind = kindOfDir(dirOfName(scene, row));
        if (kind === 'other') continue;
        const place = placeOfName(scene, row);
        const own = basename(place.physical);
        if (declared.has(place.physical) || !isSettings(kind, own, place.physical, scene)) continue;
        const kept = file.rows.filter((each) => isKept(scene.census.namePath(each))).length;
        if (isKept(own) || file.nlink - kept < 2) continue;
        const says: Words = ['has further names, and an edit parts them: ', ...otherNames(scene, file, row)];
        yield { ...place, says, cause: ofFile(file, scene) };
      }
    }
  },
};

/** What of a directory's files are settings. */
type SettingsDir = 'all' | 'dot-files' | 'git' | 'perhaps' | 'other';

const settingsDirs = (scene: Scene): ((dir: number) => SettingsDir) => {
  const homes = new Set(
    peopleOf(scene)
      .homes.filter((home) => home !== '/')
      .concat('/root'),
  );
  const known = new Map<number, SettingsDir>();
  const isHome = (path: string): boolean => homes.has(path) || /^\/home\/[^/]+$/.test(path);
  const kindOf = (path: string): SettingsDir => {
    if (path === '/etc' || path.startsWith('/etc/')) return 'all';
    if (isHome(path)) return 'dot-files';
    const inHome = /^(.*)\/\.(config|ssh)(\/|$)/.exec(path)?.[1];
    if (inHome !== undefined && isHome(inHome)) return 'all';
    if (path.includes('/node_modules/')) return 'other';
    return basename(path) === '.git' ? 'git' : 'perhaps';
  };
  return (dir) => {
    const kind = known.get(dir) ?? kindOf(scene.census.physicalPath(dir));
    known.set(dir, kind);
    return kind;
  };
};

const isSettings = (kind: SettingsDir, own: string, physical: string, { fs, root }: Scene): boolean => {
  switch (kind) {
    case 'all':
      return true;
    case 'dot-files':
      return own.startsWith('.');
    case 'git':
      return own === 'config';
    case 'perhaps':
      return own.startsWith('.') && !(fs.stat(root.handle, join(dirname(physical), '.git').slice(1)) instanceof Fault);
    case 'other':
      return false;
  }
};

const extraSetuidName: Rule = {
  id: 'extra-setuid-name',
  group: 'hard-links',
  severity: 'error',
  summary: 'is a further name of a program that runs with the rights of its owner or group',
  why: `Whoever has a name of a set-user-ID program keeps the program: when a security update puts a new file in the place of the old one,
the old one lives on under the other name, with its bits and its hole. That is why fs.protected_hardlinks lets nobody link such
a program but its owner; on a machine that has it switched off, or once had, a look is worth while.

It is an error if the name lies in a directory that others may write to, a warning if it is not among what was looked at (look at all of
the file system: lw names FILE), and worth a word otherwise: packages that install one program under two names have a reason, and
replace both.

Take the bits away before the name, which disarms all names at once: chmod u-s,g-s FILE, then rm. And find out who made it.`,
  broken: `
    usr/
      bin/
        su 4755 #1
    home/
      eve/ @1000
        .cache/ @1000
          x #1`,
  fixed: `
    usr/
      bin/
        su 4755
    home/
      eve/ @1000
        .cache/ @1000`,
  needs: 'full',
  *whole(scene) {
    const guard = guardOf(scene);
    const people = peopleOf(scene);
    for (const file of filesWithNames(scene)) {
      if (file.kind !== 'file' || !isPrivileged(file.mode)) continue;
      const bits =
        (file.mode & setUid) !== 0 ? `runs as ${people.userName(file.uid)}` : 'runs with the rights of its group';
      const cause = ofFile(file, scene);
      const bad = file.rows.filter((row) => guard.isShared(dirOfName(scene, row), file.uid));
      for (const row of bad) {
        const place = placeOfName(scene, row);
        const kept = isKept(place.physical) ? ', kept for lw undo,' : '';
        const says: Words = [
          `is a name${kept} of a program that ${bits}, in a directory of others: `,
          ...otherNames(scene, file, row),
        ];
        yield { ...place, says, cause };
      }
      if (bad.length > 0) continue;
      const first = firstName(scene, file);
      const severity = file.nlink > file.seen ? 'warning' : 'info';
      const says: Words = [`${bits}, and has further names: `, ...otherNames(scene, file, first)];
      yield { ...placeOfName(scene, first), severity, says, cause };
    }
  },
};

const setUid = 0o4000;
const setGid = 0o2000;

/** The bits count where the file can be run; without that the second one means locks (fcntl(2)). */
const isPrivileged = (mode: number): boolean =>
  ((mode & setUid) !== 0 && (mode & 0o111) !== 0) || ((mode & setGid) !== 0 && (mode & 0o010) !== 0);

const linkCountNearLimit: Rule = {
  id: 'link-count-near-limit',
  group: 'hard-links',
  severity: 'warning',
  summary: 'has nearly as many names as the file system allows',
  why: `Every file system that is used much has a limit of names for one file: 65,000 on ext4, 65,535 on btrfs, 2,147,483,647 on xfs. At the
limit link(2) answers EMLINK, and what works by hard links stops or begins to copy: stores of packages, backups, deduplication.
Told is what has nine tenths of them.

Begin a second file with the same contents, and link to that one from now on.`,
  broken: `
    store/
      empty #1`,
  fixed: `
    store/
      empty #1`,
  crowd: { of: '/store/empty', broken: 58_499, fixed: 100 },
  needs: 'full',
  *whole(scene) {
    for (const file of filesWithNames(scene)) {
      const type = scene.fileSystemType(file.dev);
      const { namesMax = Infinity } = type === undefined ? {} : fileSystemOf(type);
      if (file.nlink < namesMax * 0.9) continue;
      const says = `has ${count(file.nlink)} names, and ${type} allows ${count(namesMax)}`;
      yield { ...placeOfName(scene, firstName(scene, file)), says: [says], cause: ofFile(file, scene) };
    }
  },
};

const ofFile = (file: SeveralNames, scene: Scene): Cause => ({
  key: identityKey(file),
  says: [name(scene.census.namePath(firstName(scene, file))), ` has ${count(file.nlink)} names`],
});

const count = (number: number): string => number.toLocaleString('en-US');

export const hardLinkRules: readonly Rule[] = [
  splitGroup,
  namesOutside,
  hardlinkedConfig,
  extraSetuidName,
  linkCountNearLimit,
  logHardlinkBlocksRotation,
];
