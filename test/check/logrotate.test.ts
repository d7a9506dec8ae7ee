/** What we read in configurations of logrotate, beside what logrotate itself reads in them. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { linkSync, mkdirSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { globMatcher } from '../../src/fs/glob-matcher.ts';
import { rotationsOf } from '../../src/jobs/check/logrotate.ts';
import { kernel } from '../../src/kernel/kernel.ts';
import { kernelProbe } from '../../src/kernel/probe.ts';
import { openPlace, Scratch } from '../scratch.ts';
import { walked } from './scene.ts';

/** `@` is the directory of the logs, `+` that of the configuration. */
const configurations: readonly string[] = [
  '@/a {\n}\n',
  '@/a @/b {\n  allowhardlink\n}\n',
  'allowhardlink\n@/a {\n}\n@/b {\n  noallowhardlink\n}\n',
  '@/a { allowhardlink }\n@/b { missingok }\n',
  '@/a {\n  missingok allowhardlink\n  rotate 3\n}\n@/b {\n}\n',
  '@/a {\n  rotate 3 allowhardlink\n}\n@/b {\n}\n',
  '@/a {\n  postrotate\n    allowhardlink }\n    x { y\n  endscript\n}\n@/b {\n}\n',
  '@/a {\n  postrotate\n    true\n  endscript\n  allowhardlink\n}\n@/b {\n}\n',
  '@/a {\n  # allowhardlink\n  compress # allowhardlink }\n}\n@/b {\n}\n',
  '@/* {\n}\n',
  '@/[ab] {\n}\n',
  '@/[!ab] {\n}\n',
  '@/{a,b} {\n  allowhardlink\n}\n@/c {\n}\n',
  '@/a {\n  @/b {\n  }\n  allowhardlink\n}\n@/c {\n}\n',
  '@/a {\n  nonsense\n}\n@/b {\n}\n',
  '@/a {\n  nonsense allowhardlink\n}\n@/b {\n}\n',
  '@/a {\n  no-nsense\n}\n@/b {\n}\n',
  '@/a {\n  %\n  allowhardlink\n}\n@/b {\n}\n',
  '@/a {\n}\n}\n@/b {\n}\n',
  '@/a {\n} allowhardlink\n@/b {\n}\n',
  '@/a\n@/b\n# c {\n@/c\n{\n}\n',
  '"@/a" \'@/b\' {\n}\n',
  '"@/it is" @/back\\\\ slash {\n}\n',
  '@/a {\n  allowhardlink\n}\n@/a {\n}\n@/b {\n}\n',
  'include +/d\n@/b {\n}\n',
  'allowhardlink\ninclude +/d\nnoallowhardlink\n@/b {\n}\n',
  'include +/leaks\n@/a {\n}\n',
  'include +/wrong\n@/b {\n}\n',
  'include +/d/one\ninclude +/nothing\n@/b {\n}\n',
  'include = +/d\n',
  'tabooext + .mine\ninclude +/d\n',
  'tabooext .mine\ninclude +/d\n',
  'taboopat + o*\ninclude +/d\n',
  '@/a {\n  postrotate\n  true\n}\n@/b {\n}\n',
  '@/a {\n',
  '@/a\n',
  '  @/a{\n}\n',
  '@/a {\n  size=100k\n  su root root\n  create 0644 root root\n  allowhardlink\n}\n',
  'weekly\nrotate 4\ncreate\n#dateext\nallowhardlink\n@/a {}\n@/b {\n}\n',
];

const included: Readonly<Record<string, string>> = {
  'd/one': '@/a {\n}\n',
  'd/two.mine': '@/c {\n}\n',
  'd/three.dpkg-old': '@/it {\n}\n',
  leaks: 'allowhardlink\n@/c {\n}\n',
  wrong: 'allowhardlink\n@/c {\n}\n}\n',
};

test('the same logs are left alone for their names as by logrotate itself', (t) => {
  if (spawnSync('logrotate', ['--version']).status !== 0) {
    process.stderr.write('NOT RUN: configurations beside logrotate: it is not installed\n');
    t.skip();
    return;
  }
  using scratch = new Scratch();
  mkdirSync(scratch.at('logs'));
  mkdirSync(scratch.at('d'));
  const placed = (text: string): string =>
    text.replaceAll('@', scratch.at('logs')).replaceAll('+/', `${scratch.path}/`);
  const logs = ['a', 'b', 'c', 'it is', 'it'];
  for (const log of logs) {
    writeFileSync(scratch.at('logs', log), 'hello\n');
    linkSync(scratch.at('logs', log), scratch.at(`other-${log}`));
  }
  for (const [path, text] of Object.entries(included)) writeFileSync(scratch.at(path), placed(text));
  using root = openPlace('/');
  const scene = walked(kernel, kernelProbe(), root, { roots: [scratch.at('logs')], level: 'full' });
  for (const configuration of configurations) {
    writeFileSync(scratch.at('conf'), placed(configuration), { mode: 0o644 });
    const { stderr, stdout } = spawnSync('logrotate', ['--debug', '--state', scratch.at('state'), scratch.at('conf')], {
      encoding: 'utf8',
    });
    const theirs = [...`${stdout}${stderr}`.matchAll(/log (.+) has multiple \(2\) hard links/g)].map(([, log]) => log);
    const rotations = rotationsOf(scene, [scratch.at('conf')]);
    const ours = logs
      .map((log) => scratch.at('logs', log))
      .filter((path) => {
        const first = rotations.find(({ patterns }) => patterns.some((pattern) => globMatcher(pattern, 'sets')(path)));
        return first && !first.options.allowHardLink;
      });
    assert.deepEqual([...new Set(theirs)].sort(), ours.sort(), `${configuration}\n${stdout}${stderr}`);
  }
});
