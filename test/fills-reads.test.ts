/**
 * The walk saves a call on every directory of a file system that fills reads: there, a read that
 * leaves room must be the last. This asks ext4, xfs, btrfs and tmpfs with directories of many sizes.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { canMount, runScript, Scratch } from './scratch.ts';

const script = `
import { kernel } from './src/kernel/kernel.ts';
import { kernelProbe } from './src/kernel/probe.ts';
import { probeLayout } from './src/fs/probe.ts';
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
const probe = kernelProbe();
const top = process.env.TOP;
let reads = 0;
for (const entries of [0, 1, 7, 60, 400, 1000, 3100])
  for (const length of [40, 250]) {
    const path = top + '/' + entries + '-' + length;
    mkdirSync(path);
    for (let i = 0; i < entries; i++) symlinkSync('x', path + '/' + String(i).padEnd(length, 'n').slice(0, 255));
    // Holes, as a directory in use has them.
    for (let i = 0; i < entries; i += 3) rmSync(path + '/' + String(i).padEnd(length, 'n').slice(0, 255), { force: true });
    using dir = kernel.open(kernel.cwd, path, { access: 'read', directory: true });
    if (!probe.fillsReads(dir.fd)) throw new Error('the file system is not known to fill reads');
    for (let ended = false, filled = 0; ; reads++) {
      filled = probe.getdents(dir.fd);
      if (filled < 0) throw new Error('getdents64 failed');
      if (ended && filled > 0) throw new Error(path + ': more entries after a read that left room');
      if (filled === 0) break;
      ended = filled < probeLayout.dentsBytes - 4128;
    }
    rmSync(path, { recursive: true });
  }
console.log(reads + ' reads');
`;

const kinds = [
  ['ext4', 'mkfs.ext4 -q image && mount -o loop image top'],
  ['ext4 without an index', 'mkfs.ext4 -q -O ^dir_index image && mount -o loop image top'],
  ['xfs', 'mkfs.xfs -q image && mount -o loop image top'],
  ['btrfs', 'mkfs.btrfs -q image && mount -o loop image top'],
  ['tmpfs', 'mount -t tmpfs none top'],
] as const;

for (const [kind, mount] of kinds)
  test(`a read of a directory that leaves room is the last: ${kind}`, (t) => {
    if (!canMount(t.name)) return t.skip('needs root and a mount namespace');
    const maker = mount.split(' ')[0] as string;
    if (spawnSync('sh', ['-c', `command -v ${maker}`]).status !== 0) {
      process.stderr.write(`NOT RUN: ${t.name}: there is no ${maker}\n`);
      return t.skip(`no ${maker}`);
    }
    using scratch = new Scratch();
    const { status, stderr, stdout } = runScript(script, {
      mounts: `cd ${scratch.path}; mkdir top; truncate -s 400M image; ${mount} >/dev/null 2>&1`,
      env: { TOP: scratch.at('top') },
    });
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^\d+ reads$/m);
  });
