import type { Run } from './run.ts';
import { complain as tell } from './streams.ts';

/** What a builtin of the shell finds around it. */
export interface BuiltinIo {
  readonly run: Run;
  readonly name: string;
  out(text: string): void;
  err(text: string): void;
  /** Runs a text here: `eval`. */
  runText(text: string, run?: Run): number;
  /** The value of an expression; undefined after a complaint. */
  arithmetic(text: string): bigint | undefined;
  /** Runs a command of these words. */
  runWords(words: readonly string[], run?: Run): number;
}

/** A command that the shell does itself; answers with its exit code. `args` are without its name. */
export type Builtin = (io: BuiltinIo, args: readonly string[]) => number;

/** Says what is wrong, as bash does. */
export const complain = (io: BuiltinIo, text: string, code = 1): number => {
  tell(io.run, `${io.name}: ${text}`);
  return code;
};
