import { type Answer, newSession, type Session, type Start } from '../session.ts';
import { prompt } from '../shell/prompt.ts';
import { runLine } from '../shell/run-line.ts';

/** A line that was typed, and what came of it. */
export interface Said {
  readonly prompt: string;
  readonly line: string;
  readonly answer: Answer;
}

/**
 * A session that can go back. A session is the same each time the same lines are typed, so one step back is all
 * lines but the last, once more.
 */
export class Timeline {
  readonly start: Start;
  #session: Session;
  #lines: readonly string[] = [];
  readonly #said: Said[] = [];

  constructor(start: Start, lines: readonly string[] = [], at: number = lines.length) {
    this.start = start;
    this.#session = newSession(start);
    this.#lines = lines;
    while (this.#said.length < at && this.#said.length < lines.length) this.#run();
  }

  get session(): Session {
    return this.#session;
  }

  /** All lines: those that were undone come last. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  /** What was said up to here; its length is where we are among the lines. */
  get said(): readonly Said[] {
    return this.#said;
  }

  /** Types a line here. What had been undone is gone. */
  type(line: string): void {
    this.#lines = [...this.#lines.slice(0, this.#said.length), line];
    this.#run();
  }

  back(): void {
    this.goTo(this.#said.length - 1);
  }

  forward(): void {
    this.goTo(this.#said.length + 1);
  }

  /** To after so many lines. */
  goTo(count: number): void {
    const wanted = Math.max(0, Math.min(count, this.#lines.length));
    if (wanted < this.#said.length) {
      this.#session = newSession(this.start);
      this.#said.length = 0;
    }
    while (this.#said.length < wanted) this.#run();
  }

  #run(): void {
    const line = this.#lines[this.#said.length] as string;
    this.#said.push({ prompt: prompt(this.#session), line, answer: runLine(this.#session, line) });
  }
}
