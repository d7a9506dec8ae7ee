import { show } from '../../cli/show.ts';
import { basename, dirname } from '../../fs/path.ts';
import type { Kind } from '../../fs/stat.ts';
import { quoteContents } from '../drawing-words.ts';
import type { Data, Hop, InodeCard, Row } from './picture.ts';

/** Kinds as people call them. */
export const kindWord = (kind: Kind): string => kindWords[kind];

const kindWords: Readonly<Record<Kind, string>> = {
  file: 'file',
  dir: 'directory',
  symlink: 'symlink',
  fifo: 'fifo',
  socket: 'socket',
  char: 'device',
  block: 'device',
  unknown: 'unknown',
};

/** What a row says to who cannot see it. */
export const rowLabel = (row: Row, card: InodeCard | undefined): string => {
  const path = show(row.path);
  const leads = card ? `leads to inode ${card.ino}, a ${kindWord(card.kind)}` : 'leads to an inode that is not shown';
  const more = [row.mounted && `a ${row.mounted} covers it`, row.here && 'you are here'].filter(Boolean);
  const rest = more.length > 0 ? `; ${more.join('; ')}` : '';
  switch (row.kind) {
    case 'root':
      return `${path}, where a mount begins${card ? `: its directory is inode ${card.ino}` : ''}${rest}`;
    case 'name':
      return `name ${show(row.name)} in ${show(dirname(row.path))} ${leads}${rest}`;
    case 'dot':
      return `${row.name} in ${show(dirname(row.path))} ${leads}`;
    case 'view':
      return `${path}, the same entry seen through another mount${rest}`;
    case 'ghost':
      return `no such name: ${path}; a link leads here`;
    case 'folded':
      return `${row.count} more in ${path}: ${row.name}`;
    case 'elsewhere':
      return `${path}, outside of what is shown; a link leads here`;
    case 'refused':
      return row.stopped ? `refused: ${row.stopped.call} ${path}: ${row.stopped.errno}, ${row.stopped.reason}` : path;
  }
};

export const cardLabel = (card: InodeCard): string => {
  const names =
    card.kind === 'dir'
      ? `link count ${card.links}`
      : `${card.links} ${card.links === 1 ? 'name' : 'names'}${card.names.length > 0 ? `: ${card.names.map((path) => show(basename(path) || '/')).join(', ')}` : ''}`;
  const hidden = card.hidden > 0 ? `; ${card.hidden} of them not shown` : '';
  const opens = card.opens.length > 0 ? `; open: ${card.opens.join(', ')}` : '';
  const size = card.kind === 'dir' ? '' : `, ${sizeWords(card.size)}`;
  return `inode ${card.ino}, a ${kindWord(card.kind)}, ${names}${hidden}; mode ${card.mode}, owner ${show(card.owner)}${size}${opens}`;
};

export const sizeWords = (bytes: number): string => `${bytes} ${bytes === 1 ? 'byte' : 'bytes'}`;

export const dataLabel = ({ ino }: InodeCard, data: Data): string => {
  if (data.kind === 'link')
    return `text of inode ${ino}: ${show(data.text)}${data.hops.map((hop) => `; ${hopLabel(hop)}`).join('')}`;
  return data.size === 0 ? `inode ${ino} holds nothing` : `data of inode ${ino}: ${bytesText(data)}`;
};

/** Where one hop leads, in words. */
const hopLabel = (hop: Hop): string => {
  const via = hop.via.length > 0 ? ` through ${hop.via.map(show).join(', ')}` : '';
  const next = hop.next === undefined ? 'no place' : `the name ${show(hop.next)}`;
  return `hop ${hop.number} from ${show(hop.from)} leads to ${next}${via}: ${endWords(hop)}`;
};

/** What becomes of who follows the link. */
export const endWords = ({ ending, errno, end }: Hop): string => {
  if (ending === 'loop') return 'ELOOP after 40';
  if (ending === 'ghost') return 'dangling: ENOENT';
  if (errno !== undefined) return `ends in ${errno}`;
  return end === undefined ? '' : `leads to ${show(end)}`;
};

/** The first bytes of a file in quotes, nothing hidden. */
export const bytesText = ({ text, size }: Extract<Data, { kind: 'bytes' }>): string =>
  size === 0 ? 'empty' : quoteContents(text);
