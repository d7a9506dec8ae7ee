import type { Inode } from '../../sketch/inode.ts';
import { directoryOf } from '../lessons/check-goal.ts';
import type { Session, Start } from '../session.ts';
import type { Refused } from '../tally.ts';

/** The directory below which the picture shows everything: the start's, until a line does something elsewhere or is refused it. */
export const pictureRoot = ({ sketch, variables }: Session, start: Start, refused: readonly Refused[]): string => {
  const own = directoryOf(start);
  const here = variables.get('PWD') ?? own;
  const began = (sketch.root.inode.btime ?? 0n) + aMoment;
  const away = here !== own && !here.startsWith(`${own}/`);
  const stopped = refused.some(({ paths }) => !`${paths.at(-1)}/`.startsWith(`${own}/`));
  return away || stopped || changedBeside(sketch.root.inode, own.split('/').filter(Boolean), began) ? '/' : own;
};

/** The first line comes a second after the machine was made. */
const aMoment = 900_000_000n;

/** Whether anything but what lies below this path changed since. */
const changedBeside = (dir: Inode, [name, ...rest]: readonly string[], since: bigint): boolean => {
  if (name === undefined) return false;
  if (dir.ctime > since) return true;
  for (const [each, inode] of dir.entries) {
    if (!inode) continue;
    if (each === name ? changedBeside(inode, rest, since) : changed(inode, since)) return true;
  }
  return false;
};

const changed = (top: Inode, since: bigint): boolean => {
  const open = [top];
  for (let inode = open.pop(); inode; inode = open.pop()) {
    if (inode.ctime > since) return true;
    for (const inner of inode.entries.values()) if (inner) open.push(inner);
  }
  return false;
};
