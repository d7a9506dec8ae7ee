import { join } from '../../../fs/path.ts';
import type { Words } from '../finding.ts';
import { leavesArchive } from '../inside.ts';
import type { Rule, Said } from '../rule.ts';
import { name, placeOf } from '../saying.ts';
import type { ArchiveFact, Scene } from '../scene.ts';

const isArchive = ({ archive }: Scene): boolean => archive !== undefined;

const linkLeavesArchive: Rule = {
  id: 'link-leaves-archive',
  group: 'security',
  severity: 'error',
  summary: 'is a link in an archive that leads out of it',
  why: `Where the archive is unpacked the link leads to whatever that machine has there, or to nothing. Programs that unpack a second
archive over it, or serve what was unpacked, write to or read from places that nobody meant (CVE-2025-45582).

An archive that is a whole system is meant to be \`/\` itself: check it with \`--preset image\`, and absolute texts are those of the
archive.`,
  broken: `
    app/
    app/settings -> ../../etc/settings`,
  fixed: `
    app/
    app/defaults
    app/settings -> defaults`,
  shows: 'members',
  applies: isArchive,
  needs: 'symlinks',
  marks: ['absolute', 'leaving', 'inner-dot-dot'],
  *link(link, scene) {
    if (leavesArchive(link, scene)) yield { ...placeOf(link), says: ['leads out of the archive'] };
  },
};

const memberOutside: Rule = {
  id: 'member-outside',
  group: 'security',
  severity: 'error',
  summary: 'has a name in an archive that leads out of where it is unpacked',
  why: `A name that holds \`..\` or begins with a slash is meant for a place of its author's choice. GNU tar leaves out the first and takes
the slash away from the second; other programs, and tar with -P, overwrite what is there. An absolute name is a warning.`,
  broken: `
    ../../etc/cron.d/job`,
  fixed: `
    etc/cron.d/job`,
  shows: 'members',
  applies: isArchive,
  needs: 'symlinks',
  *whole(scene) {
    for (const fact of factsOf(scene, 'outside'))
      yield fact.climbs
        ? said(scene, fact, ['climbs out of where the archive is unpacked'])
        : { ...said(scene, fact, ['is stored with an absolute name']), severity: 'warning' };
  },
};

const memberThroughLink: Rule = {
  id: 'member-through-link',
  group: 'security',
  severity: 'error',
  summary: 'is unpacked through a link that the same archive has put there',
  why: `First comes a link to a directory, then a member whose name goes through it: a program that does not look writes the member to
where the link leads. That is how archives have overwritten files of their readers ever since.

A link to a directory of the same archive is a warning: the member arrives, but under another name than the one it has, and
programs that do not follow the link replace it by a directory.`,
  broken: `
    lib -> /usr/lib
    lib/library.so`,
  fixed: `
    lib/
    lib/library.so`,
  shows: 'members',
  applies: isArchive,
  needs: 'symlinks',
  *whole(scene) {
    for (const fact of factsOf(scene, 'through')) {
      const way: Words = ['the link ', name(shownPath(scene, fact.link)), ', which leads to ', name(fact.text)];
      const cause = { key: fact.link, says: ['these members are unpacked through ', ...way] };
      const found = { ...said(scene, fact, ['is unpacked through ', ...way]), cause };
      yield fact.stays ? { ...found, severity: 'warning' } : found;
    }
  },
};

const memberOverLink: Rule = {
  id: 'member-over-link',
  group: 'security',
  severity: 'error',
  summary: 'has the name of a link that the same archive holds before it',
  why: `tar removes the link and then makes the file. A program that opens the name for writing follows the link, and writes the file to
where the link leads.`,
  broken: `
    settings -> /etc/settings
    settings`,
  fixed: `
    settings`,
  shows: 'members',
  applies: isArchive,
  needs: 'symlinks',
  *whole(scene) {
    for (const fact of factsOf(scene, 'over-link'))
      yield said(scene, fact, ['is stored after a symbolic link of the same name']);
  },
};

const hardLinkLeavesArchive: Rule = {
  id: 'hard-link-leaves-archive',
  group: 'security',
  severity: 'error',
  summary: 'is a hard link in an archive to something outside of it',
  why: `Unpacking makes one more name for a file that the archive's reader has already: whoever writes to the unpacked name later
changes that file. It needs no link that could be seen afterwards (CVE-2026-24842).`,
  broken: `
    notes = ../../etc/passwd`,
  fixed: `
    notes.txt
    notes = notes.txt`,
  shows: 'members',
  applies: isArchive,
  needs: 'symlinks',
  *whole(scene) {
    for (const fact of factsOf(scene, 'hard-link-outside'))
      yield said(scene, fact, ['is a hard link to ', name(fact.target), ', which leads out of the archive']);
  },
};

const hardLinkMissing: Rule = {
  id: 'hard-link-missing',
  group: 'hard-links',
  severity: 'error',
  summary: 'is a hard link in an archive to a member that does not come before it',
  why: `Of a file with several names an archive stores the first, and the others as hard links to that. Where the first is left out (by
--exclude, or because only some members were asked for) or comes later, unpacking fails, or takes a file of that name that
happens to be there.`,
  broken: `
    copy = file`,
  fixed: `
    file
    copy = file`,
  shows: 'members',
  applies: isArchive,
  needs: 'symlinks',
  *whole(scene) {
    for (const fact of factsOf(scene, 'hard-link-missing'))
      yield {
        ...said(scene, fact, ['is a hard link to ', name(fact.target), ', which is no earlier member']),
        cause: {
          key: fact.target,
          says: ['these are hard links to ', name(fact.target), ', which is no earlier member'],
        },
      };
  },
};

type FactOf<Kind> = ArchiveFact extends infer Fact
  ? Fact extends { kind: infer Own }
    ? Kind extends Own
      ? Fact
      : never
    : never
  : never;

function* factsOf<Kind extends ArchiveFact['kind']>({ archive = [] }: Scene, kind: Kind): Iterable<FactOf<Kind>> {
  for (const fact of archive) if (fact.kind === kind) yield fact as FactOf<Kind>;
}

/** A member has the name that it is stored under, whatever it would be called in the tree. */
const said = (scene: Scene, { physical }: ArchiveFact, says: Words): Said => ({
  path: shownPath(scene, physical),
  physical,
  says,
});

/** As links in the archive are shown. */
const shownPath = ({ census }: Scene, physical: string): string => {
  const [root] = census.roots;
  return root ? join(root.path, physical.slice(root.physical.length).replace(/^\//, '')) : physical;
};

export const archiveRules: readonly Rule[] = [
  linkLeavesArchive,
  memberOutside,
  memberThroughLink,
  memberOverLink,
  hardLinkLeavesArchive,
  hardLinkMissing,
];
