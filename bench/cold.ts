/**
 * Reading ahead on cold storage: `lw map` with and without its scouts on an ext4 image that is
 * mounted afresh, past the page cache, for every run. Needs root, mkfs.ext4 and loop devices.
 * `node bench/cold.ts [--entries 100000] [--runs 3]`
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { makeTree } from './tree.ts';

const { values } = parseArgs({
  options: { entries: { type: 'string', default: '100000' }, runs: { type: 'string', default: '3' } },
});
const lw = join(import.meta.dirname, '../bin/lw.cjs');
const run = (...command: readonly [string, ...string[]]): string =>
  execFileSync(command[0], command.slice(1), { encoding: 'utf8', maxBuffer: 2 ** 28 }).trim();

if (!process.env.LINKWRIGHT_BENCH_NAMESPACE) {
  // Mounts of a private namespace vanish with it, however the benchmark ends.
  const self = [process.execPath, import.meta.filename, ...process.argv.slice(2)];
  execFileSync('unshare', ['--mount', ...self], {
    stdio: 'inherit',
    env: { ...process.env, LINKWRIGHT_BENCH_NAMESPACE: '1' },
  });
  process.exit();
}

const scratch = mkdtempSync(join(tmpdir(), 'linkwright-cold-'));
const image = join(scratch, 'image');
const mountPoint = join(scratch, 'mount');
let loop = '';
try {
  mkdirSync(mountPoint);
  writeFileSync(image, '');
  truncateSync(image, 4 * 2 ** 30);
  run('mkfs.ext4', '-q', '-E', 'lazy_itable_init=0', image);
  loop = run('losetup', '--find', '--show', '--direct-io=on', image);
  run('mount', loop, mountPoint);
  await makeTree(join(mountPoint, 'tree'), { entries: Number(values.entries), seed: 1 });
  run('umount', mountPoint);
  const ways = ['0', '4', undefined].map((threads) => ({ threads, seconds: [] as number[] }));
  for (let round = 0; round < Number(values.runs); round++)
    for (const { threads, seconds } of ways) {
      run('mount', loop, mountPoint);
      const option = threads === undefined ? [] : ['--read-ahead', threads];
      const start = performance.now();
      run(process.execPath, lw, 'map', '--json', ...option, join(mountPoint, 'tree'));
      seconds.push((performance.now() - start) / 1000);
      run('umount', mountPoint);
    }
  for (const { threads, seconds } of ways) {
    const sorted = seconds.toSorted((a, b) => a - b);
    const median = sorted[sorted.length >> 1]!;
    console.log(
      `${(threads ?? 'by itself').padStart(9)} threads ahead: ${median.toFixed(2)} s wall (${sorted.map((s) => s.toFixed(2)).join(', ')})`,
    );
  }
} finally {
  if (loop) run('losetup', '--detach', loop);
  rmSync(scratch, { recursive: true });
}
