import type { Errno } from '../../fs/errno.ts';
import type { Drawn } from '../drawn.ts';
import type { Start } from '../session.ts';

/** A lesson as its file has it: texts and trees, nothing that a page would take for code. */
export interface Lesson {
  /** Small letters, digits and hyphens: part of addresses and of what a browser keeps. */
  readonly id: string;
  readonly title: string;
  /** What it covers of an examination, as that names it: `LPIC-1 104.6`. */
  readonly objectives: readonly string[];
  readonly text: readonly Block[];
  readonly start: Start;
  readonly goal: Goal;
  readonly hints: readonly (readonly Span[])[];
  readonly solution: readonly SolutionLine[];
  /** The fewest commands that are known to reach the goal. */
  readonly golf: number;
  readonly quiz: readonly Question[];
}

export type Block =
  | { readonly kind: 'paragraph'; readonly spans: readonly Span[] }
  | { readonly kind: 'list'; readonly items: readonly (readonly Span[])[] }
  /** Lines as they are: a drawing, a session. */
  | { readonly kind: 'code'; readonly text: string };

export interface Span {
  readonly kind: 'text' | 'code' | 'strong';
  readonly text: string;
}

/** What the machine must look like in the end, however one gets there. */
export interface Goal {
  /** As it was written, without its margin: to be shown. */
  readonly drawing: string;
  /** The same as data; what is in it must be there, in the start's directory. */
  readonly tree: Drawn;
  readonly conditions: readonly Condition[];
  /** What the marks in the drawing mean, and what else must be so: for those who read it. */
  readonly legend: readonly (readonly Span[])[];
}

/** What a tree does not show. Paths are from the start's directory. */
export type Condition =
  | { readonly kind: 'leads'; readonly path: string; readonly to: string }
  /** Opening it for reading gives this errno. */
  | { readonly kind: 'fails'; readonly path: string; readonly errno: Errno }
  /** Where the shell stands. */
  | { readonly kind: 'here'; readonly path: string }
  /** Whether a descriptor holds an inode that is marked in the start. */
  | { readonly kind: 'open'; readonly label: string; readonly open: boolean }
  /** A change was made by lw and taken back: the tree is as if nothing had happened, the journals are not. */
  | { readonly kind: 'undone' };

export interface SolutionLine {
  readonly line: string;
  readonly note: readonly Span[];
}

/** “What will happen?” The answer is asked of the sketch, never written down. */
export interface Question {
  readonly question: readonly Block[];
  /** The lesson's own unless it has one. */
  readonly start: Start;
  /** Typed before the question is asked. */
  readonly lines: readonly string[];
  readonly asks: Asked;
  /** None: one types the answer. */
  readonly options: readonly Option[];
  readonly explanation: readonly Block[];
}

export type Asked =
  /** What the line writes to standard output, without a last line end. */
  | { readonly kind: 'output'; readonly line: string }
  /** The errno that the line is refused with, or `none`. */
  | { readonly kind: 'errno'; readonly line: string }
  /** The exit code of the line. */
  | { readonly kind: 'code'; readonly line: string }
  /** The drawing of the start's directory. */
  | { readonly kind: 'tree' }
  /** The link count of what is named, links not followed. */
  | { readonly kind: 'count'; readonly path: string }
  /** `yes` where both names are one inode. */
  | { readonly kind: 'same'; readonly paths: readonly [string, string] };

export interface Option {
  /** What the sketch would have to say. */
  readonly value: string;
  /** What one reads. */
  readonly words: readonly Span[];
}
