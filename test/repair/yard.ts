/** A tree on the disk, and `lw repair` on it with a state directory of its own. */
import { lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { command as mv } from '../../src/cli/commands/mv.ts';
import { command as repair } from '../../src/cli/commands/repair.ts';
import { command as undo } from '../../src/cli/commands/undo.ts';
import { kernelWorld } from '../../src/cli/kernel-world.ts';
import { parseRequest } from '../../src/cli/parse-request.ts';
import { type Answer, ask } from '../answer.ts';
import { Scratch } from '../scratch.ts';

export interface Yard extends Disposable {
  readonly root: string;
  readonly state: string;
  readonly at: (...names: readonly string[]) => string;
  /** Makes a file, and the directories above it. */
  readonly file: (path: string, contents?: string) => void;
  readonly link: (text: string, path: string) => void;
  readonly text: (path: string) => string;
  readonly repair: (...args: readonly string[]) => Promise<Answer>;
  /** Remembers how all is now. */
  readonly remember: (...args: readonly string[]) => Promise<Answer>;
  /** `lw mv`, which leaves all links as they are; what lw undo takes. */
  readonly mv: (...args: readonly string[]) => Promise<string | undefined>;
  readonly undo: (...args: readonly string[]) => Promise<Answer>;
  /** Every name below the tree with its inode, text and contents. */
  readonly snapshot: () => readonly string[];
}

export const yard = (): Yard => {
  const scratch = new Scratch();
  const root = scratch.at('tree');
  const state = scratch.at('state');
  mkdirSync(root);
  const at = (...names: readonly string[]): string => join(root, ...names);
  return {
    root,
    state,
    at,
    file(path, contents = path) {
      mkdirSync(dirname(at(path)), { recursive: true });
      writeFileSync(at(path), contents);
    },
    link(text, path) {
      mkdirSync(dirname(at(path)), { recursive: true });
      symlinkSync(text, at(path));
    },
    text: (path) => readlinkSync(at(path)),
    repair: (...args) => ask(repair, ['--state', state, ...args, root]),
    remember: (...args) => ask(repair, ['--state', state, '--remember', ...args, root]),
    async mv(...args) {
      using world = kernelWorld(undefined, { show: () => {}, erase: () => {} });
      const request = parseRequest(mv, ['--state', state, '--links=keep', ...args], () => new Uint8Array());
      if (request === 'help') throw new Error('asked for help');
      return (await mv.run(world, request)).id;
    },
    undo: (...args) => ask(undo, ['--state', state, ...args]),
    snapshot: () => snapshotOf(root),
    [Symbol.dispose]: () => scratch[Symbol.dispose](),
  };
};

const snapshotOf = (dir: string): readonly string[] =>
  readdirSync(dir, { withFileTypes: true })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(dir, entry.name);
      const line = `${path} ${lstatSync(path).ino}`;
      if (entry.isSymbolicLink()) return [`${line} -> ${readlinkSync(path)}`];
      return entry.isDirectory() ? [line, ...snapshotOf(path)] : [`${line} ${readFileSync(path, 'latin1')}`];
    });

/** What an answer says of the link with this name. */
// biome-ignore lint/suspicious/noExplicitAny: the schema has checked it.
export const linkIn = ({ json }: Answer, name: string): any => {
  const found = json.links.find(({ path }: { path: unknown }) => typeof path === 'string' && path.endsWith(`/${name}`));
  if (!found) throw new Error(`no answer about ${name}: ${JSON.stringify(json.links)}`);
  return found;
};
