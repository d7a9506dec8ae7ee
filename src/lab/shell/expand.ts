import { Exhausted } from '../exhausted.ts';
import { firstPid } from '../session.ts';
import { users } from '../users.ts';
import { arithmetic } from './arithmetic.ts';
import { expandBraces } from './braces.ts';
import { shellQuoted } from './builtins/echo.ts';
import { glob } from './glob.ts';
import { isPattern, matches, quotePattern } from './pattern.ts';
import { Leave, type Run, spend, spendText } from './run.ts';
import { complain } from './streams.ts';
import { type Parameter, type Part, type Reading, wellMade, wordParts } from './word-parts.ts';

/** Runs the text of `$(…)` and answers with what it wrote. */
export type Substitute = (run: Run, script: string) => string;

/** Where tildes are homes: at the start; after `=` and `:` too; or after `:` as in the value of an assignment. */
type Tildes = 'first' | 'argument' | 'value';

/** A word being expanded: as it is, and with what was quoted marked by backslashes. */
interface Field {
  text: string;
  pattern: string;
}

type Add = (text: string, quoted: boolean) => void;

/** Expands words as bash does, in its order: braces, tildes, parameters and commands, splitting, paths. */
export class Expander {
  readonly #run: Run;
  readonly #substitute: Substitute;
  /** A command was substituted: `x=$(false)` has its exit code. */
  substituted = false;

  constructor(run: Run, substitute: Substitute) {
    this.#run = run;
    this.#substitute = substitute;
  }

  words(raw: readonly string[]): readonly string[] {
    // Paths are looked for when all words are known: `echo * $(touch new)`.
    const fields = raw.flatMap((word) => {
      const braced = expandBraces(word);
      if (!braced) throw new Exhausted('these braces stand for too many words');
      spend(this.#run.budget, braced.length);
      return braced.flatMap((one) => this.#fields(this.#parts(one, 'word', 'argument')));
    });
    return this.#paths(fields);
  }

  /** One text: of an assignment, a here-document, a `case`. Nothing is split and no path looked for. */
  text(raw: string, reading: Reading = 'word', tildes: Tildes = 'first'): string {
    return wellMade(
      this.#joined(this.#parts(raw, reading, tildes))
        .map(({ text }) => text)
        .join(' '),
    );
  }

  /** One pattern. */
  pattern(raw: string): string {
    return this.#joined(this.#parts(raw))
      .map(({ pattern }) => pattern)
      .join(' ');
  }

  /** A regular expression: what is quoted means itself. */
  expression(raw: string): string {
    return this.#parts(raw)
      .map((part) => {
        const value = part.kind === 'text' ? part.text : this.#substituted(part);
        return part.quoted ? value.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&') : value;
      })
      .join('');
  }

  /** The word of a redirection: exactly one, or undefined. */
  single(raw: string): string | undefined {
    const words = this.words([raw]);
    return words.length === 1 ? words[0] : undefined;
  }

  arithmetic(text: string): bigint {
    const value = this.sum(this.text(text, 'double'), '');
    if (value === undefined) throw new Leave('fail', 1);
    return value;
  }

  /** The value of an expression in which nothing is left to be expanded; undefined after a complaint in somebody's name. */
  sum(text: string, name: string): bigint | undefined {
    const { session } = this.#run;
    const value = arithmetic(text, {
      get: (name) => {
        const value = this.value(name);
        if (value === undefined && session.options.has('u')) throw this.fail(`${name}: unbound variable`);
        return value;
      },
      set: (name, to) => session.variables.set(name, to),
    });
    if (typeof value === 'bigint') return value;
    complain(this.#run, name + value.complaint);
    return undefined;
  }

  /** Says why an expansion failed; the line ends there. */
  fail(complaint: string): Leave {
    complain(this.#run, complaint);
    return new Leave('fail', 1);
  }

  value(name: string): string | undefined {
    const { session } = this.#run;
    switch (name) {
      case '?':
        return String(session.status);
      case '$':
        return '1000';
      case '#':
        return String(session.positional.length);
      case '!':
        return session.nextPid === firstPid ? undefined : String(session.nextPid - 1);
      case '-':
        return `h${[...session.options].join('')}`;
      case '0':
        return this.#run.script?.name ?? 'bash';
      case '@':
      case '*':
        return session.positional.length === 0 ? undefined : session.positional.join(' ');
      case 'UID':
      case 'EUID':
        return String(session.process.who.uid);
      default:
        return /^\d+$/.test(name) ? session.positional[Number(name) - 1] : session.variables.get(name);
    }
  }

  #parts(raw: string, reading: Reading = 'word', tildes: Tildes = 'first'): readonly Part[] {
    const parts = wordParts(raw, reading);
    if ('bad' in parts) throw this.fail(parts.missing ?? `${parts.bad}: bad substitution`);
    return reading === 'word' ? this.#tildes(parts, tildes) : parts;
  }

  #tildes(parts: readonly Part[], tildes: Tildes): readonly Part[] {
    const [first, second] = parts;
    if (first?.kind !== 'text' || first.quoted || !first.text.includes('~')) return parts;
    // Bash takes any word for an assignment here: `echo x=~`.
    const name = tildes === 'argument' ? (/^[A-Za-z_]\w*\+?=/.exec(first.text)?.[0] ?? '') : '';
    const pieces = tildes === 'value' || name !== '' ? first.text.slice(name.length).split(/(?<=:)/) : [first.text];
    if (name !== '') pieces.unshift(name);
    const out: Part[] = pieces.flatMap((piece, index): Part[] => {
      const prefix = /^~([^/:]*)/.exec(piece);
      if (!prefix || (index === pieces.length - 1 && prefix[0] === piece && second)) return [{ ...first, text: piece }];
      const home = this.#home(prefix[1] as string);
      if (home === undefined) return [{ ...first, text: piece }];
      return [
        { kind: 'text', text: home, quoted: true },
        { ...first, text: piece.slice(prefix[0].length) },
      ];
    });
    return [...out.filter((part) => part.kind !== 'text' || part.quoted || part.text !== ''), ...parts.slice(1)];
  }

  #home(name: string): string | undefined {
    const { session } = this.#run;
    const mine = users.find(({ uid }) => uid === session.process.who.uid)?.home;
    if (name === '') return session.variables.get('HOME') ?? mine;
    if (name === '+') return session.directory;
    if (name === '-') return session.variables.get('OLDPWD');
    return users.find((user) => user.name === name)?.home;
  }

  /** Without splitting: several only for `"$@"`. */
  #joined(parts: readonly Part[]): readonly Field[] {
    const field: Field = { text: '', pattern: '' };
    for (const part of parts) {
      const word = part.kind === 'parameter' && !part.quoted ? this.#wordInstead(part.parameter) : undefined;
      const inner = word && this.#joined(word)[0];
      const value = inner?.text ?? (part.kind === 'text' ? part.text : this.#substituted(part));
      field.text += value;
      field.pattern += inner?.pattern ?? (part.quoted ? quotePattern(value) : value);
    }
    return [field];
  }

  #fields(parts: readonly Part[]): readonly Field[] {
    const fields: Field[] = [];
    let field: Field | undefined;
    const add = (text: string, quoted: boolean): void => {
      field ??= { text: '', pattern: '' };
      field.text += text;
      field.pattern += quoted ? quotePattern(text) : text;
    };
    const end = (): void => {
      if (field) fields.push(field);
      field = undefined;
    };
    this.#split(parts, add, end, false);
    end();
    return fields.length === 1 && fields[0]?.text === '' && this.#isNothing(parts) ? [] : fields;
  }

  /** `"$@$x"` without parameters, and with an empty `x`, is no word. */
  #isNothing(parts: readonly Part[]): boolean {
    if (this.#run.session.positional.length > 0) return false;
    const isAll = (part: Part): boolean =>
      part.kind === 'parameter' &&
      part.quoted &&
      part.parameter.name === '@' &&
      !/[-=?]$/.test(part.parameter.operator);
    return parts.some(isAll) && !parts.some(({ kind, quoted }) => kind === 'text' && quoted);
  }

  /** `nested`: the word of `${x:-a "b c"}`, which has quotes of its own and is split where it has none. */
  #split(parts: readonly Part[], add: Add, end: () => void, nested: boolean): void {
    for (const part of parts) {
      if (part.kind === 'text') {
        if (nested && !part.quoted) this.#splitText(part.text, add, end);
        else add(part.text, part.quoted);
        continue;
      }
      const several = part.kind === 'parameter' ? this.#several(part.parameter, part.quoted) : undefined;
      if (several) {
        several.forEach((text, index) => {
          if (index > 0) end();
          if (part.quoted) add(text, true);
          else this.#splitText(text, add, end);
        });
        continue;
      }
      const word = part.kind === 'parameter' && !part.quoted ? this.#wordInstead(part.parameter) : undefined;
      if (word) {
        this.#split(word, add, end, true);
        continue;
      }
      const value = this.#substituted(part);
      if (part.quoted) add(value, true);
      else this.#splitText(value, add, end);
    }
  }

  #splitText(text: string, add: Add, end: () => void): void {
    const ifs = this.#run.session.variables.get('IFS') ?? ' \t\n';
    let isOpen = false;
    for (let at = 0; at < text.length; ) {
      const char = text[at] as string;
      if (!ifs.includes(char)) {
        let stop = at + 1;
        while (stop < text.length && !ifs.includes(text[stop] as string)) stop++;
        add(text.slice(at, stop), false);
        isOpen = true;
        at = stop;
        continue;
      }
      if (/\s/.test(char)) {
        while (at < text.length && ifs.includes(text[at] as string) && /\s/.test(text[at] as string)) at++;
        const delimiter = text[at];
        end();
        if (isOpen && delimiter !== undefined && ifs.includes(delimiter)) at++;
        isOpen = false;
        continue;
      }
      if (!isOpen) add('', false);
      end();
      isOpen = false;
      at++;
    }
  }

  /** `$@` and `$*`: the values, or undefined if it is neither. */
  #several(parameter: Parameter, quoted: boolean): readonly string[] | undefined {
    const { name, operator, argument, length, indirect } = parameter;
    if ((name !== '@' && name !== '*') || length || indirect) return undefined;
    const { session } = this.#run;
    const given = session.positional;
    // `"${@-word}"` is `"$@"` where there is something.
    const isItself = operator === '' || (/^:?[-=?]$/.test(operator) && given.join('') !== '');
    if (!isItself && /[-=?+]$/.test(operator)) return undefined;
    const values = isItself
      ? given
      : operator === ':'
        ? this.#some(argument)
        : given.map((one) => this.#changed(one, operator, argument));
    if (name === '@' || !quoted) return values;
    const ifs = session.variables.get('IFS');
    return [values.join(ifs === undefined ? ' ' : (ifs[0] ?? ''))];
  }

  /** `${@:2:3}`: some of `$0`, `$1` and so on. */
  #some(argument: string): readonly string[] {
    const [offset = '', size] = argument.split(/:(.*)/s);
    const all = [this.value('0') ?? '', ...this.#run.session.positional];
    const from = Number(this.arithmetic(offset));
    const start = from < 0 ? all.length + from : from;
    const count = size === undefined ? all.length : Number(this.arithmetic(size));
    if (count < 0) throw this.fail(`${size}: substring expression < 0`);
    return start < 0 ? [] : all.slice(start, start + count);
  }

  /** The word that stands in for a value: of `${x:-word}` and its like. */
  #wordInstead(parameter: Parameter): readonly Part[] | undefined {
    const { operator, argument, name, indirect } = parameter;
    if (!['-', ':-', '+', ':+'].includes(operator) || indirect) return undefined;
    const value = this.value(name);
    const isSet = value !== undefined && (operator.length === 1 || value !== '');
    if (isSet !== operator.endsWith('+')) return undefined;
    return this.#parts(argument);
  }

  #paths(fields: readonly Field[]): readonly string[] {
    const { session, budget } = this.#run;
    return fields.flatMap(({ text, pattern }) => {
      if (session.options.has('f') || !isPattern(pattern)) return [wellMade(text)];
      const found = glob(session.process, pattern, (steps) => spend(budget, steps));
      return found.length > 0 ? found : [wellMade(text)];
    });
  }

  #substituted(part: Exclude<Part, { kind: 'text' }>): string {
    switch (part.kind) {
      case 'command':
        this.substituted = true;
        return this.#substitute(this.#run, part.script);
      case 'arithmetic':
        return String(this.arithmetic(part.text));
      case 'parameter': {
        const value = this.#parameter(part.parameter, part.quoted);
        spendText(this.#run.budget, value.length);
        return value;
      }
    }
  }

  #parameter(parameter: Parameter, quoted: boolean): string {
    const { session } = this.#run;
    const { operator, argument, length, indirect } = parameter;
    const name = indirect ? this.#named(parameter.name) : parameter.name;
    const value = this.value(name);
    const word = (): string => this.text(argument, quoted ? 'double' : 'word');
    if (length && (name === '@' || name === '*')) return String(session.positional.length);
    const isMissing = value === undefined || (operator.startsWith(':') && operator.length === 2 && value === '');
    switch (operator.replace(/^:(?=.)/, '')) {
      case '-':
        return isMissing ? word() : value;
      case '+':
        return isMissing ? '' : word();
      case '=': {
        if (!isMissing) return value;
        if (!/^[A-Za-z_]/.test(name)) throw this.fail(`$${name}: cannot assign in this way`);
        const given = word();
        session.variables.set(name, given);
        return given;
      }
      case '?':
        if (!isMissing) return value;
        throw this.fail(
          `${name}: ${argument === '' ? `parameter ${operator === ':?' ? 'null or ' : ''}not set` : word()}`,
        );
    }
    if (value === undefined) {
      if (session.options.has('u') && name !== '@' && name !== '*')
        throw this.fail(`${/^\d/.test(name) ? '$' : ''}${name}: unbound variable`);
      return length ? '0' : '';
    }
    if (length) return String(Array.from(value).length);
    return this.#changed(value, operator, argument);
  }

  /** The variable that another one names. */
  #named(by: string): string {
    const name = this.value(by);
    if (name === undefined) throw this.fail(`${by}: invalid indirect expansion`);
    if (!/^(?:[A-Za-z_]\w*|\d+|[@*#?$!-])$/.test(name)) throw this.fail(`${name}: invalid variable name`);
    return name;
  }

  #changed(value: string, operator: string, argument: string): string {
    switch (operator) {
      case '#':
      case '##':
      case '%':
      case '%%':
        return trim(value, this.pattern(argument), operator, (steps) => spend(this.#run.budget, steps));
      case '/':
      case '//':
      case '/#':
      case '/%':
        return this.#replaced(value, operator, argument);
      case '^':
      case '^^':
      case ',':
      case ',,':
        return this.#cased(Array.from(value), operator, argument);
      case '@':
        if (argument === 'Q') return singleQuoted(value);
        return this.#cased(Array.from(value), { U: '^^', u: '^', L: ',,' }[argument] ?? '', '');
      case ':':
        return this.#cut(Array.from(value), argument);
      default:
        return value;
    }
  }

  /** `^^[a-e]`: only characters that match are changed; without a pattern all. */
  #cased(chars: readonly string[], operator: string, argument: string): string {
    const pattern = argument === '' ? '?' : this.pattern(argument);
    return chars
      .map((char, index) => {
        if ((operator.length === 1 && index > 0) || !matches(pattern, char)) return char;
        return operator.startsWith('^') ? char.toUpperCase() : char.toLowerCase();
      })
      .join('');
  }

  #cut(chars: readonly string[], argument: string): string {
    const [offset, size] = argument.split(/:(.*)/s);
    const from = Number(this.arithmetic(offset as string));
    const start = from < 0 ? chars.length + from : from;
    if (start < 0) return '';
    if (size === undefined) return chars.slice(start).join('');
    const count = Number(this.arithmetic(size));
    const stop = count < 0 ? chars.length + count : start + count;
    if (stop < start && count < 0) throw this.fail(`${size}: substring expression < 0`);
    return chars.slice(start, stop).join('');
  }

  #replaced(value: string, operator: string, argument: string): string {
    const slash = slashIn(argument);
    const pattern = this.pattern(argument.slice(0, slash));
    const by = this.#replacement(argument.slice(slash + 1));
    if (pattern === '') return operator === '/#' ? by('') + value : operator === '/%' ? value + by('') : value;
    if (value === '') return matches(pattern, '') ? by('') : '';
    const chars = Array.from(value);
    let out = '';
    let done = false;
    for (let at = 0; at <= chars.length; ) {
      const stop = done ? -1 : this.#longest(chars, at, pattern, operator);
      if (stop > at) {
        out += by(chars.slice(at, stop).join(''));
        at = stop;
        done = operator !== '//';
      } else out += chars[at++] ?? '';
    }
    return out;
  }

  /** What takes the place of a match; an `&` that is not quoted is the match itself. */
  #replacement(raw: string): (match: string) => string {
    const pieces = this.#parts(raw).flatMap((part) => {
      const value = part.kind === 'text' ? part.text : this.#substituted(part);
      if (part.quoted) return [{ text: value, isMatch: false }];
      return (value.match(/\\[\\&]|&|\\|[^\\&]+/g) ?? []).map((text) => ({
        text: text.replace(/^\\(?=.)/, ''),
        isMatch: text === '&',
      }));
    });
    return (match) => wellMade(pieces.map(({ text, isMatch }) => (isMatch ? match : text)).join(''));
  }

  /** The end of the longest match at a place, -1 for none. */
  #longest(chars: readonly string[], at: number, pattern: string, operator: string): number {
    if (operator === '/#' && at > 0) return -1;
    for (let stop = chars.length; stop > at; stop--) {
      if (operator === '/%' && stop < chars.length) return -1;
      spend(this.#run.budget, 1);
      if (matches(pattern, chars.slice(at, stop).join(''))) return stop;
    }
    return -1;
  }
}

/** `#`, `##`: the shortest or longest beginning that matches goes; `%`, `%%`: the end. */
const trim = (value: string, pattern: string, operator: string, spending: (steps: number) => void): string => {
  const chars = Array.from(value);
  const fromStart = operator.startsWith('#');
  for (let index = 0; index <= chars.length; index++) {
    const size = operator.length === 1 ? index : chars.length - index;
    const at = fromStart ? size : chars.length - size;
    const [head, tail] = [chars.slice(0, at).join(''), chars.slice(at).join('')];
    spending(1);
    if (matches(pattern, fromStart ? head : tail)) return fromStart ? tail : head;
  }
  return value;
};

/** The first slash that is not quoted; the length where there is none. */
const slashIn = (text: string): number => {
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '/') return at;
  }
  return text.length;
};

/** `${x@Q}` */
const singleQuoted = (text: string): string =>
  /\p{Cc}/u.test(text) ? shellQuoted(text) : `'${text.replaceAll("'", "'\\''")}'`;
