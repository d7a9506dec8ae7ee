import { spawnSync } from 'node:child_process';
import { Hindrance } from './comparison.ts';
import type { Ground } from './ground.ts';

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

const limitSeconds = 10;

/**
 * Runs a program in a directory, with nothing of the user's own settings. The directory is
 * given by its descriptor, which the child still has when it goes there: so its path may hold any bytes.
 */
export const runProgram = ({ dir }: Ground, program: string, ...args: readonly string[]): Ran => {
  const { status, signal, stdout, stderr, error } = spawnSync(program, args, {
    cwd: `/proc/self/fd/${dir.fd}`,
    env: { ...environment, PATH: `${process.env.PATH ?? '/usr/bin:/bin'}:/usr/sbin:/sbin` },
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    timeout: limitSeconds * 1000,
    killSignal: 'SIGKILL',
  });
  const errno = error && 'code' in error ? error.code : undefined;
  // EACCES: one of the directories in PATH is closed to this user, who may not look for it there.
  if (errno === 'ENOENT' || errno === 'EACCES')
    throw new Hindrance(`${program} is not installed${rule(program)}`, false);
  if (errno === 'ETIMEDOUT') throw new Hindrance(`${program} did not end within ${limitSeconds} seconds`, true);
  if (error) throw new Hindrance(`${program} could not be run: ${error.message}`, true);
  if (signal) throw new Hindrance(`${program} was ended by ${signal}`, true);
  return { code: status, out: stdout, err: stderr };
};

/** As runProgram, for what has to work. */
export const runWell = (ground: Ground, program: string, ...args: readonly string[]): Ran => {
  const ran = runProgram(ground, program, ...args);
  if (ran.code === 0) return ran;
  const said = ran.err.trim().split('\n')[0] ?? '';
  throw new Hindrance(`${program} failed${said === '' ? ` with exit code ${ran.code}` : `: ${said}`}`, true);
};

/** What the manual of a program says, for a machine that has not got it. */
const rule = (program: string): string => {
  switch (program) {
    case 'logrotate':
      return '; its manual says that a log with several names is rotated only where allowhardlink is set';
    case 'rsync':
      return '; its manual says that -a keeps symbolic links, and hard links only together with -H';
    default:
      return '';
  }
};

const environment = {
  LC_ALL: 'C',
  HOME: '/nonexistent',
  TERM: 'dumb',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
} as const;
