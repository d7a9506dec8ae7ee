import type { ArchiveFact, GitIndex } from '../../jobs/check/scene.ts';
import type { Root } from '../../scan/census.ts';
import type { Place } from '../../trace/trace.ts';
import type { Request, World } from '../command.ts';
import type { PresetName } from './config.ts';

/** What is checked at one go: the machine's own tree, or something that can be looked at like one. */
export interface Source extends Partial<Disposable> {
  /** Of an archive or a tree as if copied: its own `fs`, `probe`, `root` and `from`; `/` for link texts is its root. */
  readonly world: World;
  /** Directories to check, as paths of that world. */
  readonly roots: readonly string[];
  /** The archive that holds it, and its only root is the archive's top: findings are told as `image.tar:etc/motd`. */
  readonly archive?: string;
  /** What its tree does not show of an archive's members. */
  readonly members?: readonly ArchiveFact[];
  /** What could not be looked at when it was opened, a sentence each. */
  readonly troubles?: readonly string[];
  /** It is looked at as if it lay elsewhere: where it does lie, which is how it is told of. */
  readonly copied?: Root;
  /** Links in it are those of the machine, so that they can be mended. */
  readonly mendable: boolean;
  readonly git?: GitIndex | undefined;
  /** See Scene: the machine's own `/`, where the world's root is another directory. */
  readonly outside?: Place | undefined;
}

/** All that the request names. Throws CommandError for what cannot be opened, UsageError for options that do not go together. */
export type OpenSources = (
  world: World,
  request: Request,
  operands: readonly string[],
  preset: PresetName | undefined,
) => readonly Source[] | Promise<readonly Source[]>;

/** The machine's own tree, and nothing else: where there is nothing that opens archives. */
export const treeSource: OpenSources = (world, _, operands) => [{ world, roots: operands, mendable: true }];
