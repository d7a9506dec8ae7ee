import { type Builtin, complain } from '../builtin.ts';
import { binaryOperators, testOne, testTwo, unaryOperators } from '../test-operators.ts';

/** `test` and `[`: the number of words decides how they are read (POSIX), more than four are an expression. */
export const test: Builtin = (io, args) => {
  let words = args;
  if (io.name === '[') {
    if (args.at(-1) !== ']') return complain(io, "missing `]'", 2);
    words = args.slice(0, -1);
  }
  try {
    return new Test(io, words).whole() ? 0 : 1;
  } catch (error) {
    if (!(error instanceof BadTest)) throw error;
    return complain(io, error.message, 2);
  }
};

class BadTest extends Error {}

class Test {
  readonly #io: Parameters<Builtin>[0];
  readonly #words: readonly string[];
  #at = 0;

  constructor(io: Parameters<Builtin>[0], words: readonly string[]) {
    this.#io = io;
    this.#words = words;
  }

  whole(): boolean {
    const short = this.#short(this.#words);
    if (short !== undefined) return short;
    const value = this.#or();
    if (this.#at < this.#words.length) throw new BadTest('too many arguments');
    return value;
  }

  /** Up to four words; undefined for an expression. */
  #short(words: readonly string[]): boolean | undefined {
    const [a = '', b = '', c = ''] = words;
    switch (words.length) {
      case 0:
        return false;
      case 1:
        return a !== '';
      case 2:
        if (a === '!') return b === '';
        if (!unaryOperators.has(a)) throw new BadTest(`${a}: unary operator expected`);
        return this.#one(a, b);
      case 3:
        if (binaryOperators.has(b)) return this.#two(a, b, c);
        if (b === '-a') return a !== '' && c !== '';
        if (b === '-o') return a !== '' || c !== '';
        if (a === '!') return !this.#short([b, c]);
        if (a === '(' && c === ')') return b !== '';
        throw new BadTest(`${b}: binary operator expected`);
      case 4:
        if (a === '!') return !this.#short(words.slice(1));
        return a === '(' && words[3] === ')' ? this.#short([b, c]) : undefined;
      default:
        return undefined;
    }
  }

  #or(): boolean {
    let value = this.#and();
    while (this.#take('-o')) {
      const right = this.#and();
      value ||= right;
    }
    return value;
  }

  #and(): boolean {
    let value = this.#not();
    while (this.#take('-a')) {
      const right = this.#not();
      value &&= right;
    }
    return value;
  }

  #not(): boolean {
    return this.#take('!') ? !this.#not() : this.#primary();
  }

  #primary(): boolean {
    const [word, next, last] = this.#words.slice(this.#at, this.#at + 3);
    if (word === undefined) throw new BadTest('argument expected');
    if (word === '(') {
      this.#at++;
      const value = this.#or();
      if (!this.#take(')')) throw new BadTest("`)' expected");
      return value;
    }
    if (next !== undefined && last !== undefined && binaryOperators.has(next)) {
      this.#at += 3;
      return this.#two(word, next, last);
    }
    if (unaryOperators.has(word) && next !== undefined) {
      this.#at += 2;
      return this.#one(word, next);
    }
    this.#at++;
    return word !== '';
  }

  #one(operator: string, word: string): boolean {
    const { session } = this.#io.run;
    return testOne(session, operator, word, (name) => session.variables.get(name));
  }

  #two(left: string, operator: string, right: string): boolean {
    const found = testTwo(this.#io.run.session.process, left, operator, right);
    if (typeof found === 'string') throw new BadTest(found);
    return found;
  }

  #take(word: string): boolean {
    if (this.#words[this.#at] !== word) return false;
    this.#at++;
    return true;
  }
}
