/** Runs `lw why` on a tree of its own, in this process. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Explanation } from '../src/cli/causes/explain.ts';
import { thisMachine } from '../src/cli/causes/this-machine.ts';
import type { Look, Request, World } from '../src/cli/command.ts';
import { jsonText } from '../src/cli/json.ts';
import { kernelWorld } from '../src/cli/kernel-world.ts';
import { terminalProgress } from '../src/cli/progress.ts';
import { show } from '../src/cli/show.ts';
import { whyCommand } from '../src/cli/verbs/why.ts';
import { Scratch } from './scratch.ts';

export interface Answer {
  /** What people read, each inode number as N. */
  readonly text: string;
  readonly json: unknown;
  readonly exitCode: number;
  readonly explanations: readonly Explanation[];
}

/** Asks in a tree that a line of bash grows, with the tree as root. */
export const run = async (grow: string, path: string, change: Partial<World> = {}): Promise<Answer> => {
  using scratch = new Scratch();
  const grown = spawnSync('bash', ['-ec', grow], {
    cwd: scratch.path,
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C.UTF-8' },
  });
  assert.equal(grown.status, 0, grown.stderr);
  using world = kernelWorld(scratch.path, terminalProgress(undefined));
  return await ask({ ...world, ...change }, [path], scratch.path);
};

export const plain: Look = { width: undefined, show, paint: (_, text) => text };

/** The answer in every form; what lies in `scratch` reads as if it lay in /T. */
export const ask = async (world: World, operands: readonly string[], scratch: string): Promise<Answer> => {
  const command = whyCommand(async () => ({ ...thisMachine(world), home: '/home/ann' }));
  const request: Request = {
    words: ['why', ...operands],
    operands,
    flag: () => false,
    value: () => undefined,
    values: () => [],
    last: () => undefined,
  };
  const report = await command.run(world, request);
  const lines = [...command.render(report, plain, request)];
  const json = JSON.parse([...jsonText({ schema: 'linkwright/why/1', ...command.json(report, request) })].join(''));
  assert.ok(validate(json), JSON.stringify(validate.errors, undefined, 1));
  const text = lines
    .join('\n')
    .replaceAll(scratch, '/T')
    .replaceAll(/inode \d+/g, 'inode N');
  return { text, json, exitCode: command.exitCode(report), explanations: report.explanations };
};

const schema = JSON.parse(readFileSync(new URL('../schemas/why.json', import.meta.url), 'utf8'));
const validate = new Ajv2020({ allErrors: true }).compile(schema);
