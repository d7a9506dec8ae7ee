/** The same command line for a program of ours, in this process, and for the system's own of that name. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { decodeBytes, encodeBytes } from '../src/fs/bytes.ts';
import type { Fs } from '../src/fs/fs.ts';
import type { Process, Program } from '../src/jobs/make/process.ts';
import { workingDirectory } from '../src/jobs/make/working-directory.ts';
import { kernel } from '../src/kernel/kernel.ts';

export interface Answer {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Environment variables; LC_ALL says whether messages are UTF-8. */
export type Variables = Readonly<Record<string, string>>;

/** Messages begin with the name `name`; on the kernel the working directory is that of this process. `around`: what else it finds. */
export const ours = (
  program: Program,
  name: string,
  args: readonly string[],
  variables: Variables = {},
  fs: Fs = kernel,
  around: Partial<Process> = {},
): Answer => {
  let out = '';
  let err = '';
  const process: Process = {
    fs,
    workingDirectory: () => workingDirectory(fs),
    name,
    version: '0',
    utf8: (variables.LC_ALL ?? 'C.UTF-8') === 'C.UTF-8',
    variable: (variable) => variables[variable],
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    readLine: () => undefined,
    readOn: () => 0,
    random: () => 'aaaaaaaaaaaa',
    explain: () => [],
    ...around,
  };
  return { code: program(process, args), out, err };
};

/** Both programs of one name: ours alone, and ours where it must answer as theirs. */
export const pairOf = (program: Program, name: string) => {
  const our = (args: readonly string[], variables?: Variables): Answer => ours(program, name, args, variables);
  const agree = (args: readonly string[], variables?: Variables): Answer => {
    const answer = our(args, variables);
    assert.deepEqual(answer, theirs(name, args, variables), `${name} ${args.join(' ')}`);
    return answer;
  };
  return { our, agree };
};

/** A test that gives command lines to both; where the system's programs are not GNU's it says so and does not run. */
export const comparing = (name: string, work: () => void): void => {
  test(name, (t) => (isGnu() ? work() : t.skip('the system’s programs are not those of GNU coreutils')));
};

const isGnu = (): boolean => (gnu ??= theirs('readlink', ['--version']).out.includes('GNU coreutils'));
let gnu: boolean | undefined;

/** Arguments reach it as bytes, by way of perl: those of Node's own are text. */
export const theirs = (name: string, args: readonly string[], variables: Variables = {}, uid?: number): Answer => {
  const words = ['perl', '-0', '-e', 'chomp(my @words = <STDIN>); exec { $words[0] } @words'];
  if (uid !== undefined) words.unshift('setpriv', `--reuid=${uid}`, `--regid=${uid}`, '--clear-groups', '--');
  const [command, ...rest] = words as [string, ...string[]];
  const { status, stdout, stderr } = spawnSync(command, rest, {
    input: encodeBytes([name, ...args, ''].join('\0')),
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8', ...variables },
    maxBuffer: 2 ** 28,
    timeout: 60_000,
  });
  return { code: status, out: decodeBytes(stdout), err: decodeBytes(stderr) };
};
