import { spawnSync } from 'node:child_process';
import { decodeBytes } from '../../fs/bytes.ts';
import { Fault } from '../../fs/fault.ts';
import { ancestors, dirname, join } from '../../fs/path.ts';
import { liesIn } from '../../fs/relative.ts';
import type { World } from '../command.ts';

/** Where git says that a path of a work tree went. */
export interface GitRename {
  readonly path: string;
  /** The commit that renamed it, shortened; empty for one that is not committed yet. */
  readonly commit: string;
}

/** A rename that git has seen, by paths from the top of the work tree. */
interface Rename {
  readonly from: string;
  readonly to: string;
  readonly commit: string;
}

/** Longer than this nobody waits for a guess. */
const patience = 20_000;

/** Asks git, once for each work tree, which files were renamed: for a file and for a directory above files. */
export const gitRenames = (world: World, outside: string): ((path: string) => GitRename | undefined) => {
  const tops = new Map<string, string | undefined>();
  const known = new Map<string, readonly Rename[]>();
  return (path) => {
    const top = topOf(world, dirname(path), tops);
    if (top === undefined) return undefined;
    let renames = known.get(top);
    if (!renames) {
      renames = renamesIn(outside === '' ? top : join(outside, top.slice(1)));
      known.set(top, renames);
    }
    const below = path.slice(top === '/' ? 1 : top.length + 1);
    const found = followed(renames, below);
    return found && { path: join(top, found.to), commit: found.commit };
  };
};

/** The nearest directory above that holds a `.git`. */
const topOf = ({ fs, root }: World, dir: string, tops: Map<string, string | undefined>): string | undefined => {
  if (tops.has(dir)) return tops.get(dir);
  const top = [dir, ...ancestors(dir)].find(
    (each) => !(fs.stat(root.handle, join(each, '.git').slice(1)) instanceof Fault),
  );
  tops.set(dir, top);
  return top;
};

/** What is staged last: the order is that of time. */
const renamesIn = (top: string): readonly Rename[] => {
  const log = git(top, ['log', '--reverse', '--format=%x01%h', '--no-ext-diff', '--no-textconv', ...renamesOnly]);
  const staged = git(top, ['diff', '--cached', '--no-ext-diff', '--no-textconv', ...renamesOnly, 'HEAD']);
  return [...parsed(log), ...parsed(staged)];
};

const renamesOnly = ['-M', '--diff-filter=R', '--name-status', '-z'];

/** Nothing where git is not there, refuses (a tree of another user), or takes too long. */
const git = (top: string, args: readonly string[]): string => {
  const { PATH, HOME } = process.env;
  const { status, stdout } = spawnSync('git', ['-c', 'core.fsmonitor=false', ...args], {
    cwd: top,
    env: { PATH, HOME, LC_ALL: 'C', GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0' },
    timeout: patience,
    maxBuffer: 2 ** 28,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return status === 0 ? decodeBytes(stdout) : '';
};

/** With -z: the commit after \x01, then for each rename its score, the old and the new path. */
const parsed = (text: string): readonly Rename[] => {
  const renames: Rename[] = [];
  let commit = '';
  const fields = text.split('\0');
  for (let i = 0; i < fields.length; i++) {
    const field = (fields[i] as string).replace(/^\n/, '');
    const [from, to] = [fields[i + 1], fields[i + 2]];
    if (field.startsWith('\x01')) commit = field.slice(1).trim();
    else if (/^R\d+$/.test(field) && from !== undefined && to !== undefined) {
      renames.push({ from, to, commit });
      i += 2;
    }
  }
  return renames;
};

/** Through all renames in their order; that of a directory is where most of its files went. */
const followed = (renames: readonly Rename[], path: string): Rename | undefined => {
  let at: Rename | undefined;
  for (const rename of renames) if (rename.from === (at?.to ?? path)) at = { ...rename, from: path };
  if (at) return at;
  const votes = new Map<string, { count: number; commit: string }>();
  for (const { from, to, commit } of renames) {
    if (from === path || !liesIn(path, from)) continue;
    const rest = from.slice(path.length);
    if (!to.endsWith(rest)) continue;
    const top = to.slice(0, -rest.length);
    votes.set(top, { count: (votes.get(top)?.count ?? 0) + 1, commit });
  }
  const [best] = [...votes].toSorted((a, b) => b[1].count - a[1].count);
  return best && { from: path, to: best[0], commit: best[1].commit };
};
