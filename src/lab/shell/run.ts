import { Exhausted } from '../exhausted.ts';
import type { OpenFile, Session } from '../session.ts';

/** Where a command runs: whose shell, with which descriptors. */
export interface Run {
  readonly session: Session;
  /** `exec 3<file` changes them for what comes after it. */
  readonly fds: Descriptors;
  /** Files that `exec` opened in this shell: it closes them. */
  readonly owned: Set<OpenFile>;
  readonly budget: Budget;
  /** The job that this is run for. */
  readonly background: BackgroundWork | undefined;
  /** What variables were before a function made them its own. */
  readonly locals: Map<string, string | undefined> | undefined;
  /** The file whose lines run, and which of them. */
  readonly script: { readonly name: string; readonly line: number } | undefined;
  /** How many loops of this function are under way: `break` leaves them. */
  readonly loops: number;
  /** How many scripts, `eval` and `$(…)` are under way: `set -x` shows it. */
  readonly indirection: number;
  /** In `( … )`, a part of a pipe, `$(…)` or a script. */
  readonly isSubshell: boolean;
  /** How many functions and scripts are under way. */
  readonly depth: number;
}

export type Descriptors = Map<number, Stream>;

export type Stream =
  | { readonly kind: 'terminal'; readonly stream: 'in' | 'out' | 'err' }
  | { readonly kind: 'file'; readonly file: OpenFile }
  | { readonly kind: 'into'; readonly pieces: string[] }
  | { readonly kind: 'from'; text: string };

/** What stays of a command in the background. */
export interface BackgroundWork {
  readonly files: OpenFile[];
  turn: (() => void) | undefined;
}

/** What a line may still use: no line takes forever or fills the memory. */
export interface Budget {
  steps: number;
  characters: number;
}

export const newBudget = (): Budget => ({ steps: 20_000, characters: 1 << 22 });

export const spend = (budget: Budget, steps: number): void => {
  budget.steps -= steps;
  if (budget.steps < 0) throw new Exhausted('this line takes too many steps');
};

export const spendText = (budget: Budget, characters: number): void => {
  budget.characters -= characters;
  if (budget.characters < 0) throw new Exhausted('this line makes too much text');
};

/** Thrown to leave what runs: `break`, `return`, `exit`, and an expansion that fails. */
export class Leave extends Error {
  readonly kind: 'break' | 'continue' | 'return' | 'exit' | 'fail';
  /** An exit code, or of how many loops. */
  count: number;

  constructor(kind: Leave['kind'], count: number) {
    super(kind);
    this.kind = kind;
    this.count = count;
  }
}
