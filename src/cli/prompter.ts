/** Who may be asked, and how names are written for them. */
export interface Prompter {
  /** Answers come from a terminal: a question that nobody asked for may be put. */
  readonly isTerminal: boolean;
  /** The locale's text is UTF-8; otherwise it is ASCII. */
  readonly utf8: boolean;
  /** A variable of the environment. */
  variable(name: string): string | undefined;
  /** Puts a question; whether the answer is yes. */
  ask(question: string): boolean;
}
