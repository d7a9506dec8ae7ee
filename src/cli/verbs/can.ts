import { Fault } from '../../fs/fault.ts';
import { fileSystemOf } from '../../fs/file-systems.ts';
import type { Handle } from '../../fs/fs.ts';
import type { Stat } from '../../fs/stat.ts';
import { can, type Deed, nameFor, type Possibility, type Reflinks } from '../../jobs/make/can.ts';
import type { Command, Look, World } from '../command.ts';
import { UsageError } from '../command-error.ts';
import type { Rehearsal } from '../rehearsal.ts';

export interface Report {
  readonly from: string;
  /** The name that A would get: in a directory, its own. */
  readonly to: string;
  readonly possibilities: readonly Possibility[];
}

const deeds: readonly Deed[] = ['hard-link', 'reflink', 'rename'];

/** What an xfs says of itself, by a handle on it; undefined where it cannot be asked. */
type XfsGeometry = (handle: Handle) => { readonly reflink: boolean } | undefined;

/** `lw can`. */
export const canCommand = ({ rehearse, machineFacts }: Rehearsal, xfsGeometry?: XfsGeometry): Command<Report> => ({
  name: 'can',
  summary: 'whether A can be hard-linked, reflinked or renamed to B, and why not',
  operands: 'A B',
  options: {
    'hard-link': { type: 'boolean', short: 'l', help: 'ask about a hard link only' },
    reflink: {
      type: 'boolean',
      help: 'ask about a reflink only: a new file that shares its data until one of them changes',
    },
    rename: { type: 'boolean', short: 'r', help: 'ask about a rename only' },
  },
  details: `Nothing is tried on the disk: links and renames are made in memory over what is there, with this user's \
rights, the mounts, the limits of the file systems, read-only mounts, immutable files, sticky directories and \
fs.protected_hardlinks. Where the answer is no, it says which of these it is and what would do instead.

Two mounts of one file system refuse links and renames from one to the other although the device is the same; that is \
said as such. If B is a directory, the name in it is meant, as ln and mv have it. A link that A may be is not followed, \
but by a reflink.

Exit code: 0 if all that was asked can be done, 1 if something cannot, 3 if something is not known.`,
  examples: [
    ['lw can /srv/a.iso /home/me/', 'before a script relies on it'],
    ['lw can --hard-link a b && ln a b', 'only where it will work'],
  ],
  run(world, request) {
    const [from, to, ...more] = request.operands;
    if (from === undefined || to === undefined || more.length > 0)
      throw new UsageError('lw can needs two paths, a file and a new name for it', 'lw can A B');
    const asked = deeds.filter((deed) => request.flag(deed));
    const name = nameFor(rehearse(world), from, to);
    return {
      from,
      to: name,
      possibilities: can(
        () => rehearse(world),
        machineFacts(),
        reflinksIn(world, xfsGeometry),
        from,
        name,
        asked.length > 0 ? asked : deeds,
      ),
    };
  },
  *render({ possibilities }, look) {
    for (const possibility of possibilities) {
      yield `${label[possibility.deed].padEnd(10)} ${verdict(possibility, look)}`;
      for (const { why, tries } of possibility.reasons) {
        yield `           ${look.show(why)}`;
        for (const what of tries) yield `           try: ${look.paint('bold', look.show(what))}`;
      }
    }
  },
  json: ({ from, to, possibilities }) => ({
    from,
    to,
    possibilities: possibilities.map(({ deed, answer, errno, reasons }) => ({
      deed,
      answer,
      errno: errno ?? null,
      reasons: reasons.map(({ why, tries }) => ({ why, tries })),
    })),
  }),
  *paths({ to, possibilities }) {
    if (possibilities.every(({ answer }) => answer === 'yes')) yield to;
  },
  exitCode: ({ possibilities }) =>
    possibilities.some(({ answer }) => answer === 'no')
      ? 1
      : possibilities.some(({ answer }) => answer === 'unknown')
        ? 3
        : 0,
  *problems() {},
});

const label: Readonly<Record<Deed, string>> = { 'hard-link': 'hard link', reflink: 'reflink', rename: 'rename' };

const verdict = ({ answer, errno }: Possibility, look: Look): string => {
  switch (answer) {
    case 'yes':
      return look.paint('good', 'yes');
    case 'no':
      return `${look.paint('bad', 'no')} (${errno})`;
    case 'unknown':
      return look.paint('doubt', 'not known');
  }
};

/** By the types of the mounts, and xfs's own word. */
const reflinksIn = ({ fs, from, fileSystemType, mounts }: World, xfsGeometry: XfsGeometry | undefined): Reflinks => {
  const sourceOf = (id: number): string | undefined => mounts().find((mount) => mount.id === id)?.source;
  const typeOf = (stat: Stat): string =>
    mounts().find(({ id }) => id === stat.mountId)?.type ?? fileSystemType(stat.dev) ?? '';
  return {
    sameFileSystem: (a, b) =>
      a.dev === b.dev ||
      (typeOf(a) === 'btrfs' && typeOf(b) === 'btrfs' && sourceOf(a.mountId) === sourceOf(b.mountId)),
    possible(directory, stat) {
      const type = typeOf(stat);
      if (type !== 'xfs' || !xfsGeometry) return fileSystemOf(type).reflink;
      const opened = fs.open(from.handle, directory, { access: 'read', directory: true });
      if (opened instanceof Fault) return undefined;
      using handle = opened;
      return xfsGeometry(handle)?.reflink;
    },
  };
};
