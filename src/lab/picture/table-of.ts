import { show } from '../../cli/show.ts';
import { escaped, shown } from './markup.ts';
import type { Band, InodeCard, Picture, Row } from './picture.ts';
import { bytesText, endWords, kindWord } from './words.ts';

/** What the picture shows as an HTML table: a row for each name, and for each inode without one. */
export const tableOf = (picture: Picture): string => {
  const severalDevices = picture.bands.length > 1;
  const lines = picture.bands.flatMap((band) => linesOf(band, severalDevices));
  return [
    '<table class="picture-table"><caption>Names, inodes and data</caption>',
    '<thead><tr>',
    ...['Name', 'Inode', 'Links', 'Kind', 'Mode', 'Owner', 'Holds', 'Leads to'].map(
      (head) => `<th scope="col">${head}</th>`,
    ),
    `</tr></thead><tbody>${lines.join('')}</tbody></table>`,
  ].join('');
};

const linesOf = (band: Band, severalDevices: boolean): readonly string[] => {
  const cards = new Map(band.inodes.map((card) => [card.id, card]));
  const place = severalDevices ? ` of ${band.type}, device ${band.device}` : '';
  const named = band.frames.flatMap(({ rows }) =>
    rows.map((row) => tableRow(row, row.inode === undefined ? undefined : cards.get(row.inode), place)),
  );
  const orphans = band.inodes.filter(({ orphan }) => orphan).map((card) => line('no name left', card, place, ''));
  return [...named, ...orphans];
};

const tableRow = (row: Row, card: InodeCard | undefined, place: string): string => {
  const path = shown(row.path);
  const here = row.here ? ' (you are here)' : '';
  switch (row.kind) {
    case 'root':
      return line(`${path} (where a mount begins)${here}`, card, place, '');
    case 'name':
    case 'dot':
      return line(path + here, card, place, leadsTo(row, card));
    case 'view':
      return line(`${path}${here} (the same entry through another mount)`, undefined, '', '');
    case 'ghost':
      return line(`${path} (no such name)`, undefined, '', '');
    case 'elsewhere':
      return line(`${path} (outside of what is shown)`, undefined, '', '');
    case 'folded':
      return line(`${row.count} more in ${path}: ${shown(row.name)}`, undefined, '', '');
    case 'refused':
      return line(`${path} (refused)`, undefined, '', refusedWords(row));
  }
};

const refusedWords = ({ stopped }: Row): string =>
  stopped ? escaped(`${stopped.call}: ${stopped.errno}, ${stopped.reason}`) : '';

const leadsTo = (row: Row, card: InodeCard | undefined): string => {
  const mounted = row.mounted ? [`${row.mounted} covers it`] : [];
  if (card?.data?.kind !== 'link') return escaped(mounted.join(''));
  const dir = row.path.slice(0, row.path.lastIndexOf('/') + 1);
  const hops = card.data.hops.filter(({ from }) => from.slice(0, from.lastIndexOf('/') + 1) === dir);
  return hops
    .map(
      (hop) => `hop ${hop.number}: ${hop.next === undefined ? 'no place' : shown(hop.next)}, ${escaped(endWords(hop))}`,
    )
    .join('; ');
};

const line = (name: string, card: InodeCard | undefined, place: string, leads: string): string => {
  const cells = card
    ? [
        `#${card.ino}${place}`,
        String(card.links),
        kindWord(card.kind),
        card.mode,
        shown(card.owner),
        holds(card),
        leads,
      ]
    : ['', '', '', '', '', '', leads];
  return `<tr><th scope="row">${name}</th>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
};

const holds = ({ data, opens }: InodeCard): string => {
  const text = data === undefined ? '' : data.kind === 'link' ? show(data.text) : bytesText(data);
  return escaped([text, ...opens].filter((part) => part !== '').join('; '));
};
