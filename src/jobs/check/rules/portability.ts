import { byteLength } from '../../../fs/bytes.ts';
import { Fault } from '../../../fs/fault.ts';
import { sameFile } from '../../../fs/identity.ts';
import { join } from '../../../fs/path.ts';
import { liesIn, relativePath } from '../../../fs/relative.ts';
import { health } from '../../../trace/route.ts';
import { trace } from '../../../trace/trace.ts';
import { isInside, reachedBy, rootOf } from '../inside.ts';
import { asFix, asRead, shortened, tidied } from '../new-text.ts';
import type { Rule } from '../rule.ts';
import { name, placeOf } from '../saying.ts';
import type { LinkView, Scene } from '../scene.ts';
import { caseMismatch } from './case-mismatch.ts';
import { destroyedSymlink, untrackedTarget } from './git.ts';

const absoluteInsideRoot: Rule = {
  id: 'absolute-inside-root',
  group: 'portability',
  severity: 'warning',
  summary: 'leads by an absolute path to something in the same tree',
  why: `The tree cannot be moved, mounted elsewhere, copied or looked at from outside of a chroot without this link's
leading to the old place, or to nothing. A relative text has none of these troubles.

Between two top-level directories an absolute text is right, since each may be a volume of its own (section 10.5 of
Debian's policy), so only links within one are found. The fix is the relative text, if that leads to the same file.`,
  fixes: true,
  broken: `
    srv/
      app/
        shared/
          log
        release/
          log -> /srv/app/shared/log`,
  fixed: `
    srv/
      app/
        shared/
          log
        release/
          log -> ../shared/log`,
  checked: '/srv/app',
  needs: 'symlinks',
  marks: ['absolute'],
  *link(link, scene) {
    if (link.end !== 'found') return;
    const reached = reachedBy(link, scene);
    if (!reached || !isInside(reached.dir, scene) || isBetweenTops(link, reached.path)) return;
    const fix = relativeFix(link, scene, reached.path);
    yield {
      ...placeOf(link),
      says: ['leads to ', name(reached.path), ' in the same tree by an absolute path'],
      ...(fix !== undefined && { fix }),
    };
  },
};

/** The text as it is, from the link's own directory, if that stays in the tree; otherwise straight to what it names. */
const relativeFix = (link: LinkView, scene: Scene, reached: string) => {
  const asWritten = relativePath(link.dir, asRead(link.text));
  const ups = asWritten.split('/').filter((each) => each === '..').length;
  const kept = ups <= rootOf(link, scene).depth ? asFix(link, scene, asWritten) : undefined;
  return kept ?? asFix(link, scene, relativePath(link.dir, reached));
};

/** Whether a link leads from one top-level directory to another one, by its name at least: /lib may be a link to /usr/lib. */
const isBetweenTops = (link: LinkView, reached: string): boolean => {
  const top = topOf(link.physical);
  const system = link.under.physical.lastIndexOf('/') === 0;
  return topOf(reached) !== top || (system && topOf(lexicalTarget(link)) !== top);
};

const topOf = (path: string): string => path.split('/')[1] ?? '';

const machinePath: Rule = {
  id: 'machine-path',
  group: 'portability',
  severity: 'warning',
  summary: 'leads to a home, a temporary or a build directory',
  why: `Such a path exists on one machine, for one user, or for an hour. Links to it are often left over from a build or
from somebody's experiment, and break when that is cleaned up. Whoever may write there decides what the link leads to.

A link that itself lies in the same kind of place, and one to something in the tree that is checked, are no finding. The
list of places can be set.`,
  broken: `
    home/
      ann/
        tool
    usr/
      bin/
        tool -> /home/ann/tool`,
  fixed: `
    usr/
      lib/
        tool
      bin/
        tool -> ../lib/tool`,
  needs: 'symlinks',
  marks: ['absolute', 'leaving', 'reaching'],
  *link(link, scene) {
    if (health(link.end) === 'broken') return;
    const path = lexicalTarget(link);
    const place = scene.thresholds.machinePaths.find((each) => liesIn(each, path));
    if (place === undefined || liesIn(place, link.physical)) return;
    const own = scene.census.roots.some(({ physical }) => physical !== '/' && liesIn(physical, path));
    if (own) return;
    yield {
      ...placeOf(link),
      says: ['leads to ', name(path), ', which other machines do not have'],
      cause: { key: place, says: ['these links lead to ', name(place), ', which is of one machine alone'] },
    };
  },
};

/** What a text seems to name. */
const lexicalTarget = ({ dir, text }: LinkView): string => asRead(text.startsWith('/') ? text : join(dir, text));

const escapesRoot: Rule = {
  id: 'escapes-root',
  group: 'portability',
  severity: 'off',
  summary: 'leads out of the tree',
  why: `What a tree that is copied, packed, committed or served as a whole needs from outside does not come along, or is
something else there. A server may hand out files that were not meant for anybody; unpacked archives with such links have
overwritten files outside (CVE-2025-45582).

A text that leaves the tree and comes back counts too: it depends on where the tree lies and what it is called. With
--root nothing leads out, since the root is the world of its links.`,
  fixes: true,
  broken: `
    etc/
      settings
    app/
      settings -> ../etc/settings`,
  fixed: `
    etc/
      settings
    app/
      settings -> defaults
      defaults`,
  checked: '/app',
  needs: 'symlinks',
  marks: ['absolute', 'leaving', 'inner-dot-dot'],
  yieldsTo: ['machine-path', 'odd-text', 'case-mismatch', 'dotdot-through-link', 'link-leaves-archive'],
  *link(link, scene) {
    const reached = reachedBy(link, scene);
    if (!reached) return;
    const { atlas } = scene;
    const root = rootOf(link, scene).spot;
    const stays = atlas.isWithin(reached.dir, root);
    if (!stays) {
      if (isInside(reached.dir, scene)) return;
      const outside = atlas.pathOf(reached.dir);
      const broken = health(link.end) === 'broken' ? ', and to nothing' : '';
      yield {
        ...placeOf(link),
        says: ['leads out of the tree, to ', name(reached.path), broken],
        cause: { key: outside, says: ['these links lead out of the tree, to ', name(outside)] },
      };
      return;
    }
    // An absolute text always begins outside.
    const left = link.text.startsWith('/') ? undefined : reached.spots.find((spot) => !atlas.isWithin(spot, root));
    if (left === undefined) return;
    const fix = asFix(link, scene, shortened(link.dir, tidied(link.text)));
    yield {
      ...placeOf(link),
      says: ['leaves the tree by way of ', name(atlas.pathOf(left)), ' and comes back'],
      ...(fix !== undefined && { fix }),
    };
  },
};

const rootDependent: Rule = {
  id: 'root-dependent',
  group: 'portability',
  severity: 'off',
  summary: 'leads elsewhere without --root',
  why: `In a chroot or container the link leads to one thing; programs of the host that look at the tree (a backup, a
scanner, COPY of an image's build) are led to another one, of the host. Where the root lacks what the host has, the link
was probably made by somebody who looked from outside: that is a warning. Where both have something, it is a remark: all
absolute links of a system are so.

Only with --root is there anything to compare.`,
  broken: `
    etc/
      settings
    image/
      settings -> /etc/settings`,
  fixed: `
    etc/
      settings
    image/
      settings -> etc/settings
      etc/
        settings`,
  checked: '/image',
  needs: 'symlinks',
  applies: ({ outside }) => outside !== undefined,
  marks: ['absolute', 'leaving'],
  *link(link, scene) {
    const { outside } = scene;
    if (!outside) return;
    const from = openDir(scene, link.dir);
    if (!from) return;
    using handle = from;
    const { end } = trace(scene.fs, link.text, { from: { handle, path: link.dir }, root: outside });
    if (end.kind !== 'found') return;
    const inside = link.route.end;
    if (inside.kind === 'found' ? sameFile(inside.stat, end.stat) : health(inside.kind) !== 'broken') return;
    yield inside.kind === 'found'
      ? {
          ...placeOf(link),
          severity: 'info',
          says: ['leads to ', name(inside.path), ' of the root; for programs outside of it, to ', name(end.path)],
          cause: { key: 'elsewhere', says: ['these links lead to files of the host for programs outside of the root'] },
        }
      : {
          ...placeOf(link),
          says: ['leads to nothing in the root, but outside of it to ', name(end.path)],
          cause: { key: 'nothing', says: ['these links lead to files that the host has and the root lacks'] },
        };
  },
};

const openDir = ({ fs, root }: Scene, path: string) => {
  const opened = fs.open(root.handle, path.slice(1) || '.', { access: 'path', directory: true });
  return opened instanceof Fault ? undefined : opened;
};

const aboveRoot: Rule = {
  id: 'above-root',
  group: 'portability',
  severity: 'error',
  summary: 'goes up more directories than there are',
  why: `At the root \`..\` stays where it is, so too many of them do no harm here. But in a tree that is mounted or unpacked
somewhere, or looked at from outside of a chroot, the same text leads out of it.`,
  broken: `
    etc/
      settings
    usr/
      settings -> ../../../etc/settings`,
  fixed: `
    etc/
      settings
    usr/
      settings -> ../etc/settings`,
  needs: 'symlinks',
  marks: ['leaving', 'inner-dot-dot'],
  *link(link, scene) {
    if (health(link.end) === 'broken') return;
    const { atlas } = scene;
    const { spots } = atlas.steps(link.row);
    const names = link.text.split('/').filter((each) => each !== '');
    const tooMany = names.filter(
      (each, i) => each === '..' && spots[i] !== undefined && atlas.pathOf(spots[i]) === '/',
    );
    if (tooMany.length === 0) return;
    yield { ...placeOf(link), says: [`goes up ${tooMany.length} more than there are directories above it`] };
  },
};

const targetTooLong: Rule = {
  id: 'target-too-long',
  group: 'portability',
  severity: 'warning',
  summary: 'has a text that not every system takes',
  why: `Linux takes texts of up to 4095 bytes, but POSIX promises no more than 255, XFS takes 1023, and the oldest form of
a tar archive has room for 100. The number can be set.`,
  broken: `
    file
    link -> ${'./'.repeat(126)}file`,
  fixed: `
    file
    link -> file`,
  needs: 'symlinks',
  marks: ['long'],
  *link(link, { thresholds }) {
    if (health(link.end) === 'broken') return;
    const bytes = byteLength(link.text);
    yield {
      ...placeOf(link),
      says: [`its text is ${bytes} bytes long; more than ${thresholds.textLength} are too many`],
    };
  },
};

export const portabilityRules: readonly Rule[] = [
  absoluteInsideRoot,
  machinePath,
  escapesRoot,
  rootDependent,
  aboveRoot,
  caseMismatch,
  untrackedTarget,
  destroyedSymlink,
  targetTooLong,
];
