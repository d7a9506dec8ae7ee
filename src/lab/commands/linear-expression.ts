import { Exhausted } from '../exhausted.ts';

/** How many steps matching may still take: set at the beginning of each line, which is over before another begins. */
export const patternWork = { left: Infinity };

/** Some seconds on a slow machine. */
export const patternWorkMax = 1_000_000;

/**
 * A regular expression whose matching takes time in proportion to the text, whatever the pattern: all ways through it are
 * followed at once (Thompson's construction with Pike's captures), the preferred one first, so it finds what RegExp
 * would. Backreferences need RegExp itself, and are refused where that could take long.
 */
export class LinearExpression extends RegExp {
  readonly #program: Program | undefined;
  /** RegExp itself tries at most the square of a text's length. */
  readonly #isQuick: boolean;

  constructor(source: string | RegExp, flags?: string) {
    super(source, flags);
    this.#isQuick = !/[({\\]/.test(this.source) && (this.source.match(/[*+?]/g) ?? []).length < 2;
    this.#program = /\\[1-9]/.test(this.source) ? undefined : new Compiler(this.source, this.flags).program();
  }

  override exec(text: string): RegExpExecArray | null {
    if (this.#isQuick && text.length < 500) return super.exec(text);
    if (!this.#program) {
      if (text.length > 200 || (this.source.match(/[*+{]/g) ?? []).length > 3 || repeatsChoices(this.source))
        throw new Exhausted('this pattern with a backreference could take too long');
      return super.exec(text);
    }
    const from = this.global ? this.lastIndex : 0;
    const found = from > text.length ? undefined : run(this.#program, text, from);
    if (this.global) this.lastIndex = found?.[1] ?? 0;
    if (!found) return null;
    const groups = Array.from({ length: this.#program.groups + 1 }, (_, group) => {
      const [start, end] = [found[2 * group], found[2 * group + 1]];
      return start === undefined || end === undefined ? undefined : text.slice(start, end);
    });
    return Object.assign(groups as [string, ...string[]], { index: found[0] as number, input: text });
  }
}

/** Whether a group that is repeated has a choice in it: RegExp tries them all, and each turn doubles them. */
const repeatsChoices = (source: string): boolean => {
  const open: { has: boolean }[] = [{ has: false }];
  for (const [sign] of source.matchAll(/\\.|\[(?:\\.|[^\]\\])*\]|\(\??|\)[*+{]?|[*+?{|]/gsu)) {
    const inner = open.at(-1);
    if (sign.startsWith('(')) open.push({ has: false });
    else if (sign.startsWith(')')) {
      const closed = open.pop();
      if (closed?.has && sign.length > 1) return true;
      const outer = open.at(-1);
      if (outer && (closed?.has || sign.length > 1)) outer.has = true;
    } else if (inner && /^[*+?{|]/.test(sign)) inner.has = true;
  }
  return false;
};

type Step =
  | { readonly kind: 'char'; readonly fits: (char: string) => boolean }
  | { readonly kind: 'assert'; readonly holds: (text: string, at: number) => boolean }
  | { readonly kind: 'save'; readonly slot: number }
  /** The first way is preferred. */
  | { readonly kind: 'split'; ways: readonly number[] }
  | { readonly kind: 'end' };

interface Program {
  readonly steps: readonly Step[];
  readonly groups: number;
}

const stepsMax = 4000;
const depthMax = 200;

/** Compiles what `basicPattern` writes: RegExp's own language without lookarounds, but for word borders. */
class Compiler {
  readonly #source: string;
  readonly #flags: string;
  readonly #steps: Step[] = [];
  #at = 0;
  #groups = 0;
  #depth = 0;

  constructor(source: string, flags: string) {
    this.#source = source;
    this.#flags = flags.replace(/[gy]/g, '');
  }

  program(): Program {
    this.#add({ kind: 'save', slot: 0 });
    this.#either();
    this.#add({ kind: 'save', slot: 1 });
    this.#add({ kind: 'end' });
    return { steps: this.#steps, groups: this.#groups };
  }

  #either(): void {
    if (++this.#depth > depthMax) throw new Exhausted('this pattern is too deep');
    const jumps: number[] = [];
    for (;;) {
      const split = this.#add({ kind: 'split', ways: [] });
      this.#sequence();
      if (this.#source[this.#at] !== '|') {
        this.#to(split, split + 1);
        break;
      }
      this.#at++;
      jumps.push(this.#add({ kind: 'split', ways: [] }));
      this.#to(split, split + 1, this.#steps.length);
    }
    for (const jump of jumps) this.#to(jump, this.#steps.length);
    this.#depth--;
  }

  #sequence(): void {
    while (this.#at < this.#source.length && !'|)'.includes(this.#source[this.#at] as string)) {
      const [from, source, groups] = [this.#steps.length, this.#at, this.#groups];
      this.#atom();
      const after = this.#at;
      const [least, most] = this.#repetition();
      if (least === 1 && most === 1) continue;
      const again = (): void => {
        const end = this.#at;
        [this.#at, this.#groups] = [source, groups];
        this.#atom();
        this.#at = end;
      };
      const end = this.#at;
      this.#steps.length = from;
      for (let count = 0; count < least; count++) again();
      if (most === Infinity) {
        const split = this.#add({ kind: 'split', ways: [] });
        again();
        const back = this.#add({ kind: 'split', ways: [] });
        this.#to(back, split);
        this.#to(split, split + 1, this.#steps.length);
      } else {
        const splits: number[] = [];
        for (let count = least; count < most; count++) {
          splits.push(this.#add({ kind: 'split', ways: [] }));
          again();
        }
        for (const split of splits) this.#to(split, split + 1, this.#steps.length);
      }
      if (most === 0) {
        // The groups in it count, though nothing of it is there.
        again();
        this.#steps.length = from;
      }
      this.#at = Math.max(end, after);
    }
  }

  #repetition(): readonly [least: number, most: number] {
    let [least, most] = [1, 1];
    for (;;) {
      const char = this.#source[this.#at];
      const count = /^\{(\d+)(,?)(\d*)\}/.exec(this.#source.slice(this.#at, this.#at + 24));
      if (char === '*') [least, most] = [0, Infinity];
      else if (char === '+') most = Infinity;
      else if (char === '?') least = 0;
      else if (count) {
        least = Number(count[1]);
        most = count[2] === '' ? least : count[3] === '' ? Infinity : Number(count[3]);
        if (Math.max(least, most === Infinity ? 0 : most) > 1000) throw new Exhausted('this pattern repeats too often');
      } else return [least, most];
      this.#at += count?.[0].length ?? 1;
    }
  }

  #atom(): void {
    const source = this.#source;
    const char = source[this.#at] as string;
    const assertion = /^(?:\\b\(\?=\\w\)|\\b\(\?<=\\w\)|\(\?<!\\w\)|\(\?!\\w\)|\\b|\\B|\^|\$)/.exec(
      source.slice(this.#at, this.#at + 12),
    )?.[0];
    if (assertion !== undefined) {
      this.#at += assertion.length;
      this.#add({ kind: 'assert', holds: assertions[assertion] as (text: string, at: number) => boolean });
      return;
    }
    if (char === '(') {
      const isPlain = source.startsWith('(?:', this.#at);
      this.#at += isPlain ? 3 : 1;
      const slot = isPlain ? undefined : ++this.#groups * 2;
      if (slot !== undefined) this.#add({ kind: 'save', slot });
      this.#either();
      if (slot !== undefined) this.#add({ kind: 'save', slot: slot + 1 });
      this.#at++;
      return;
    }
    const set =
      /^(?:\[(?:\\[pP]\{\w+\}|\\.|[^\]\\])*\]|\\[pP]\{\w+\}|\\.|[\s\S])/u.exec(source.slice(this.#at))?.[0] ?? char;
    this.#at += set.length;
    const one = new RegExp(`^${set}$`, this.#flags);
    const known = new Map<string, boolean>();
    this.#add({
      kind: 'char',
      fits: (given) => {
        const before = known.get(given);
        if (before !== undefined) return before;
        const fits = one.test(given);
        known.set(given, fits);
        return fits;
      },
    });
  }

  #add(step: Step): number {
    if (this.#steps.length >= stepsMax) throw new Exhausted('this pattern is too long');
    return this.#steps.push(step) - 1;
  }

  #to(index: number, ...ways: readonly number[]): void {
    const step = this.#steps[index];
    if (step?.kind === 'split') step.ways = ways;
  }
}

const isWordAt = (text: string, at: number): boolean => /\w/.test(text[at] ?? ' ');
const isBorder = (text: string, at: number): boolean => isWordAt(text, at - 1) !== isWordAt(text, at);

const assertions: Readonly<Record<string, (text: string, at: number) => boolean>> = {
  '^': (_text, at) => at === 0,
  $: (text, at) => at === text.length,
  '\\b': isBorder,
  '\\B': (text, at) => !isBorder(text, at),
  '(?<!\\w)': (text, at) => !isWordAt(text, at - 1),
  '(?!\\w)': (text, at) => !isWordAt(text, at),
  '\\b(?=\\w)': (text, at) => isBorder(text, at) && isWordAt(text, at),
  '\\b(?<=\\w)': (text, at) => isBorder(text, at) && isWordAt(text, at - 1),
};

type Slots = readonly (number | undefined)[];

/** Where the first match from `from` on begins and ends, and its groups; undefined for none. */
const run = ({ steps }: Program, text: string, from: number): Slots | undefined => {
  let threads: { readonly at: number; readonly slots: Slots }[] = [];
  let found: Slots | undefined;
  const marks = new Int32Array(steps.length).fill(-1);
  const follow = (into: typeof threads, first: number, position: number, before: Slots): void => {
    const waiting: { readonly at: number; readonly slots: Slots }[] = [{ at: first, slots: before }];
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      const { at, slots } = next;
      if (marks[at] === position) continue;
      marks[at] = position;
      const step = steps[at] as Step;
      if (step.kind === 'split')
        for (let way = step.ways.length - 1; way >= 0; way--) waiting.push({ at: step.ways[way] as number, slots });
      else if (step.kind === 'save')
        waiting.push({ at: at + 1, slots: Object.assign([...slots], { [step.slot]: position }) });
      else if (step.kind === 'assert') {
        if (step.holds(text, position)) waiting.push({ at: at + 1, slots });
      } else into.push(next);
    }
  };
  for (let position = from; ; ) {
    if (!found) follow(threads, 0, position, []);
    const char = position < text.length ? String.fromCodePoint(text.codePointAt(position) as number) : undefined;
    const after = position + (char?.length ?? 1);
    const next: typeof threads = [];
    patternWork.left -= threads.length;
    if (patternWork.left < 0) throw new Exhausted('this pattern takes too long');
    for (const { at, slots } of threads) {
      const step = steps[at] as Step;
      if (step.kind === 'end') {
        found = slots;
        break;
      }
      if (step.kind === 'char' && char !== undefined && step.fits(char)) follow(next, at + 1, after, slots);
    }
    if (char === undefined || (found && next.length === 0)) return found;
    threads = next;
    position = after;
  }
};
