import { errorText } from '../../fs/errno.ts';
import { liesIn } from '../../fs/relative.ts';
import type { Stays } from '../../jobs/remove/take.ts';
import { kindPhrase } from '../causes/kind-phrase.ts';
import { shellWord } from '../causes/shell-word.ts';
import type { Look } from '../command.ts';
import type { Holder } from '../holders.ts';
import { plural } from '../plural.ts';
import { show } from '../show.ts';
import { sizeText } from '../size-text.ts';
import { count } from '../survey.ts';
import type { Removed, Report } from './report.ts';

const shownMost = 10;

/** A physical path as one would type it in the directory `here`. */
export const fromHere = (here: string, path: string): string =>
  path !== here && liesIn(here, path) ? path.slice(here === '/' ? 1 : here.length + 1) : path;

/** Links that are left to lead nowhere, or would be. */
export function* brokenLines({ broken, policy, dryRun, searched, here }: Report, look: Look): Iterable<string> {
  if (broken.length === 0 || policy === 'remove' || policy === 'retarget') return;
  const isDone = policy === 'keep' && !dryRun;
  const verb = isDone ? (broken.length === 1 ? 'leads nowhere now' : 'lead nowhere now') : 'would lead nowhere';
  const where = searched.map((path) => look.show(fromHere(here, path)));
  yield look.paint('bad', `${plural(broken.length, 'link')} ${verb}`) +
    (where.length > 0 ? `, of those below ${where.join(' and ')}` : '');
  for (const { path, text } of broken.slice(0, shownMost))
    yield `  ${look.paint('link', look.show(fromHere(here, path)))} -> ${look.show(text)}`;
  if (broken.length > shownMost) yield `  and ${count(broken.length - shownMost)} more`;
}

/** What went, or would go, and what comes of it. */
export function* removedLines(removed: Removed, { dryRun, purged, here }: Report, look: Look): Iterable<string> {
  const { path, stat, whole, entries, frees, shared, text } = removed;
  const what = whole
    ? `${kindPhrase('dir')} with ${count(entries)} ${entries === 1 ? 'entry' : 'entries'}`
    : kindPhrase(stat.kind);
  const leads = text === undefined ? '' : ` -> ${look.show(text)}`;
  const verb = dryRun ? 'would remove' : 'removed';
  yield `${verb} ${look.paint('bold', look.show(fromHere(here, path)))}${leads}: ${what}`;
  if (stat.kind === 'symlink') return;
  if (shared > 0)
    yield whole
      ? `  ${plural(shared, 'file')} in it ${shared === 1 ? 'lives' : 'live'} on by names elsewhere`
      : `  not its last name: the file lives on by ${plural(stat.nlink - 1, 'name')} elsewhere`;
  if (frees > 0)
    yield purged === undefined
      ? `  ${sizeText(frees)} come free once nobody keeps or holds it`
      : `  ${sizeText(frees)} came free, or will when nobody holds it any more`;
}

/** Who has it open. */
export function* holderLines(holders: readonly Holder[], here: string, look: Look): Iterable<string> {
  for (const { pid, name, path } of holders.slice(0, shownMost))
    yield `  ${look.paint('doubt', 'held')} by process ${pid} (${look.show(name)}): ${look.show(fromHere(here, path))}`;
  if (holders.length > shownMost) yield `  and ${count(holders.length - shownMost)} more`;
}

export const whyText = ({ operand, why }: Stays): string => {
  const path = show(operand);
  switch (why.kind) {
    case 'missing':
      return `cannot remove ${path}: it does not exist\ntry: lw why ${shellWord(operand)}`;
    case 'dots':
      return `cannot remove ${path}: . and .. are other names of a directory\ntry: its own name`;
    case 'root':
      return `cannot remove ${path}: it is the root`;
    case 'slash-after-link':
      return `cannot remove ${path}: with the slash it is what the link leads to\ntry: lw rm ${shellWord(operand.replace(/\/+$/, ''))}   to remove the link`;
    case 'is-directory':
      return `cannot remove ${path}: it is a directory\ntry: lw rm -r ${shellWord(operand)}`;
    case 'not-empty':
      return `cannot remove ${path}: it is not empty\ntry: lw rm -r ${shellWord(operand)}`;
    case 'mount':
      return `cannot remove ${path}: something is mounted on ${show(why.point)}\ntry: umount ${shellWord(why.point)}`;
    case 'journal':
      return `cannot remove ${path}: it holds the journal of lw, and what lw keeps (${show(why.path)})`;
    case 'refused':
      return `cannot remove ${path}: ${errorText(why.errno)}\ntry: lw why ${shellWord(operand)}`;
  }
};

export const timeWords = (milliseconds: number): string => {
  const units = [
    ['day', 86_400_000],
    ['hour', 3_600_000],
    ['minute', 60_000],
  ] as const;
  const [noun, unit] = units.find(([, unit]) => milliseconds >= unit && milliseconds % unit === 0) ?? [
    'minute',
    60_000,
  ];
  return plural(milliseconds / unit, noun);
};
