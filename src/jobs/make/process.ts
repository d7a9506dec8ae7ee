import type { Fault } from '../../fs/fault.ts';
import type { Fs, Handle } from '../../fs/fs.ts';

/** What a program like ln finds around it: the kernel's, or a sketch's. */
export interface Process {
  readonly fs: Fs;
  /** getcwd(3): absolute, and longer than PATH_MAX where the working directory lies that deep. */
  workingDirectory(): string | Fault;
  /** What its messages begin with: `ln`. */
  readonly name: string;
  /** Linkwright's own version. */
  readonly version: string;
  /** The locale's text is UTF-8; otherwise it is ASCII. */
  readonly utf8: boolean;
  /** A variable of the environment. */
  variable(name: string): string | undefined;
  out(text: string): void;
  err(text: string): void;
  /** One line of standard input without its end, undefined where there is none; what follows it stays unread. */
  readLine(): string | undefined;
  /** read(2) from where the last one ended; standard input where no handle is given. How many bytes, 0 at the end. */
  readOn(from: Handle | undefined, bytes: Uint8Array): number | Fault;
  /** Twelve characters of `a-z2-7` that nobody can foresee: for temporary names. */
  random(): string;
  /** With --explain: lines on why a link was refused and what would do instead. */
  explain(refused: Refused): readonly string[];
}

/** A link that the file system did not make. */
export interface Refused {
  readonly fault: Fault;
  readonly kind: 'hard' | 'symbolic';
  /** The file to be linked, as link(2) was given it; undefined for a symbolic link. */
  readonly from?: { readonly at: Handle; readonly path: string; readonly follow: boolean };
  /** The directory of the new name. */
  readonly to: { readonly at: Handle; readonly path: string };
}

/** Runs with the arguments after the program's name; answers with the exit code. */
export type Program = (process: Process, args: readonly string[]) => number;
