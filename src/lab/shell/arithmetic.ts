/** Where variables of an expression come from and go to. */
export interface Variables {
  get(name: string): string | undefined;
  set(name: string, value: string): void;
}

/** `$((…))` in 64 bits; undefined with `complaint` in bash's words where it is none. */
export const arithmetic = (text: string, variables: Variables): bigint | { readonly complaint: string } => {
  try {
    return new Expression(text, variables).value();
  } catch (error) {
    if (error instanceof BadExpression) return { complaint: error.message };
    throw error;
  }
};

class BadExpression extends Error {}

const binary: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['|'],
  ['^'],
  ['&'],
  ['==', '!='],
  ['<=', '>=', '<', '>'],
  ['<<', '>>'],
  ['+', '-'],
  ['*', '/', '%'],
];

const tokens = /\d[\w#@]*|[A-Za-z_]\w*|<<=|>>=|\*\*|\+\+|--|&&|\|\||<<|>>|[-+*/%&|^=!<>]=|[^\s\w]/g;

const assignments = ['=', '+=', '-=', '*=', '/=', '%=', '<<=', '>>=', '&=', '^=', '|='];
const noOperator = 'syntax error: invalid arithmetic operator';
const depthMax = 50;

class Expression {
  readonly #text: string;
  readonly #variables: Variables;
  readonly #tokens: readonly string[];
  /** Where each of them begins. */
  readonly #starts: readonly number[];
  #at = 0;
  #depth: number;
  /** Within the side of `&&` that does not count: nothing is set. */
  #idle = 0;

  constructor(text: string, variables: Variables, depth = 0) {
    this.#text = text;
    this.#variables = variables;
    this.#depth = depth;
    const found = [...text.matchAll(tokens)];
    this.#tokens = found.map(([token]) => token);
    this.#starts = found.map(({ index }) => index);
  }

  value(): bigint {
    if (this.#tokens.length === 0) return 0n;
    const value = this.#comma();
    const rest = this.#tokens[this.#at];
    if (rest !== undefined)
      throw this.#bad(/^[-\w+*/%&|^=!<>?:,()~]/.test(rest) ? 'syntax error in expression' : noOperator);
    return value;
  }

  #comma(): bigint {
    let value = this.#assignment();
    while (this.#take(',')) value = this.#assignment();
    return value;
  }

  #assignment(): bigint {
    if (++this.#depth > depthMax) throw this.#bad('expression recursion level exceeded');
    const name = this.#tokens[this.#at] ?? '';
    const operator = this.#tokens[this.#at + 1] ?? '';
    let value: bigint;
    if (isName(name) && assignments.includes(operator)) {
      this.#at += 2;
      const start = this.#at;
      const before = operator === '=' ? 0n : this.#read(name);
      const right = this.#assignment();
      value = operator === '=' ? right : this.#apply(operator.slice(0, -1), before, right, start);
      this.#write(name, value);
    } else {
      value = this.#conditional();
      if (assignments.includes(this.#tokens[this.#at] ?? '')) throw this.#bad('attempted assignment to non-variable');
    }
    this.#depth--;
    return value;
  }

  #conditional(): bigint {
    const test = this.#binary(0);
    if (!this.#take('?')) return test;
    const yes = this.#idly(test === 0n, () => this.#assignment());
    if (!this.#take(':')) throw this.#bad("`:' expected for conditional expression");
    const no = this.#idly(test !== 0n, () => this.#assignment());
    return test === 0n ? no : yes;
  }

  #binary(level: number): bigint {
    const known = binary[level];
    if (!known) return this.#power();
    let left = this.#binary(level + 1);
    for (;;) {
      const operator = this.#tokens[this.#at] ?? '';
      if (!known.includes(operator)) return left;
      this.#at++;
      const start = this.#at;
      if (operator === '&&' || operator === '||') {
        const decided = (operator === '&&') === (left === 0n);
        const right = this.#idly(decided, () => this.#binary(level + 1));
        left = BigInt(decided ? operator === '||' : right !== 0n);
      } else left = this.#apply(operator, left, this.#binary(level + 1), start);
    }
  }

  #power(): bigint {
    const base = this.#unary();
    if (!this.#take('**')) return base;
    const exponent = this.#power();
    if (exponent < 0n) throw this.#bad('exponent less than 0');
    let value = 1n;
    for (let bit = 1n << 62n; bit > 0n; bit >>= 1n) {
      value = wrap(value * value);
      if (exponent & bit) value = wrap(value * base);
    }
    return value;
  }

  #unary(): bigint {
    if (++this.#depth > depthMax) throw this.#bad('expression recursion level exceeded');
    const value = this.#prefix();
    this.#depth--;
    return value;
  }

  #prefix(): bigint {
    if (this.#take('-')) return wrap(-this.#unary());
    if (this.#take('+')) return this.#unary();
    if (this.#take('!')) return BigInt(this.#unary() === 0n);
    if (this.#take('~')) return ~this.#unary();
    for (const [operator, by] of [
      ['++', 1n],
      ['--', -1n],
    ] as const) {
      if (this.#tokens[this.#at] !== operator || !isName(this.#tokens[this.#at + 1] ?? '')) continue;
      const name = this.#tokens[this.#at + 1] as string;
      this.#at += 2;
      const value = wrap(this.#read(name) + by);
      this.#write(name, value);
      return value;
    }
    return this.#primary();
  }

  #primary(): bigint {
    const token = this.#tokens[this.#at++] ?? '';
    if (token === '(') {
      const value = this.#comma();
      if (!this.#take(')')) throw this.#bad("missing `)'");
      return value;
    }
    if (isName(token)) {
      const value = this.#read(token);
      if (this.#take('++')) this.#write(token, wrap(value + 1n));
      else if (this.#take('--')) this.#write(token, wrap(value - 1n));
      return value;
    }
    if (/^(0[xX][0-9A-Fa-f]+|0[0-7]*|[1-9]\d*)$/.test(token))
      return wrap(BigInt(/^0[0-7]/.test(token) ? `0o${token.slice(1)}` : token));
    if (/^\d+#/.test(token)) return this.#based(token);
    if (/^\d/.test(token)) throw this.#badNumber('value too great for base');
    throw this.#bad('syntax error: operand expected', this.#at - 1);
  }

  /** `2#101`: above 36 small letters come before large ones, then `@` and `_`. */
  #based(token: string): bigint {
    const [, base = '', digits = ''] = /^(\d+)#(.*)$/.exec(token) ?? [];
    const radix = Number(base);
    if (radix < 2 || radix > 64 || base.startsWith('0')) throw this.#badNumber('invalid arithmetic base');
    let value = 0n;
    for (const char of radix > 36 ? digits : digits.toLowerCase()) {
      const digit = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ@_'.indexOf(char);
      if (digit >= radix) throw this.#badNumber('value too great for base');
      value = wrap(value * BigInt(radix) + BigInt(digit));
    }
    if (digits === '') throw this.#badNumber('invalid integer constant');
    return value;
  }

  /** `start`: the token at which the right side begins. */
  #apply(operator: string, left: bigint, right: bigint, start: number): bigint {
    switch (operator) {
      case '+':
        return wrap(left + right);
      case '-':
        return wrap(left - right);
      case '*':
        return wrap(left * right);
      case '/':
      case '%':
        if (right === 0n) {
          if (this.#idle > 0) return 0n;
          throw this.#bad('division by 0', start);
        }
        return wrap(operator === '/' ? left / right : left % right);
      case '<<':
        return wrap(left << (right & 63n));
      case '>>':
        return left >> (right & 63n);
      case '<':
        return BigInt(left < right);
      case '>':
        return BigInt(left > right);
      case '<=':
        return BigInt(left <= right);
      case '>=':
        return BigInt(left >= right);
      case '==':
        return BigInt(left === right);
      case '!=':
        return BigInt(left !== right);
      case '&':
        return left & right;
      case '^':
        return left ^ right;
      default:
        return left | right;
    }
  }

  #idly(isIdle: boolean, work: () => bigint): bigint {
    if (isIdle) this.#idle++;
    const value = work();
    if (isIdle) this.#idle--;
    return value;
  }

  #read(name: string): bigint {
    const value = this.#variables.get(name) ?? '';
    return value.trim() === '' ? 0n : new Expression(value, this.#variables, this.#depth + 1).value();
  }

  #write(name: string, value: bigint): void {
    if (this.#idle === 0) this.#variables.set(name, String(value));
  }

  #take(token: string): boolean {
    if (this.#tokens[this.#at] !== token) return false;
    this.#at++;
    return true;
  }

  /** Of a number nothing after it is told. */
  #badNumber(why: string): BadExpression {
    const token = this.#tokens[this.#at - 1] ?? '';
    const end = (this.#starts[this.#at - 1] ?? 0) + token.length;
    return new BadExpression(`${this.#text.slice(0, end).trimStart()}: ${why} (error token is "${token}")`);
  }

  /** What is left from a token on is told; at the end it is the last token. */
  #bad(why: string, at = this.#at): BadExpression {
    const rest = this.#text.slice(this.#starts[Math.min(at, this.#starts.length - 1)] ?? 0);
    return new BadExpression(`${this.#text.trimStart()}: ${why} (error token is "${rest}")`);
  }
}

const isName = (token: string): boolean => /^[A-Za-z_]/.test(token);
const wrap = (value: bigint): bigint => BigInt.asIntN(64, value);
