/** A directory of a test's own, and other users and mounts for it. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Fault } from '../src/fs/fault.ts';
import { kernel } from '../src/kernel/kernel.ts';
import type { Place } from '../src/trace/trace.ts';

/** The uid and gid of nobody: a user that owns nothing and may do nothing. */
export const nobody = 65534;

/** A new directory that anyone may enter, removed with all it holds when its `using` ends. */
export class Scratch implements Disposable {
  readonly path: string;

  constructor(parent: string = tmpdir()) {
    this.path = mkdtempSync(join(parent, 'linkwright-test-'));
    chmodSync(this.path, 0o755);
  }

  /** The path of something in it. */
  at(...names: readonly string[]): string {
    return join(this.path, ...names);
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** Opens a directory to act from. */
export const openPlace = (path: string): Place & Disposable => {
  const handle = kernel.open(kernel.cwd, path, { access: 'path', directory: true });
  if (handle instanceof Fault) throw new Error(`cannot open ${path}: ${handle.reason}`);
  return { handle, path, [Symbol.dispose]: () => handle[Symbol.dispose]() };
};

/** Runs synchronous work in this process with another user's rights; only root may. */
export const asUser = <T>(uid: number, work: () => T): T => {
  const groups = process.getgroups?.() ?? [];
  process.setgroups?.([]);
  process.setegid?.(uid);
  process.seteuid?.(uid);
  try {
    return work();
  } finally {
    process.seteuid?.(0);
    process.setegid?.(0);
    process.setgroups?.(groups);
  }
};

export const isRoot: boolean = process.geteuid?.() === 0;

export interface Setting {
  /** Run the script as this user. */
  readonly uid?: number;
  /** Shell commands for root to run first, in a mount namespace that ends with the script. */
  readonly mounts?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs TypeScript text in a process of its own, its imports relative to the project's directory. */
export const runScript = (script: string, { uid, mounts, env }: Setting = {}): ScriptResult => {
  const command = [process.execPath, '--input-type=module-typescript', '--eval', script];
  if (uid !== undefined) command.unshift('setpriv', `--reuid=${uid}`, `--regid=${uid}`, '--clear-groups', '--');
  if (mounts !== undefined)
    command.unshift('unshare', '--mount', '--propagation=private', 'sh', '-ec', `(${mounts}\n)\nexec "$@"`, 'sh');
  const [program, ...rest] = command as [string, ...string[]];
  const { status, stdout, stderr } = spawnSync(program, rest, {
    cwd: new URL('..', import.meta.url),
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  return { status, stdout, stderr };
};

export interface ScriptResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Whether this test can have mounts and users of its own. It says so on standard error where not:
 * a test that did not run must not look like one that passed.
 */
export const canMount = (test: string): boolean => {
  const tried = isRoot && spawnSync('unshare', ['--mount', '--propagation=private', 'true']).status === 0;
  if (!tried) process.stderr.write(`NOT RUN: ${test}: it needs root and a mount namespace\n`);
  return tried;
};
