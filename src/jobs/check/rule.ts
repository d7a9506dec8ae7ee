import type { Level } from '../../scan/census.ts';
import type { End } from '../../trace/route.ts';
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
  /** It gives a new text where that is safe without asking anybody. */
  readonly fixes?: true;
  /** A tree in the project's notation (docs/LESSONS.md) in which it finds something, and one in which it does not. */
  readonly broken: string;
  readonly fixed: string;
  /** The directory of these trees that is checked; `/` unless it is said. */
  readonly checked?: string;
  /** Names in these trees that are declared to be one file. */
  readonly groups?: readonly (readonly string[])[];
  /** A file with more names than can be drawn: how many further ones it has in each tree, `NAME.1` and so on. */
  readonly crowd?: { readonly of: string; readonly broken: number; readonly fixed: number };
  /** The examples are members of an archive in their order, `name = other` for a hard link; a tree unless it is said. */
  readonly shows?: 'members';
  /** How much of the tree the walk has to look at. */
  readonly needs: Exclude<Level, 'names'>;
  /** Where it says no, the rule is not asked at all. */
  readonly applies?: (scene: Scene) => boolean;
  /**
   * Asked only of links with one of these marks: a glance at the tables of the census, where a question costs a
   * thousand times as much. Of every link where this is left out.
   */
  readonly marks?: readonly Mark[];
  /**
   * Rules that have the more telling word: where one of them finds as grave a thing in the same link, this one says
   * nothing. One mistake is one finding.
   */
  readonly yieldsTo?: readonly string[];
  /** Asked of each symbolic link. */
  readonly link?: (link: LinkView, scene: Scene) => Iterable<Said>;
  /** Asked once, of everything. It may pause with undefined, as `check` does. */
  readonly whole?: (scene: Scene) => Iterable<Said | undefined>;
}

/** What a glance tells of a link: how it ends, and what its text is like. */
export type Mark =
  | End['kind']
  | 'to-directory'
  | 'to-other-device'
  /** Its opening follows more links than `hops`. */
  | 'deep'
  | 'absolute'
  /** `..` after a name. */
  | 'inner-dot-dot'
  /** Begins with so many `..` that it leaves the root of the walk. */
  | 'leaving'
  /** Begins with just so many `..` that it comes up to `/`, which is the root of the walk. */
  | 'reaching'
  /** Comes down again, perhaps, where it went up. */
  | 'returning'
  /** A doubled or a last slash, or a dot that is a component beside others. */
  | 'untidy'
  /** A control, blank, quote or wildcard, or a byte that begins an invisible character. */
  | 'odd'
  /** Longer than `textLength`. */
  | 'long';

/**
 * A finding before the settings have given it its severity. A rule may name a milder one than its own: what the
 * settings say is then cut down to that.
 */
export type Said = Omit<Finding, 'rule' | 'severity'> & { readonly severity?: Severity };
