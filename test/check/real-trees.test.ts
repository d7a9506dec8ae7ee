/** The machine's own /usr and /etc, and an image at rest: nothing is told that is not so. */
import assert from 'node:assert/strict';
import { mkdirSync, statSync, symlinkSync } from 'node:fs';
import { test } from 'node:test';
import { kernel } from '../../src/kernel/kernel.ts';
import { kernelProbe } from '../../src/kernel/probe.ts';
import { lw } from '../cli/lw.ts';
import { openPlace, Scratch } from '../scratch.ts';
import { findings, walked } from './scene.ts';

const unfollowed: ReadonlySet<string> = new Set([
  'dangling',
  'loop',
  'too-deep',
  'not-a-directory',
  'unreadable',
  'volume-absent',
  'case-mismatch',
  'odd-text',
]);

test('of the links of /usr and /etc those are told as broken or unknown that stat(2) does not follow', () => {
  using root = openPlace('/');
  const scene = walked(kernel, kernelProbe(), root, { roots: ['/usr', '/etc'], level: 'full' });
  const told = new Set(
    findings(scene, ...unfollowed)
      .filter(({ rule, path }) => rule !== 'odd-text' || !follows(path))
      .map(({ path }) => path),
  );
  const refused = new Set<string>();
  for (let row = 0; row < scene.census.links.count; row++) {
    const { path } = scene.census.link(row);
    // A name that is no UTF-8 cannot be asked for here.
    if (path.isWellFormed() ? !follows(path) : told.has(path)) refused.add(path);
  }
  assert.ok(scene.census.links.count > 100);
  assert.deepEqual([...told].sort(), [...refused].sort());
});

const follows = (path: string): boolean => {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
};

test('what an image lacks that every running system mounts is unknown, not missing', () => {
  using scratch = new Scratch();
  for (const dir of ['etc', 'proc', 'run', 'usr']) mkdirSync(scratch.at(dir));
  symlinkSync('../proc/self/mounts', scratch.at('etc/mtab'));
  symlinkSync('/run/resolve/stub.conf', scratch.at('etc/resolv.conf'));
  symlinkSync('/sys/class', scratch.at('etc/sys'));
  symlinkSync('../usr/gone', scratch.at('etc/gone'));
  const { out, code } = lw(['check', '--no-config', '--json', '--preset', 'image', `--root=${scratch.path}`, '/']);
  const told = JSON.parse(out).findings.map(({ rule, severity, path }: Readonly<Record<string, string>>) =>
    [rule, severity, path].join(' '),
  );
  assert.deepEqual(told.sort(), [
    'dangling error /etc/gone',
    // There is no such directory to mount on.
    'dangling error /etc/sys',
    'volume-absent info /etc/mtab',
    'volume-absent info /etc/resolv.conf',
  ]);
  assert.equal(code, 1);
});
