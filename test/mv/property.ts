/** What has to hold of a move, whatever the tree. */
import assert from 'node:assert/strict';
import { CommandError } from '../../src/cli/command-error.ts';
import type { Report } from '../../src/cli/verbs/mv.ts';
import { byteLength } from '../../src/fs/bytes.ts';
import { leads, type Snapshot } from './snapshot.ts';

export interface Tally {
  moved: number;
  refused: number;
  links: number;
  changed: number;
  left: number;
  exempt: number;
}

export const newTally = (): Tally => ({ moved: 0, refused: 0, links: 0, changed: 0, left: 0, exempt: 0 });

/** Runs it; nothing where it was refused, and then it has changed nothing. */
export const attempt = (run: () => Report): Report | undefined => {
  try {
    return run();
  } catch (error) {
    if (error instanceof CommandError) return undefined;
    throw error;
  }
};

/** Compares the tree before and after with what the report says. */
export const check = (before: Snapshot, after: Snapshot, report: Report, textMax: number, tally: Tally): void => {
  const { moved } = report.outcome;
  if (moved.length === 0) tally.refused++;
  else tally.moved++;
  const now = (path: string): string | undefined => {
    let at = path;
    for (const { from, to } of moved) {
      if (at === from || at.startsWith(`${from}/`)) at = to + at.slice(from.length);
      else if (at === to || at.startsWith(`${to}/`)) return undefined;
    }
    return at;
  };
  // Moved out of what was backed up, by somebody who stood in there.
  if (moved.some(({ from, to }) => from.startsWith(`${to}/`))) return;
  const taken = new Set(moved.map(({ to }) => to));
  const changed = new Map(report.links.changed.map((link) => [link.path, link]));
  // A copy stands for its original.
  const originals = new Map<string, string>();
  for (const [path, { id }] of before) {
    const place = now(path);
    if (place !== undefined && moved.some(({ copied, to }) => copied && (place === to || place.startsWith(`${to}/`))))
      originals.set(after.get(place)?.id ?? '', id);
  }
  const same = (end: string): string => end.replace(/\d+:\d+/, (id) => originals.get(id) ?? id);
  const told = new Set([...report.links.left.map(({ link }) => link.path), ...report.through]);
  for (const [path, node] of before) {
    if (node.kind !== 'symlink') continue;
    const place = now(path);
    if (place === undefined) continue;
    tally.links++;
    const text = after.get(place)?.text;
    assert.notEqual(
      text,
      undefined,
      `${path} is not at ${place} after ${moved.map(({ from, to }) => `${from} to ${to}`)}`,
    );
    const change = changed.get(place);
    assert.equal(text, change?.newText ?? node.text, `the text of ${place} is what the report says`);
    const was = leads(before, parent(path), node.text as string);
    const names = [path, ...was.looked];
    const concerned = names.some((name) => moved.some(({ began }) => name === began || name.startsWith(`${began}/`)));
    if (!concerned) assert.equal(change, undefined, `${path} -> ${node.text} has nothing to do with it`);
    // What leads to the destination by its name finds there what is there now; so does what lay in what was replaced.
    if ([parent(path), ...was.looked].some((name) => taken.has(stepwise(name, moved)))) {
      tally.exempt++;
      continue;
    }
    const is = leads(after, parent(place), text as string);
    if (told.has(place)) {
      tally.left++;
      continue;
    }
    assert.equal(same(is.end), was.end, `${path} -> ${node.text}, now ${place} -> ${text}`);
    if (!change) continue;
    tally.changed++;
    if (textMax > 4000) assert.equal(change.newText.startsWith('/'), change.text.startsWith('/'), 'the style stays');
  }
  for (const { link, fault } of report.links.left) {
    if (textMax > 4000) continue;
    assert.equal(fault.errno, 'ENAMETOOLONG');
    const was = leads(before, parent(link.before), link.text);
    const end = was.path === undefined ? undefined : now(was.path);
    if (end === undefined) continue;
    const shortest = Math.min(byteLength(end), byteLength(relative(parent(link.path), end)));
    assert.ok(shortest > textMax, `${link.path} could lead to ${end} by ${shortest} bytes`);
  }
};

/** A name as it is called when the moves come to it. */
const stepwise = (path: string, moved: Report['outcome']['moved']): string => {
  let at = path;
  for (const { from, to } of moved) {
    if (at === to || at.startsWith(`${to}/`)) return to;
    if (at === from || at.startsWith(`${from}/`)) at = to + at.slice(from.length);
  }
  return at === path ? at : '';
};

const parent = (path: string): string => path.slice(0, path.lastIndexOf('/')) || '/';

const relative = (from: string, to: string): string => {
  const [a, b] = [from.split('/').slice(1), to.split('/').slice(1)];
  let same = 0;
  while (same < a.length && same < b.length && a[same] === b[same]) same++;
  return [...a.slice(same).map(() => '..'), ...b.slice(same)].join('/') || '.';
};
