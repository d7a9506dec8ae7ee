import type { Level } from '../../scan/census.ts';
import type { Finding, Severity } from './finding.ts';
import type { LinkView, Scene } from './scene.ts';

export type Group = 'resolution' | 'portability' | 'hygiene' | 'hard-links' | 'security';

/** One thing that can be wrong with links. */
export interface Rule {
  readonly id: string;
  readonly group: Group;
  /** `off`: only when it is asked for. */
  readonly severity: Severity | 'off';
  /** What it finds, in one line. */
  readonly summary: string;
  /** Why it matters and what to do: paragraphs for the documentation. */
  readonly why: string;
  /** A tree in the project's notation (docs/LESSONS.md) in which it finds something, and one in which it does not. */
  readonly broken: string;
  readonly fixed: string;
  /** How much of the tree the walk has to look at. */
  readonly needs: Exclude<Level, 'names'>;
  /** Asked of each symbolic link. */
  readonly link?: (link: LinkView, scene: Scene) => Iterable<Said>;
  /** Asked once, of everything. */
  readonly whole?: (scene: Scene) => Iterable<Said>;
}

/** A finding before the settings have given it its severity. A rule may name a milder one than its own. */
export type Said = Omit<Finding, 'rule' | 'severity'> & { readonly severity?: Severity };
