import type { Errno } from '../../fs/errno.ts';
import { Fault } from '../../fs/fault.ts';
import { sameFile } from '../../fs/identity.ts';
import { dirname, join } from '../../fs/path.ts';
import { nearNames } from '../../trace/near-names.ts';
import { type End, type Failure, type Found, type Health, health, type Route } from '../../trace/route.ts';
import { trace } from '../../trace/trace.ts';
import { type Blame, blame, relink } from './blame.ts';
import type { Cause } from './cause.ts';
import { kindPhrase } from './kind-phrase.ts';
import { chainCause, loopCauses } from './loop.ts';
import { missingCauses } from './missing.ts';
import { permissionCause } from './permission.ts';
import { entriesOf, found, type Mount, outside, type Scene, statOf } from './scene.ts';
import { listing, quoted, type Sentence, say, words } from './sentence.ts';
import { shellWord } from './shell-word.ts';
import { users } from './users.ts';

/** A route, and why it ends where it ends. */
export interface Explanation {
  readonly route: Route;
  /** `unknown` also where the kernel contradicts the route. */
  readonly health: Health;
  /** What happened, without its cause. */
  readonly verdict: Sentence;
  /** The likeliest first. */
  readonly causes: readonly Cause[];
  /** What open(2) says, where that is something else. */
  readonly contradiction: Contradiction | undefined;
  /** The mounts that links cross into, by number; their points from the root of the resolution. */
  readonly mounts: ReadonlyMap<number, Mount>;
  /** Names of owners that are neither root nor who asks: whoever owns a link decides where it leads. */
  readonly strangers: ReadonlyMap<number, string>;
}

/** The kernel's errno; undefined where it opens a file. */
interface Contradiction {
  readonly errno: Errno | undefined;
}

/** Follows a path, finds the reason for its end, and asks the kernel whether it agrees. */
export const explain = (scene: Scene, path: string): Explanation => {
  const { fs, from, root, absentVolumes } = scene;
  const route = trace(fs, path, { from, root, absentVolumes });
  const contradiction = contradictionOf(scene, route);
  return {
    route,
    health: contradiction ? 'unknown' : health(route.end.kind),
    verdict: verdictOf(route),
    causes: route.end.kind === 'found' ? [] : causesOf(scene, route, route.end).slice(0, 3),
    contradiction,
    mounts: mountsOf(scene, route),
    strangers: strangersOf(scene, route),
  };
};

const mountsOf = ({ machine, prefix }: Scene, { hops }: Route): ReadonlyMap<number, Mount> =>
  new Map(
    hops.flatMap(({ crosses }) => {
      const mount = crosses && machine?.mounts.get(crosses.mountId);
      if (!mount) return [];
      const point = mount.point.startsWith(`${prefix}/`) ? mount.point.slice(prefix.length) : mount.point;
      return [[crosses.mountId, { ...mount, point }]];
    }),
  );

const strangersOf = ({ machine }: Scene, { hops }: Route): ReadonlyMap<number, string> => {
  const uids = hops.map((hop) => hop.stat.uid).filter((uid) => uid !== 0 && machine && uid !== machine.me.uid);
  const names = uids.length > 0 ? users(machine) : undefined;
  return new Map(names ? uids.map((uid) => [uid, names.user(uid)]) : []);
};

/** One lookup by the kernel itself: where the two differ, the kernel's is what programs will meet. */
const contradictionOf = (scene: Scene, { path, end }: Route): Contradiction | undefined => {
  const { fs, from, root, prefix } = scene;
  const opened = prefix
    ? fs.open(root.handle, path.startsWith('/') ? path : join(from.path, path), {
        access: 'path',
        resolve: { inRoot: true },
      })
    : fs.open(from.handle, path, { access: 'path' });
  if (opened instanceof Fault) return errnoOf(end) === opened.errno ? undefined : { errno: opened.errno };
  using file = opened;
  const stat = fs.stat(file, '');
  const same = end.kind === 'found' && !(stat instanceof Fault) && sameFile(stat, end.stat);
  return same ? undefined : { errno: undefined };
};

const errnoOf = (end: End): Errno | undefined => (end.kind === 'found' ? undefined : end.errno);

const verdictOf = (route: Route): Sentence => {
  const { end } = route;
  switch (end.kind) {
    case 'found':
      return foundVerdict(route, end);
    case 'missing':
      return say`It leads nowhere: ${end.parent} has no ${quoted(end.name)}`;
    case 'absent-volume':
      return say`Whether it leads anywhere is unknown: the volume of ${end.mountPoint} is not mounted`;
    case 'loop':
      return say`It leads nowhere: ${circle(end.cycle)}`;
    case 'too-many-links':
      return say`It leads nowhere: ${end.path} is link number ${route.hops.length + 1}`;
    case 'not-a-directory':
      return say`It leads nowhere: ${end.path} is ${words(kindPhrase(end.stat.kind))}, not a directory`;
    case 'permission':
      return end.cause === 'search'
        ? say`Whether it leads anywhere is unknown: you may not look into ${end.path}`
        : say`You may not follow ${end.path}, which says nothing about its target`;
    case 'name-too-long':
      return end.what === 'name'
        ? say`It leads nowhere: one of its names has ${end.bytes} bytes, and no name can have more than 255`
        : say`It leads nowhere: the path has ${end.bytes} bytes, and the kernel takes 4095`;
    case 'unknown':
      return say`Whether it leads anywhere is unknown: ${words(new Fault(end.call, end.errno, end.path).reason)} (${words(end.errno)}) at ${end.path}`;
  }
};

const foundVerdict = ({ hops }: Route, { stat }: Found): Sentence => {
  const what = words(kindPhrase(stat.kind));
  const gone = words(stat.nlink === 0 && stat.kind === 'file' ? ' that has no name any more, but is still open' : '');
  if (hops.length === 0) return say`It is ${what}${gone}, and no link lies on the way`;
  return say`${hops.length} ${words(hops.length === 1 ? 'link leads' : 'links lead')} to ${what}${gone}`;
};

const circle = (cycle: readonly string[]): Sentence => {
  const [first, second] = cycle as readonly [string, string?];
  if (second === undefined) return say`${first} leads to itself`;
  const names = listing(
    cycle.map((link) => say`${link}`),
    6,
  );
  return cycle.length === 2 ? say`${names} lead to each other` : say`${names} lead round in a circle`;
};

const causesOf = (scene: Scene, route: Route, end: Failure): readonly Cause[] => {
  switch (end.kind) {
    case 'missing':
      return missingCauses(scene, end, blame(scene, route));
    case 'absent-volume':
      return [absentVolume(scene, end.mountPoint)];
    case 'loop':
      return loopCauses(scene, route, end);
    case 'too-many-links':
      return [chainCause(scene, route, end.path)];
    case 'not-a-directory':
      return notDirectory(scene, end, blame(scene, route));
    case 'permission':
      return [permissionCause(scene, end)];
    case 'name-too-long':
      return [];
    case 'unknown':
      return followsNone(scene, end.path);
  }
};

/** mount(8), nosymfollow: every link there answers ELOOP to whoever would follow it. */
const followsNone = (scene: Scene, path: string): readonly Cause[] => {
  const stat = statOf(scene, path);
  const mount = stat && scene.machine?.mounts.get(stat.mountId);
  if (!mount?.options.includes('nosymfollow')) return [];
  return [
    {
      kind: 'mount-follows-no-links',
      certainty: 'likely',
      because: say`the file system at ${mount.point} is mounted with nosymfollow, so the kernel follows no link there`,
      suggests: [],
      command: `mount -o remount,symfollow ${shellWord(mount.point)}`,
    },
  ];
};

const absentVolume = (scene: Scene, point: string): Cause => ({
  kind: 'volume-absent',
  certainty: 'likely',
  because: words('/etc/fstab lists it, so what it holds may be unharmed'),
  suggests: [],
  command: `mount ${shellWord(outside(scene, point))}`,
});

type NotDirectory = Extract<Failure, { kind: 'not-a-directory' }>;

/** A slash at the end asks for a directory; a directory of a near name may have been meant. */
const notDirectory = (scene: Scene, end: NotDirectory, culprit: Blame): readonly Cause[] => {
  const { link, text } = culprit;
  if (end.rest === '') {
    const slashless = text.replace(/\/+$/, '');
    return [
      {
        kind: 'trailing-slash',
        certainty: 'likely',
        because: link
          ? say`the text of ${link.link} ends with a slash, which asks for one`
          : words('the path ends with a slash, which asks for one'),
        suggests: [end.path],
        ...(link && text !== slashless
          ? { command: relink(scene, link.link, slashless) }
          : { advice: say`the path ${slashless}` }),
      },
    ];
  }
  const parent = dirname(end.path);
  const name = end.path.slice(parent.length).replace(/^\//, '');
  const others = nearNames(
    name,
    (entriesOf(scene, parent) ?? []).flatMap((entry) => (entry.name === name ? [] : [entry.name])),
  );
  const places = others.map((other) => join(join(parent, other.name), end.rest)).filter((place) => found(scene, place));
  return [
    {
      kind: 'file-as-directory',
      certainty: places.length > 0 ? 'likely' : 'possible',
      because:
        places.length > 0
          ? say`perhaps ${listing(places.map((place) => say`${place}`))} was meant`
          : say`nothing can lie below it, so ${quoted(end.rest)} cannot`,
      suggests: places,
    },
  ];
};
