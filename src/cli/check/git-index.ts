import { spawnSync } from 'node:child_process';
import { decodeBytes, encodeBytes } from '../../fs/bytes.ts';
import type { Handle } from '../../fs/fs.ts';
import { type LinkText, linkText } from '../../fs/link-text.ts';
import { ancestors } from '../../fs/path.ts';
import type { GitIndex } from '../../jobs/check/scene.ts';
import { CommandError } from '../command-error.ts';
import { show } from '../show.ts';

const symlinkMode = '120000';

/**
 * What git keeps of the work tree that a directory lies in, asked of git itself, which may be an older one: 2.25 or
 * later. Throws a CommandError where there is no work tree or git will not tell. The handle has to stay open.
 */
export const gitIndex = (dir: Handle, shown: string): GitIndex => {
  const top = decodeBytes(git(dir, shown, ['rev-parse', '--show-toplevel'])).replace(/\n$/, '');
  if (top === '')
    throw new CommandError(`${show(shown)} is in no work tree of git, but in a repository without one`, [], 2);
  const entries = new Map<string, { readonly mode: string; readonly object: string }>();
  for (const record of records(git(dir, shown, ['ls-files', '--stage', '--full-name', '-z', '--', ':/']))) {
    const [, mode, object, path] = /^(\d{6}) ([0-9a-f]+) \d\t(.*)$/s.exec(record) ?? [];
    if (mode !== undefined && object !== undefined && path !== undefined) entries.set(path, { mode, object });
  }
  const directories = once(() => new Set([...entries.keys()].flatMap((path) => ancestors(`/${path}`))));
  const ignored = once(() => ignoredPaths(dir, shown));
  const texts = once(() =>
    storedTexts(
      dir,
      shown,
      [...entries].filter(([, { mode }]) => mode === symlinkMode).map(([path, { object }]) => [path, object]),
    ),
  );
  return {
    top,
    mode: (path) => entries.get(path)?.mode,
    hasBelow: (path) => entries.size > 0 && (path === '' || directories().has(`/${path}`)),
    isIgnored: (path) => [`/${path}`, ...ancestors(`/${path}`)].some((each) => ignored().has(each)),
    storedText: (path) => texts().get(path),
    *tracked() {
      for (const [path, { mode }] of entries) yield { path, mode };
    },
  };
};

/** Untracked paths that git ignores, each after a slash; of a directory that is ignored as a whole only its own. */
const ignoredPaths = (dir: Handle, shown: string): ReadonlySet<string> => {
  const said = git(dir, shown, [
    ...['ls-files', '--others', '--ignored', '--exclude-standard', '--directory'],
    ...['--full-name', '-z', '--', ':/'],
  ]);
  return new Set(records(said).map((path) => `/${path.replace(/\/$/, '')}`));
};

const storedTexts = (
  dir: Handle,
  shown: string,
  objects: readonly (readonly [path: string, object: string])[],
): ReadonlyMap<string, LinkText> => {
  const texts = new Map<string, LinkText>();
  if (objects.length === 0) return texts;
  const said = git(dir, shown, ['cat-file', '--batch'], objects.map(([, object]) => `${object}\n`).join(''));
  let at = 0;
  for (const [path] of objects) {
    const end = said.indexOf(0x0a, at);
    const [, size] = /^[0-9a-f]+ blob (\d+)$/.exec(decodeBytes(said.subarray(at, end))) ?? [];
    at = end + 1;
    // A clone may lack objects: then git says `missing`, and nothing follows.
    if (size === undefined) continue;
    texts.set(path, linkText(decodeBytes(said.subarray(at, at + Number(size)))));
    at += Number(size) + 1;
  }
  return texts;
};

const records = (bytes: Uint8Array): readonly string[] => decodeBytes(bytes).split('\0').slice(0, -1);

const once = <Value>(make: () => Value): (() => Value) => {
  let made: { readonly value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
};

/** More than the index of the largest work trees. */
const outputMax = 2 ** 30;

/** Runs git in a directory; it is given by its descriptor, so its path may hold any bytes. */
const git = (dir: Handle, shown: string, words: readonly string[], input = ''): Uint8Array => {
  const { status, stdout, stderr, error } = spawnSync(
    'git',
    // A work tree's own settings may name a program that is to tell what has changed: nothing of a tree is run.
    ['--no-optional-locks', '-c', 'core.fsmonitor=false', ...words],
    { cwd: `/proc/self/fd/${dir.fd}`, env: environment(), input: encodeBytes(input), maxBuffer: outputMax },
  );
  if (error && 'code' in error && error.code === 'ENOENT')
    throw new CommandError('--git needs git, which is not installed', ['apt install git'], 2);
  if (error) throw new CommandError(`git could not be run: ${error.message}`, [], 2);
  if (status === 0) return stdout;
  throw refusal(shown, String(stderr));
};

const refusal = (shown: string, said: string): CommandError => {
  if (/dubious ownership/.test(said)) {
    const [, , wanted] = /(config --global --add safe\.directory )('?.+?'?)$/m.exec(said) ?? [];
    return new CommandError(
      `git does not trust the work tree of ${show(shown)}, since it belongs to somebody else`,
      [`git config --global --add safe.directory ${wanted ?? show(shown)}`],
      2,
    );
  }
  if (/not a git repository/.test(said))
    return new CommandError(`${show(shown)} is in no work tree of git`, ['without --git'], 2);
  if (/must be run in a work tree/.test(said))
    return new CommandError(`${show(shown)} is in no work tree of git, but in a repository`, [], 2);
  const [first = 'no reason given'] = said.trim().split('\n');
  return new CommandError(`git refuses to tell about ${show(shown)}: ${first.replace(/^fatal: /, '')}`, [], 2);
};

/**
 * A hook is run with GIT_DIR and GIT_INDEX_FILE, which are about another directory or a half-made commit: they are not
 * handed on. Settings that were given by the environment are, since safe.directory may be among them.
 */
const environment = (): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^GIT_(?!CONFIG)/.test(name))),
  LC_ALL: 'C',
  GIT_TERMINAL_PROMPT: '0',
  GIT_NO_LAZY_FETCH: '1',
});
