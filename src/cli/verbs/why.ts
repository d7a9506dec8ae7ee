import { deviceText } from '../../fs/identity.ts';
import type { Stat } from '../../fs/stat.ts';
import type { End, Health, Hop } from '../../trace/route.ts';
import type { Cause } from '../causes/cause.ts';
import { draw, sentenceOf } from '../causes/draw.ts';
import { type Explanation, explain } from '../causes/explain.ts';
import { type Machine, sceneOf } from '../causes/scene.ts';
import { speak } from '../causes/sentence.ts';
import type { Command, Request, World } from '../command.ts';
import { awaited, paced, type Work } from '../paced.ts';
import { show } from '../show.ts';

export interface Report {
  readonly explanations: readonly Explanation[];
  /** With --null only good ends are listed, so the others are told as problems. */
  readonly listed: boolean;
}

/** `lw why`: where a path leads, link by link, and why it ends there. `machineOf` is how the browser leaves the machine out. */
export const whyCommand = (
  machineOf: (world: World) => Machine | undefined | Promise<Machine | undefined>,
): Command<Report> => ({
  name: 'why',
  summary: 'where a path leads, link by link, and why it ends there',
  operands: 'PATH…',
  options: {},
  details: `Each link on the way is drawn with its text and what it changes: relative or absolute, whether it is \
a directory on the way rather than the last name, whose it is where it belongs to somebody else, and into which file \
system it crosses. Then comes where the path ends, one sentence that says why, and what to try.

Causes are looked for where they are: near names in the directory that lacks one (other case, other Unicode form, \
other version, other ending, close spelling), the directories above the link (a relative text is read from the \
link's own directory), /etc/fstab, permission bits, and the lists of dpkg. "try" is a suggestion: nothing is changed.

With --root every path, also in the answer, is one inside DIR. The kernel is asked as well; where it contradicts the \
picture, that is said.

Exit code: 0 if every path leads somewhere; 1 if one leads nowhere; 3 if none does but for one it cannot be told \
(a directory that may not be searched, a volume that is not mounted, an error of the storage). With --null: the \
physical path of each end that exists.`,
  examples: [
    ['lw why /usr/bin/editor', 'every link from the command to the program'],
    ['lw why --root /mnt/image /etc/resolv.conf', 'as a system booted from /mnt/image would see it'],
    ['find . -xtype l -print0 | lw why --files-from -', 'the reason for each broken link below here'],
  ],
  run: (world, request) => paced(world, report(world, request, machineOf)),
  *render({ explanations }, look) {
    for (const [i, explanation] of explanations.entries()) {
      if (i > 0) yield '';
      yield* draw(explanation, look);
    }
  },
  json: ({ explanations }) => ({ routes: explanations.map(explanationJson) }),
  *paths({ explanations }) {
    for (const { route } of explanations) if (route.end.kind === 'found') yield route.end.path;
  },
  exitCode({ explanations }) {
    const worths: readonly Health[] = explanations.map((explanation) => explanation.health);
    return worths.includes('broken') ? 1 : worths.includes('unknown') ? 3 : 0;
  },
  *problems({ explanations, listed }) {
    if (!listed) return;
    for (const explanation of explanations) {
      if (explanation.health !== 'good') yield `${show(explanation.route.path)}: ${sentenceOf(explanation, show)}`;
    }
  },
});

function* report(
  world: World,
  request: Request,
  machineOf: (world: World) => Machine | undefined | Promise<Machine | undefined>,
): Work<Report> {
  const scene = sceneOf(world, yield* awaited(machineOf(world)));
  const explanations: Explanation[] = [];
  for (const path of request.operands) {
    if (world.interrupted()) break;
    world.progress(() => `${explanations.length} of ${request.operands.length} paths`);
    explanations.push(explain(scene, path));
    yield;
  }
  return { explanations, listed: request.flag('null') };
}

const explanationJson = (explanation: Explanation): Record<string, unknown> => {
  const { route, contradiction, causes } = explanation;
  return {
    path: route.path,
    health: explanation.health,
    hops: route.hops.map((hop) => hopJson(hop, explanation)),
    end: endJson(route.end),
    sentence: sentenceOf(explanation, show),
    causes: causes.map(causeJson),
    kernel: { agrees: !contradiction, errno: contradiction ? (contradiction.errno ?? null) : errnoOf(route.end) },
  };
};

const errnoOf = (end: End): string | null => (end.kind === 'found' ? null : end.errno);

const hopJson = (hop: Hop, { mounts }: Explanation): Record<string, unknown> => ({
  link: hop.link,
  text: hop.text,
  style: hop.style,
  last: hop.last,
  ...statJson(hop.stat),
  ...(hop.crosses ? { crosses: crossesJson(hop.crosses, mounts) } : {}),
});

const crossesJson = (
  { dev, mountId }: NonNullable<Hop['crosses']>,
  mounts: Explanation['mounts'],
): Record<string, unknown> => {
  const mount = mounts.get(mountId);
  return { device: deviceText(dev), mountId, ...(mount ? { mountPoint: mount.point, type: mount.type } : {}) };
};

/** Every member that the end has; an inode in the words of the other answers. */
const endJson = (end: End): Record<string, unknown> => {
  if (!('stat' in end)) return { ...end };
  const { stat, ...rest } = end;
  return { ...rest, file: { kind: stat.kind, size: stat.size, links: stat.nlink, ...statJson(stat) } };
};

const statJson = (stat: Stat): Record<string, unknown> => ({
  device: deviceText(stat.dev),
  inode: stat.ino,
  uid: stat.uid,
  gid: stat.gid,
  mode: stat.mode,
  ctime: stat.ctime,
});

const causeJson = (cause: Cause): Record<string, unknown> => ({
  kind: cause.kind,
  certainty: cause.certainty,
  because: speak(cause.because, show),
  suggests: cause.suggests,
  command: cause.command,
  advice: cause.advice && speak(cause.advice, show),
});
