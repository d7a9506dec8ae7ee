import { Fault } from '../../fs/fault.ts';
import type { OpenHow } from '../../fs/fs.ts';
import { type Identity, sameFile } from '../../fs/identity.ts';
import { type LinkText, linkText } from '../../fs/link-text.ts';
import { join } from '../../fs/path.ts';
import type { Stat } from '../../fs/stat.ts';
import { linkField } from '../../scan/census.ts';
import { maxLinks } from '../../trace/route.ts';
import { trace } from '../../trace/trace.ts';
import type { LinkView, Scene } from './scene.ts';

/** A text without needless slashes and dots. `..` stays: what it means depends on what comes before it. */
export const tidied = (text: string): string => {
  const names = namesOf(text).filter((each) => each !== '.');
  return (text.startsWith('/') ? '/' : '') + names.join('/') || '.';
};

/** A text as one reads it: each `..` takes away the name before it, link or not. */
export const asRead = (text: string): string => {
  const kept: string[] = [];
  for (const each of namesOf(text)) {
    if (each === '.') continue;
    const before = kept.at(-1);
    if (each === '..' && before !== undefined && before !== '..') kept.pop();
    else if (each !== '..' || !text.startsWith('/')) kept.push(each);
  }
  return (text.startsWith('/') ? '/' : '') + kept.join('/') || '.';
};

/** A tidy relative text in a directory at a physical path, without going up out of directories that it goes down into again. */
export const shortened = (dir: string, text: string): string => {
  const names = namesOf(text);
  const above = namesOf(dir);
  let ups = names.findIndex((each) => each !== '..');
  if (ups <= 0 || ups > above.length) return text;
  let from = ups;
  while (ups > 0 && from < names.length - 1 && names[from] === above[above.length - ups]) {
    ups--;
    from++;
  }
  return from === names.findIndex((each) => each !== '..')
    ? text
    : [...Array<string>(ups).fill('..'), ...names.slice(from)].join('/');
};

/** Whether a tidy text goes up more directories than there are above a physical path. Such a text works at the root by accident. */
export const climbsAbove = (dir: string, text: string): boolean => {
  const names = namesOf(text);
  const first = names.findIndex((each) => each !== '..');
  return (first < 0 ? names.length : first) > namesOf(dir).length;
};

/**
 * The text as a fix, if in this link's place it leads to the very file that the link leads to now, and not by way of the
 * link itself: that would be a circle once the link has this text.
 */
export const asFix = (link: LinkView, scene: Scene, text: string): LinkText | undefined => {
  if (text === link.text) return undefined;
  const path = text.startsWith('/') ? text : join(link.dir, text);
  const entry = statAt(scene, path, { nofollow: true, resolve: { inRoot: true, noSymlinks: true } });
  const direct = entry && entry.kind !== 'symlink';
  const leads = direct ? isTargetOf(link, scene, entry) : leadsByOthers(link, scene, path);
  return leads ? linkText(text) : undefined;
};

/** Where there are links on the way, each of them is looked at. */
const leadsByOthers = (link: LinkView, scene: Scene, path: string): boolean => {
  const { fs, root, absentVolumes, followingMounts } = scene;
  const { end, hops } = trace(fs, path, { from: root, root, absentVolumes, followingMounts });
  // The link itself is one more.
  if (end.kind !== 'found' || hops.length >= maxLinks || !isTargetOf(link, scene, end.stat)) return false;
  const self = link.stat;
  return self !== undefined && !hops.some((hop) => sameFile(hop.stat, self));
};

/** What a text would lead to in a link's place, if that exists: the kernel's own answer. */
export const fileAt = ({ dir }: LinkView, scene: Scene, text: string): Stat | undefined =>
  statAt(scene, text.startsWith('/') ? text : join(dir, text), { resolve: { inRoot: true } });

const statAt = ({ fs, root }: Scene, path: string, how: Omit<OpenHow, 'access'>): Stat | undefined => {
  const opened = fs.open(root.handle, path, { access: 'path', ...how });
  if (opened instanceof Fault) return undefined;
  using file = opened;
  const stat = fs.stat(file, '');
  return stat instanceof Fault ? undefined : stat;
};

/** Whether a link led to this file when it was looked at. */
const isTargetOf = ({ row, end }: LinkView, { census }: Scene, { dev, ino }: Identity): boolean => {
  const { words, width } = census.links;
  const at = row * width;
  return (
    end === 'found' &&
    census.devices[words[at + linkField.device]!] === dev &&
    words[at + linkField.inoLow] === Number(ino & 0xffffffffn) &&
    words[at + linkField.inoHigh] === Number(ino >> 32n)
  );
};

const namesOf = (text: string): readonly string[] => text.split('/').filter((each) => each !== '');
