/** Ends a command: what failed, on what, why; then what to try; then the exit code (docs/ARCHITECTURE.md). */
export class CommandError extends Error {
  readonly tries: readonly string[];
  readonly exitCode: number;

  constructor(sentence: string, tries: readonly string[] = [], exitCode = 1) {
    super(sentence);
    this.tries = tries;
    this.exitCode = exitCode;
  }
}

/** The command line itself cannot be understood. */
export class UsageError extends CommandError {
  constructor(sentence: string, ...tries: readonly string[]) {
    super(sentence, tries, 2);
  }
}
