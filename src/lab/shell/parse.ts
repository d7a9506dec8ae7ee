import { isArithmetic, skipPiece, skipUntil, skipWord } from './scan.ts';
import {
  type AndOr,
  type Assignment,
  type Branch,
  type CaseItem,
  type Command,
  type Compound,
  type List,
  type Pipeline,
  type Redirection,
  type RedirectionOperator,
  redirectionOperators,
} from './syntax.ts';

/** Why a text is no script, in bash's words. */
export class SyntaxFault extends Error {
  /** More lines may make it one. */
  readonly incomplete: boolean;
  /** The lines before: bash has run them when it comes to the mistake. */
  before: List = [];
  /** In which line it is, from 1. */
  line = 1;

  constructor(message: string, incomplete = false) {
    super(message);
    this.incomplete = incomplete;
  }
}

/** Understands a whole text. Throws nothing: what is wrong is the answer. */
export const parse = (text: string, aliases: ReadonlyMap<string, string> = new Map()): List | SyntaxFault =>
  parseWithin(text, aliases, 0);

/** `nesting`: how many `$(` the text stands in. */
const parseWithin = (text: string, aliases: ReadonlyMap<string, string>, nesting: number): List | SyntaxFault => {
  const parser = new Parser(text, aliases, nesting);
  try {
    return parser.script();
  } catch (error) {
    if (!(error instanceof SyntaxFault)) throw error;
    error.before = parser.whole;
    error.line = parser.line;
    return error;
  }
};

/** How deeply commands may lie in one another. */
const depthMax = 100;
/** How deeply command substitutions are looked into before any of them runs. */
const nestingMax = 8;

interface Token {
  readonly kind: 'word' | 'operator' | 'number' | 'newline' | 'end';
  readonly text: string;
  readonly start: number;
}

const operators = ['&&', '||', ';;&', ';;', ';&', '|&', ...redirectionOperators, '|', '&', ';', '(', ')'] as const;
const byLength = [...operators].sort((a, b) => b.length - a.length);
const reserved = new Set(
  'if then else elif fi for while until do done case esac { } ! [[ ]] function in select time coproc'.split(' '),
);
const closing = new Set(['then', 'else', 'elif', 'fi', 'do', 'done', 'esac', '}', 'in', ']]']);

class Parser {
  #text: string;
  #at = 0;
  #next: Token | undefined;
  #depth = 0;
  readonly #aliases: ReadonlyMap<string, string>;
  /** Aliases that must not be replaced again before their end was read: the length of what comes after it. */
  #replaced: { readonly name: string; readonly rest: number }[] = [];
  readonly #waiting: Redirection[] = [];
  readonly #nesting: number;
  /** The lines that are understood as a whole. */
  whole: List = [];

  constructor(text: string, aliases: ReadonlyMap<string, string>, nesting: number) {
    this.#text = text;
    this.#aliases = aliases;
    this.#nesting = nesting;
  }

  /** How far it has read. */
  get line(): number {
    return this.#text.slice(0, Math.max(0, this.#at - 1)).split('\n').length;
  }

  script(): List {
    const list = this.#list();
    const token = this.#peek();
    if (token.kind !== 'end') throw unexpected(token);
    return list;
  }

  #list(): List {
    const list: AndOr[] = [];
    if (++this.#depth > depthMax) throw new SyntaxFault('too many commands within one another for this shell');
    for (;;) {
      this.#newlines();
      const token = this.#peek();
      if (token.kind === 'end' || isOperator(token, ')', ';;', ';&', ';;&')) break;
      if (token.kind === 'word' && closing.has(token.text)) break;
      const start = token.start;
      const chain = this.#andOr();
      const separator = this.#peek();
      const background = isOperator(separator, '&');
      const text = this.#text.slice(start, separator.start).trim();
      list.push({
        ...chain,
        background,
        endsLine: separator.kind === 'newline',
        text,
        line: this.#text.slice(0, start).split('\n').length,
      });
      if (background || isOperator(separator, ';')) this.#take();
      else if (separator.kind !== 'newline') break;
      if (this.#depth === 1 && this.#peek().kind === 'newline') this.whole = list.slice();
    }
    this.#depth--;
    return list;
  }

  /** A list that must have something in it. */
  #body(): List {
    const list = this.#list();
    if (list.length === 0) throw unexpected(this.#peek());
    return list;
  }

  #andOr(): Pick<AndOr, 'first' | 'rest'> {
    const first = this.#pipeline();
    const rest: { operator: '&&' | '||'; pipeline: Pipeline }[] = [];
    while (isOperator(this.#peek(), '&&', '||')) {
      const operator = this.#take().text as '&&' | '||';
      this.#newlines();
      rest.push({ operator, pipeline: this.#pipeline() });
    }
    return { first, rest };
  }

  #pipeline(): Pipeline {
    let negated = false;
    while (this.#isWord('!')) {
      this.#take();
      negated = !negated;
    }
    const commands = [this.#command()];
    const both: boolean[] = [];
    while (isOperator(this.#peek(), '|', '|&')) {
      both.push(this.#take().text === '|&');
      this.#newlines();
      commands.push(this.#command());
    }
    return { negated, commands, both };
  }

  #command(): Command {
    this.#replaceAlias();
    const token = this.#peek();
    const compound = this.#compound(token);
    if (compound) {
      const redirections: Redirection[] = [];
      for (let more = this.#redirection(); more; more = this.#redirection()) redirections.push(more);
      return { kind: 'compound', body: compound, redirections };
    }
    if (token.kind === 'word' && closing.has(token.text) && token.text !== 'in') throw unexpected(token);
    return this.#simple();
  }

  #simple(): Command {
    const assignments: Assignment[] = [];
    const words: string[] = [];
    const redirections: Redirection[] = [];
    for (;;) {
      const redirection = this.#redirection();
      if (redirection) {
        redirections.push(redirection);
        continue;
      }
      if (words.length === 0 && assignments.length > 0) this.#replaceAlias();
      const token = this.#peek();
      if (token.kind !== 'word') break;
      this.#take();
      const assignment = words.length === 0 ? assignmentOf(token.text) : undefined;
      if (assignment?.word === '' && isOperator(this.#peek(), '(') && this.#peek().start === this.#at - 1)
        throw new SyntaxFault('arrays are not part of this small shell');
      if (assignment) assignments.push(assignment);
      else words.push(token.text);
      if (words.length === 1 && assignments.length === 0 && isOperator(this.#peek(), '('))
        return this.#function(token.text);
    }
    if (words.length + assignments.length + redirections.length === 0) throw unexpected(this.#peek());
    return { kind: 'simple', assignments, words, redirections };
  }

  #function(name: string): Command {
    if (isOperator(this.#peek(), '(')) {
      this.#take();
      if (this.#peek().kind === 'end') throw new SyntaxFault("syntax error near unexpected token `newline'");
      this.#expect('operator', ')');
    }
    this.#newlines();
    const body = this.#command();
    if (body.kind !== 'compound') throw new SyntaxFault(`the body of the function ${name} must be { … } or ( … )`);
    return { kind: 'compound', body: { kind: 'function', name, body }, redirections: [] };
  }

  #compound(token: Token): Compound | undefined {
    if (isOperator(token, '(')) {
      const sum = this.#text.startsWith('((', token.start) ? this.#arithmetic(token.start + 2) : undefined;
      if (sum) return sum;
      this.#take();
      const list = this.#body();
      this.#expect('operator', ')');
      return { kind: 'subshell', list };
    }
    if (token.kind !== 'word' || !reserved.has(token.text)) return undefined;
    switch (token.text) {
      case '{': {
        this.#take();
        const list = this.#body();
        this.#expect('word', '}');
        return { kind: 'group', list };
      }
      case 'if':
        return this.#if();
      case 'while':
      case 'until': {
        this.#take();
        const test = this.#body();
        return { kind: token.text, test, list: this.#doDone() };
      }
      case 'for':
        return this.#for();
      case 'case':
        return this.#case();
      case '[[':
        return this.#test();
      case 'function': {
        this.#take();
        const { text } = this.#word();
        const made = this.#function(text);
        return made.kind === 'compound' ? made.body : undefined;
      }
      case 'select':
      case 'coproc':
      case 'time':
        throw new SyntaxFault(`\`${token.text}' is not part of this small shell`);
      default:
        return undefined;
    }
  }

  #if(): Compound {
    const branches: Branch[] = [];
    do {
      this.#take();
      const test = this.#body();
      this.#expect('word', 'then');
      branches.push({ test, list: this.#body() });
    } while (this.#isWord('elif'));
    let otherwise: List | undefined;
    if (this.#isWord('else')) {
      this.#take();
      otherwise = this.#body();
    }
    this.#expect('word', 'fi');
    return { kind: 'if', branches, otherwise };
  }

  #for(): Compound {
    this.#take();
    if (this.#text.startsWith('((', this.#peek().start))
      throw new SyntaxFault("`for ((…))' is not part of this small shell; use `for x in …' or `while'");
    const name = this.#word().text;
    if (!/^[A-Za-z_]\w*$/.test(name)) throw new SyntaxFault(`\`${name}': not a valid identifier`);
    this.#newlines();
    let words: string[] | undefined;
    if (this.#isWord('in')) {
      this.#take();
      words = [];
      while (this.#peek().kind === 'word') words.push(this.#take().text);
      const end = this.#take();
      if (!isOperator(end, ';') && end.kind !== 'newline') throw unexpected(end);
    } else if (isOperator(this.#peek(), ';')) this.#take();
    this.#newlines();
    return { kind: 'for', name, words, list: this.#doDone() };
  }

  #doDone(): List {
    this.#expect('word', 'do');
    const list = this.#body();
    this.#expect('word', 'done');
    return list;
  }

  #case(): Compound {
    this.#take();
    const word = this.#word().text;
    this.#newlines();
    this.#expect('word', 'in');
    const items: CaseItem[] = [];
    for (;;) {
      this.#newlines();
      if (this.#isWord('esac')) break;
      if (this.#peek().kind === 'end') throw unexpected(this.#peek());
      if (isOperator(this.#peek(), '(')) this.#take();
      const patterns = [this.#word().text];
      while (isOperator(this.#peek(), '|')) {
        this.#take();
        patterns.push(this.#word().text);
      }
      this.#expect('operator', ')');
      const list = this.#list();
      const end = isOperator(this.#peek(), ';;', ';&', ';;&') ? (this.#take().text as CaseItem['end']) : undefined;
      items.push({ patterns, list, end: end ?? ';;' });
      if (!end) break;
    }
    this.#newlines();
    this.#expect('word', 'esac');
    return { kind: 'case', word, items };
  }

  /** `[[ … ]]`: its operators are words here. */
  #test(): Compound {
    this.#take();
    const words: string[] = [];
    for (;;) {
      const token = this.#take();
      if (token.kind === 'end') throw unexpected(token);
      if (token.kind === 'newline') continue;
      if (token.kind === 'word' && token.text === ']]') return { kind: 'test', words };
      if (token.kind === 'operator' && !['&&', '||', '(', ')', '<', '>'].includes(token.text)) throw unexpected(token);
      words.push(token.text);
      if (token.text === '=~' && words.length > 1) words.push(this.#expression());
    }
  }

  /** The right side of `=~`, up to a space that is in no brackets. */
  #expression(): string {
    const text = this.#text;
    while (/[ \t]/.test(text[this.#at] ?? '')) this.#at++;
    const start = this.#at;
    let depth = 0;
    while (this.#at < text.length && (depth > 0 || !/[\s)]/.test(text[this.#at] as string))) {
      if (text[this.#at] === '(') depth++;
      else if (text[this.#at] === ')') depth--;
      const end = skipPiece(text, this.#at);
      if (end < 0) throw this.#unclosed(start);
      this.#at = end;
    }
    return text.slice(start, this.#at);
  }

  /** `((…))`; undefined where it is one subshell in another one. */
  #arithmetic(from: number): Compound | undefined {
    const end = skipUntil(this.#text, from, '(', ')');
    if (end < 0) throw eof(')');
    if (this.#text[end] !== ')') return undefined;
    this.#next = undefined;
    this.#at = end + 1;
    return { kind: 'arithmetic', text: this.#text.slice(from, end - 1) };
  }

  #redirection(): Redirection | undefined {
    const token = this.#peek();
    let fd: number | undefined;
    if (token.kind === 'number') fd = Number(this.#take().text);
    const operator = this.#peek();
    if (operator.kind !== 'operator' || !isRedirection(operator.text)) return undefined;
    this.#take();
    if (isOperator(this.#peek(), '(') && (operator.text === '<' || operator.text === '>'))
      throw new SyntaxFault(`\`${operator.text}(…)' is not part of this small shell`);
    const { text: word } = this.#word();
    const redirection: Redirection = { fd, operator: operator.text, word };
    if (operator.text === '<<' || operator.text === '<<-') this.#waiting.push(redirection);
    return redirection;
  }

  /** The lines after the one that has `<<`. */
  #hereDocuments(): void {
    for (const document of this.#waiting.splice(0)) {
      const end = document.word.replace(/['"\\]/g, '');
      const isQuoted = end !== document.word;
      const lines: string[] = [];
      for (;;) {
        if (this.#at >= this.#text.length)
          throw new SyntaxFault(`here-document delimited by end-of-file (wanted \`${end}')`, true);
        let whole = this.#restOfLine();
        while (!isQuoted && /(^|[^\\])(\\\\)*\\$/.test(whole) && this.#at < this.#text.length)
          whole = whole.slice(0, -1) + this.#restOfLine();
        const line = document.operator === '<<-' ? whole.replace(/^\t+/, '') : whole;
        if (line === end) break;
        lines.push(`${line}\n`);
      }
      document.body = lines.join('');
    }
  }

  #restOfLine(): string {
    const newline = this.#text.indexOf('\n', this.#at);
    const line = this.#text.slice(this.#at, newline < 0 ? undefined : newline);
    this.#at = newline < 0 ? this.#text.length : newline + 1;
    return line;
  }

  // Tokens

  #peek(): Token {
    this.#next ??= this.#read();
    return this.#next;
  }

  #take(): Token {
    const token = this.#peek();
    this.#next = undefined;
    if (token.kind === 'newline') this.#hereDocuments();
    return token;
  }

  #word(): Token {
    const token = this.#take();
    if (token.kind === 'end') throw new SyntaxFault("syntax error near unexpected token `newline'");
    if (token.kind !== 'word') throw unexpected(token);
    return token;
  }

  #isWord(text: string): boolean {
    const token = this.#peek();
    return token.kind === 'word' && token.text === text;
  }

  #expect(kind: 'word' | 'operator', text: string): void {
    const token = this.#take();
    if (token.kind !== kind || token.text !== text) throw unexpected(token);
  }

  #newlines(): void {
    while (this.#peek().kind === 'newline') this.#take();
  }

  /** Replaces an alias that stands where a command begins. */
  #replaceAlias(): void {
    for (;;) {
      const token = this.#peek();
      const value = token.kind === 'word' ? this.#aliases.get(token.text) : undefined;
      const rest = this.#text.length - this.#at;
      this.#replaced = this.#replaced.filter((old) => rest > old.rest);
      if (value === undefined || this.#replaced.some(({ name }) => name === token.text)) return;
      this.#replaced.push({ name: token.text, rest });
      this.#text = `${this.#text.slice(0, token.start)}${value}${this.#text.slice(this.#at)}`;
      this.#at = token.start;
      this.#next = undefined;
    }
  }

  #read(): Token {
    const text = this.#text;
    for (;;) {
      while (text[this.#at] === ' ' || text[this.#at] === '\t' || text[this.#at] === '\r') this.#at++;
      if (text.startsWith('\\\n', this.#at)) this.#at += 2;
      else if (text[this.#at] === '#') {
        const end = text.indexOf('\n', this.#at);
        this.#at = end < 0 ? text.length : end;
      } else break;
    }
    const start = this.#at;
    if (start >= text.length) {
      if (this.#waiting.length > 0) this.#hereDocuments();
      return { kind: 'end', text: 'newline', start };
    }
    if (text[start] === '\n') {
      this.#at++;
      return { kind: 'newline', text: 'newline', start };
    }
    const number = /^\d+(?=[<>])/.exec(text.slice(start, start + 12));
    if (number) {
      this.#at += number[0].length;
      return { kind: 'number', text: number[0], start };
    }
    const operator = byLength.find((known) => text.startsWith(known, start));
    if (operator) {
      this.#at += operator.length;
      return { kind: 'operator', text: operator, start };
    }
    const end = skipWord(text, start);
    if (end < 0) throw this.#unclosed(start);
    this.#at = end;
    const word = text.slice(start, end);
    if (this.#nesting < nestingMax) for (const inner of substitutionsIn(word)) this.#check(inner);
    return { kind: 'word', text: word, start };
  }

  /** bash understands what is in `$(…)` along with the line: a mistake there keeps all of it from being run. */
  #check(inner: string): void {
    const fault = parseWithin(inner, this.#aliases, this.#nesting + 1);
    if (!(fault instanceof SyntaxFault)) return;
    throw fault.incomplete || fault.message.endsWith("`newline'")
      ? new SyntaxFault("syntax error near unexpected token `)'")
      : fault;
  }

  /** What is wrong where the pieces from `start` on come to no end. */
  #unclosed(start: number): SyntaxFault {
    const text = this.#text;
    let at = start;
    let within = '';
    for (;;) {
      const end = at >= text.length ? text.length : within === '"' && text[at] === "'" ? at + 1 : skipPiece(text, at);
      if (at >= text.length) return eof(within);
      if (end >= 0) at = end;
      else if (text[at] === '"') {
        within = '"';
        at++;
      } else if (text.startsWith('${', at)) {
        within = '}';
        at += 2;
      } else if (text.startsWith('$(', at)) return this.#unclosedCommand(text.slice(at + 2));
      else return eof(text[at] === '$' ? (text[at + 1] as string) : (text[at] as string));
    }
  }

  #unclosedCommand(inner: string): SyntaxFault {
    const fault = this.#nesting < nestingMax ? parseWithin(inner, this.#aliases, this.#nesting + 1) : undefined;
    const isNamed =
      fault instanceof SyntaxFault &&
      (!fault.incomplete || fault.message.startsWith('unexpected EOF')) &&
      inner[0] !== '(';
    return isNamed ? fault : eof(')');
  }
}

/** The scripts of the command substitutions of a word, but for those in backquotes: these are read when they are run. */
const substitutionsIn = (word: string): readonly string[] => {
  const found: string[] = [];
  let inDouble = false;
  for (let at = 0; at < word.length; ) {
    if (word[at] === '"') {
      inDouble = !inDouble;
      at++;
    } else if (word.startsWith('$(', at)) {
      const end = skipPiece(word, at);
      const inner = word.slice(at + 2, end - 1);
      const isSum = isArithmetic(inner);
      if (!isSum) found.push(inner);
      at = isSum ? at + 3 : end;
    } else if (word.startsWith('${', at)) at += 2;
    else if (word[at] === "'" && inDouble) at++;
    else {
      const end = skipPiece(word, at);
      at = end < 0 ? at + 1 : end;
    }
  }
  return found;
};

const isOperator = (token: Token, ...texts: readonly string[]): boolean =>
  token.kind === 'operator' && texts.includes(token.text);

const isRedirection = (text: string): text is RedirectionOperator =>
  (redirectionOperators as readonly string[]).includes(text);

export const assignmentOf = (word: string): Assignment | undefined => {
  const found = /^([A-Za-z_]\w*)(\+?)=/.exec(word);
  if (!found) return undefined;
  const [whole, name, plus] = found;
  return { name: name as string, append: plus === '+', word: word.slice(whole.length) };
};

const unexpected = (token: Token): SyntaxFault =>
  token.kind === 'end'
    ? new SyntaxFault('syntax error: unexpected end of file', true)
    : new SyntaxFault(`syntax error near unexpected token \`${token.text}'`);

const eof = (char: string): SyntaxFault =>
  new SyntaxFault(`unexpected EOF while looking for matching \`${char}'`, true);
