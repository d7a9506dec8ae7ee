import { maxLinks } from '../../../trace/route.ts';
import { circleOf, lastOfChain } from '../chain.ts';
import type { Words } from '../finding.ts';
import { leavesArchive } from '../inside.ts';
import type { Rule } from '../rule.ts';
import { name, placeOf, series } from '../saying.ts';
import { oddText } from './odd-text.ts';

const dangling: Rule = {
  id: 'dangling',
  group: 'resolution',
  severity: 'error',
  summary: 'leads to nothing',
  why: `Whoever opens such a link is told that there is no such file, although the link itself is there to see. Copies
of the tree fail at it, or stop half-way.

The finding names the first component that does not exist: that one is to be brought back, or the link to be given a
new text (\`lw repair\` looks for candidates), or removed. Links that lack the same component are one finding. A name
that no file system takes, of more than 255 bytes, does not exist either.`,
  broken: `
    docs/
    guide -> docs/guide`,
  fixed: `
    docs/
      guide
    guide -> docs/guide`,
  needs: 'ends',
  marks: ['missing', 'name-too-long'],
  yieldsTo: ['case-mismatch', 'odd-text', 'dotdot-through-link', 'root-dependent', 'escapes-root'],
  *link(link, scene) {
    if (leavesArchive(link, scene)) return;
    const { missing } = link;
    if (missing) {
      const says: Words = [name(missing.path), ' does not exist'];
      yield { ...placeOf(link), says: ['leads to nothing: ', ...says], cause: { key: missing.path, says } };
      return;
    }
    const { end } = link.route;
    if (end.kind === 'found') return;
    const tooLong = end.kind === 'name-too-long' && link.end === end.kind;
    // What trace could not ask, the walk could: the path of the link may be longer than one call takes.
    yield {
      ...placeOf(link),
      says: tooLong
        ? [`leads to nothing: a ${end.what} of ${end.bytes} bytes is longer than Linux takes`]
        : ['leads to nothing'],
    };
  },
};

const loop: Rule = {
  id: 'loop',
  group: 'resolution',
  severity: 'error',
  summary: 'leads into a circle of links',
  why: `A link that leads back to itself, alone or by way of others, has no end. Linux follows 40 links and then answers
ELOOP, "Too many levels of symbolic links".

The finding names the links of the circle in the order in which they are followed: give one of them a text that leads
out of it. Links that lead into the same circle are one finding.`,
  broken: `
    a -> b
    b -> a`,
  fixed: `
    a -> b
    b`,
  needs: 'ends',
  marks: ['loop'],
  *link(link, scene) {
    const circle = circleOf(link, scene);
    if (!circle) {
      if (link.route.end.kind !== 'found') yield { ...placeOf(link), says: ['leads into a circle'] };
      return;
    }
    const least = circle.indexOf(circle.toSorted()[0] as string);
    const cycle = [...circle.slice(least), ...circle.slice(0, least)];
    const way = series([...cycle, cycle[0] as string], ' → ');
    yield {
      ...placeOf(link),
      says:
        cycle.length === 1 && cycle[0] === link.physical
          ? ['leads to itself']
          : [cycle.includes(link.physical) ? 'is part of a circle: ' : 'leads into a circle: ', ...way],
      cause: { key: cycle.join('\0'), says: ['these links lead in a circle: ', ...way] },
    };
  },
};

const tooDeep: Rule = {
  id: 'too-deep',
  group: 'resolution',
  severity: 'error',
  summary: 'needs more than the 40 links that Linux follows',
  why: `Linux counts every link of one lookup, those to directories on the way included: 40 pass, the 41st is ELOOP, as if
there were a circle. What the chain leads to exists, but nobody gets there.

Let links in the middle of the chain lead straight to its end.`,
  broken: chainOf(41),
  fixed: chainOf(2),
  needs: 'ends',
  marks: ['too-many-links'],
  *link(link, scene) {
    if (link.route.end.kind === 'found') return;
    const last = lastOfChain(link, scene);
    yield {
      ...placeOf(link),
      says: [`cannot be opened: its chain has more than ${maxLinks} links`],
      cause: { key: last, says: ['the chain that ends with ', name(last), ` has more than ${maxLinks} links`] },
    };
  },
};

const deepChain: Rule = {
  id: 'deep-chain',
  group: 'resolution',
  severity: 'warning',
  summary: 'leads to its file through many other links',
  why: `A chain works, but it breaks with any one of its links, each of them costs a lookup, and nobody sees at a glance
where it ends. Links to directories on the way count, as they do for the limit of 40. More than 5 are many; the number
can be set.

\`lw repair --shorten\` lets each link of a chain lead straight to the end.`,
  broken: chainOf(6),
  fixed: chainOf(5),
  needs: 'symlinks',
  marks: ['deep'],
  *link(link, scene) {
    // The map of the census counts too many where a link on the way is not followed at the end of a path, but is within.
    const hops = link.hops > maxLinks ? link.route.hops.length : link.hops;
    if (hops <= scene.thresholds.hops) return;
    const last = lastOfChain(link, scene);
    yield {
      ...placeOf(link),
      says: [`is a chain of ${hops} links`],
      cause: { key: last, says: ['the chain that ends with ', name(last), ' is long'] },
    };
  },
};

const notADirectory: Rule = {
  id: 'not-a-directory',
  group: 'resolution',
  severity: 'error',
  summary: 'goes on below a file, or wants a file to be a directory',
  why: `The text goes through something that is no directory, or ends with a slash after it: opening it is answered with
ENOTDIR, "Not a directory". Often a directory has become a file, such as an archive or a configuration that was a
folder of snippets before.`,
  broken: `
    settings
    limits -> settings/limits`,
  fixed: `
    settings/
      limits
    limits -> settings/limits`,
  needs: 'ends',
  marks: ['not-a-directory'],
  yieldsTo: ['odd-text', 'dotdot-through-link', 'escapes-root'],
  *link(link) {
    const { inTheWay } = link;
    if (inTheWay === undefined) {
      if (link.route.end.kind !== 'found')
        yield { ...placeOf(link), says: ['goes on below something that is no directory'] };
      return;
    }
    const says: Words = [name(inTheWay), ' is no directory'];
    yield { ...placeOf(link), says: ['leads to nothing: ', ...says], cause: { key: inTheWay, says } };
  },
};

const unreadable: Rule = {
  id: 'unreadable',
  group: 'resolution',
  severity: 'info',
  summary: 'leads to where nobody could look',
  why: `A directory on the way may not be searched by who runs the check, or the storage answered with an error. So
nothing is known of this link: it may well be good. It is never repaired and never removed for that.

Run the check as somebody who may look there, if it matters.`,
  broken: `
    private/ 0700
      key
    key -> private/key`,
  fixed: `
    private/
      key
    key -> private/key`,
  needs: 'ends',
  marks: ['permission', 'unknown'],
  *link(link) {
    const { end } = link.route;
    if (end.kind === 'permission' && end.cause === 'search') {
      const says: Words = [name(end.path), ' may not be searched'];
      yield { ...placeOf(link), says: ['is unknown: ', ...says], cause: { key: end.path, says } };
    } else if (end.kind === 'permission')
      yield {
        ...placeOf(link),
        says: ['is not followed for you: another user made ', name(end.path), ' in a directory that is open to all'],
        cause: { key: end.path, says: ['another user made ', name(end.path), ' in a directory that is open to all'] },
      };
    else if (end.kind === 'unknown') {
      const says: Words = [`${end.call} answers ${end.errno} for `, name(end.path)];
      yield { ...placeOf(link), says: ['is unknown: ', ...says], cause: { key: end.path, says } };
    } else if (end.kind === 'name-too-long')
      yield { ...placeOf(link), says: ['is unknown: its path is longer than one system call takes'] };
  },
};

const volumeAbsent: Rule = {
  id: 'volume-absent',
  group: 'resolution',
  severity: 'warning',
  summary: 'leads to a volume that is not mounted now',
  why: `What it leads to lies below a mount point of /etc/fstab on which nothing is mounted. The file is not missing: it
is not here now. Such a link is never repaired and never removed, since all of them would be good again with the next
mount.

Mount the volume and check again.`,
  broken: `
    mnt/
      disk/
    film -> mnt/disk/film`,
  fixed: `
    mnt/
      disk/ mount ext4
        film
    film -> mnt/disk/film`,
  needs: 'ends',
  marks: ['absent-volume'],
  *link(link) {
    const { end } = link.route;
    if (end.kind !== 'absent-volume') return;
    const says: Words = ['nothing is mounted on ', name(end.mountPoint)];
    yield { ...placeOf(link), says: ['is unknown: ', ...says], cause: { key: end.mountPoint, says } };
  },
};

/** A drawing of so many links, one after the other, to a file. */
function chainOf(length: number): string {
  const names = Array.from({ length }, (_, i) => `h${i}`);
  return ['', ...names.map((each, i) => `    ${each} -> ${names[i + 1] ?? 'file'}`), '    file'].join('\n');
}

export const resolutionRules: readonly Rule[] = [
  dangling,
  loop,
  tooDeep,
  deepChain,
  notADirectory,
  unreadable,
  volumeAbsent,
  oddText,
];
