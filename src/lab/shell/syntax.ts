/** A line as the shell has understood it. Words stay as they were typed: they are expanded when their turn comes. */
export type List = readonly AndOr[];

/** `a && b || c`, from left to right. */
export interface AndOr {
  readonly first: Pipeline;
  readonly rest: readonly { readonly operator: '&&' | '||'; readonly pipeline: Pipeline }[];
  readonly background: boolean;
  /** A newline comes after it, not a semicolon. */
  readonly endsLine: boolean;
  /** In which line of the text it begins, from 1. */
  readonly line: number;
  /** As it was typed: for `jobs`. */
  readonly text: string;
}

export interface Pipeline {
  /** `!` turns the exit code over. */
  readonly negated: boolean;
  readonly commands: readonly Command[];
  /** Which of them pass on standard error too: `|&`. */
  readonly both: readonly boolean[];
}

export type Command =
  | {
      readonly kind: 'simple';
      readonly assignments: readonly Assignment[];
      readonly words: readonly string[];
      readonly redirections: readonly Redirection[];
    }
  | {
      readonly kind: 'compound';
      readonly body: Compound;
      readonly redirections: readonly Redirection[];
    };

export type Compound =
  | { readonly kind: 'group' | 'subshell'; readonly list: List }
  | { readonly kind: 'if'; readonly branches: readonly Branch[]; readonly otherwise: List | undefined }
  | { readonly kind: 'while' | 'until'; readonly test: List; readonly list: List }
  /** Without `in` the words are the positional parameters. */
  | { readonly kind: 'for'; readonly name: string; readonly words: readonly string[] | undefined; readonly list: List }
  | { readonly kind: 'case'; readonly word: string; readonly items: readonly CaseItem[] }
  | { readonly kind: 'test'; readonly words: readonly string[] }
  | { readonly kind: 'arithmetic'; readonly text: string }
  | { readonly kind: 'function'; readonly name: string; readonly body: Command };

export interface Branch {
  readonly test: List;
  readonly list: List;
}

export interface CaseItem {
  readonly patterns: readonly string[];
  readonly list: List;
  /** `;;`, or on into the next one (`;&`), or on to the next pattern (`;;&`). */
  readonly end: ';;' | ';&' | ';;&';
}

export interface Assignment {
  readonly name: string;
  readonly append: boolean;
  readonly word: string;
}

export interface Redirection {
  /** Undefined: the operator's own. */
  readonly fd: number | undefined;
  readonly operator: RedirectionOperator;
  readonly word: string;
  /** The lines of a here-document. */
  body?: string;
}

export const redirectionOperators = ['<<<', '<<-', '<<', '<>', '<&', '<', '>>', '>|', '>&', '>', '&>>', '&>'] as const;
export type RedirectionOperator = (typeof redirectionOperators)[number];
