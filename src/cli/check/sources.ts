import { Fault } from '../../fs/fault.ts';
import type { GitIndex } from '../../jobs/check/scene.ts';
import { trace } from '../../trace/trace.ts';
import type { Request, World } from '../command.ts';
import { CommandError, UsageError } from '../command-error.ts';
import { openPhysical } from '../open-physical.ts';
import { show } from '../show.ts';
import { asIfCopied } from './as-if-copied.ts';
import type { OpenSources, Source } from './source.ts';

/** Directories, archives, and a tree as if it lay elsewhere. */
export const openSources: OpenSources = async (world, request, operands, preset) => {
  const copiedTo = request.value('as-if-copied');
  const paths = operands.map((operand) => ({ operand, file: fileAt(world, operand) }));
  const archives = paths.filter(({ file }) => file !== undefined);
  if (copiedTo !== undefined) {
    const [operand, ...others] = operands;
    if (request.flag('git'))
      throw new UsageError('--git and --as-if-copied exclude each other: a copy is no work tree');
    if (archives.length > 0)
      throw new UsageError('--as-if-copied is for a directory: an archive has no place of its own');
    if (operand === undefined || others.length > 0) throw new UsageError('--as-if-copied takes one directory to check');
    return [asIfCopied(world, operand, copiedTo)];
  }
  if (request.flag('git') && archives.length > 0) throw new UsageError('--git is for work trees, not for archives');
  const directories = paths.filter(({ file }) => file === undefined).map(({ operand }) => operand);
  const sources = request.flag('git')
    ? await workTrees(world, request, directories)
    : directories.length > 0
      ? [{ world, roots: directories, mendable: true }]
      : [];
  for (const { operand, file } of archives)
    sources.push(await archiveAt(world, operand, file ?? '', preset === 'image'));
  return sources;
};

/** The physical path of what is a file; directories, and what cannot be looked at, are the walk's to speak of. */
const fileAt = (world: World, operand: string): string | undefined => {
  const { end } = trace(world.fs, operand, { from: world.from, root: world.root });
  return end.kind === 'found' && end.stat.kind === 'file' ? end.path : undefined;
};

const archiveAt = async (world: World, operand: string, path: string, wholeSystem: boolean): Promise<Source> => {
  const { Damage } = await import('./archive/tar-members.ts');
  const { openArchive } = await import('./archive/open-archive.ts');
  try {
    return await openArchive(world, operand, path, wholeSystem);
  } catch (error) {
    if (!(error instanceof Damage)) throw error;
    throw new CommandError(`cannot read ${show(operand)} as an archive: ${error.message}`, [`file ${show(operand)}`]);
  }
};

/** Directories by the work tree that they lie in. */
const workTrees = async (world: World, request: Request, directories: readonly string[]): Promise<Source[]> => {
  if (request.value('root') !== undefined)
    throw new UsageError('--git and --root exclude each other: git knows no other root');
  const { gitIndex } = await import('./git-index.ts');
  using handles = new DisposableStack();
  const byTop = new Map<string, { readonly git: GitIndex; readonly roots: string[] }>();
  for (const operand of directories) {
    const { end } = trace(world.fs, operand, { from: world.from, root: world.root });
    const opened = end.kind === 'found' ? openPhysical(world, end.path, 'read') : undefined;
    if (!opened || opened instanceof Fault) throw new CommandError(`cannot read the directory ${show(operand)}`);
    const handle = handles.use(opened);
    const git = gitIndex(handle, operand);
    const known = byTop.get(git.top);
    if (known) known.roots.push(operand);
    else byTop.set(git.top, { git, roots: [operand] });
  }
  const held = handles.move();
  const sources: Source[] = [...byTop.values()].map(({ git, roots }) => ({ world, roots, git, mendable: true }));
  const [first, ...others] = sources;
  return first ? [{ ...first, [Symbol.dispose]: () => held.dispose() }, ...others] : [];
};
