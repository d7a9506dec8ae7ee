/**
 * The tests of pjdfstest, unmodified, on a sketch: each assertion must end as it does on ext4. They are
 * not part of this project: PJDFSTEST names a checkout of them.
 */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, globSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { serve, start } from './pjdfstest/stand-in.ts';
import { type Report, readTap } from './pjdfstest/tap.ts';
import { Scratch } from './scratch.ts';

const checkout = process.env.PJDFSTEST;
const beside = join(import.meta.dirname, 'pjdfstest');

const why = (): string | undefined => {
  if (checkout === undefined) return 'PJDFSTEST names no checkout of it';
  if (spawnSync('cc', ['--version']).error) return 'it needs a C compiler';
  if (spawnSync('openssl', ['version']).error) return 'its tests need openssl';
  return undefined;
};

const missing = why();
if (missing !== undefined) process.stderr.write(`NOT RUN: pjdfstest on a sketch: ${missing}\n`);
else
  test('every assertion of pjdfstest ends in a sketch as it does on ext4', async () => {
    using scratch = new Scratch();
    const tests = join(checkout as string, 'tests');
    cpSync(tests, scratch.at('tests'), { recursive: true });
    cpSync(join(beside, 'conf'), scratch.at('tests', 'conf'));
    const built = spawnSync('cc', ['-O2', '-o', scratch.at('pjdfstest'), join(beside, 'ask.c')], { encoding: 'utf8' });
    assert.equal(built.status, 0, built.stderr);
    const files = globSync('*/*.t', { cwd: tests }).sort();
    const server = serve(scratch.at('socket'), (run) => scratch.at('written', run));
    const reports = new Map<string, Report>();
    const run = async (): Promise<void> => {
      for (let file = files.shift(); file !== undefined; file = files.shift())
        reports.set(file, readTap(await runOne(scratch, file)));
    };
    await Promise.all([run(), run()]);
    server.close();
    const found = [...reports].sort(([a], [b]) => (a < b ? -1 : 1)).map(([file, report]) => summary(file, report));
    console.log(totals(reports));
    const wanted = readFileSync(join(beside, 'ext4.txt'), 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    assert.deepEqual(found, wanted, differing(reports));
  });

const runOne = (scratch: Scratch, file: string): Promise<string> => {
  const written = scratch.at('written', file);
  mkdirSync(written, { recursive: true });
  const child = spawn('sh', [scratch.at('tests', file)], {
    cwd: written,
    env: { ...process.env, SKETCH_SOCKET: scratch.at('socket'), SKETCH_RUN: file, SKETCH_HERE: start },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      said += text;
    });
    child.on('error', reject);
    child.on('close', () => resolve(said));
  });
};

/** One line of ext4.txt: how many assertions, and which are not plainly `ok`. */
const summary = (file: string, { verdicts, plan }: Report): string => {
  const unlike = ['not ok', 'ok, against expectation', 'not ok, as expected'].map((verdict) => {
    const numbers = verdicts.flatMap((one, index) => (one === verdict ? [index + 1] : []));
    return numbers.length === 0 ? '' : `; ${verdict}: ${numbers.join(' ')}`;
  });
  const planned = plan === verdicts.length ? '' : ` of ${plan}`;
  return `${file} ${verdicts.length}${planned}${unlike.join('')}`;
};

const totals = (reports: ReadonlyMap<string, Report>): string => {
  const counts = new Map<string, Map<string, number>>();
  for (const [file, { verdicts }] of reports)
    for (const name of [dirname(file), 'all'])
      for (const verdict of verdicts) {
        const of = counts.get(name) ?? new Map<string, number>();
        counts.set(name, of.set(verdict, (of.get(verdict) ?? 0) + 1));
      }
  return [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, of]) => `${name}: ${[...of].map(([verdict, count]) => `${count} ${verdict}`).join(', ')}`)
    .join('\n');
};

const differing = (reports: ReadonlyMap<string, Report>): string =>
  [...reports]
    .flatMap(([file, { said }]) => [...said.values()].map((line) => `${file}: ${line}`))
    .filter((line) => !/# TO[D]O/.test(line))
    .join('\n');
