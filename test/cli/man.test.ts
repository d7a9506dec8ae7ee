import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { manualPages } from '../../scripts/manual-pages.ts';

const folder = join(import.meta.dirname, '../../man');

test('the manual pages say what the commands say: npm run man writes them', async () => {
  const pages = await manualPages();
  assert.deepEqual(readdirSync(folder).toSorted(), pages.map(([name]) => name).toSorted());
  for (const [name, text] of pages)
    assert.equal(readFileSync(join(folder, name), 'utf8'), text, `man/${name} is stale`);
});

test('man(1) has nothing to say against them', () => {
  for (const name of readdirSync(folder)) {
    const { stdout, stderr, error } = spawnSync(
      'man',
      ['--warnings', '-E', 'UTF-8', '-l', '-Tutf8', '-Z', join(folder, name)],
      {
        env: { ...process.env, LC_ALL: 'C.UTF-8' },
      },
    );
    if (error) {
      process.stderr.write('could not check the manual pages: there is no man(1) here\n');
      return;
    }
    assert.equal(String(stderr), '', name);
    assert.ok(stdout.length > 0);
  }
});
