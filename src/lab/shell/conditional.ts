import { LinearExpression } from '../commands/linear-expression.ts';
import { basicPattern } from '../commands/regular-expression.ts';
import type { Session } from '../session.ts';
import type { Expander } from './expand.ts';
import { matches } from './pattern.ts';
import { binaryOperators, testOne, testTwo, unaryOperators } from './test-operators.ts';

/** `[[ … ]]`: 0 for true, 1 for false, 2 for what makes no sense. */
export const conditional = (
  session: Session,
  expander: Expander,
  words: readonly string[],
  complain: (text: string) => void,
): number => {
  let at = 0;
  let problem: string | undefined;
  /** A regular expression makes no sense; bash says nothing of it. */
  let wrong = false;
  let wrongNumber = false;

  const or = (): boolean => {
    let value = and();
    while (words[at] === '||') {
      at++;
      const right = and();
      value ||= right;
    }
    return value;
  };
  const and = (): boolean => {
    let value = not();
    while (words[at] === '&&') {
      at++;
      const right = not();
      value &&= right;
    }
    return value;
  };
  const not = (): boolean => {
    if (words[at] !== '!') return one();
    at++;
    return !not();
  };
  const one = (): boolean => {
    const word = words[at] ?? '';
    if (at >= words.length) {
      problem ??= 'syntax error in conditional expression';
      return false;
    }
    at++;
    if (word === '(') {
      const value = or();
      if (words[at] === ')') at++;
      else problem ??= "expected `)'";
      return value;
    }
    const next = words[at];
    if (next !== undefined && (binaryOperators.has(next) || next === '=~')) {
      at++;
      const right = words[at++] ?? '';
      return compare(expander.text(word), next, right);
    }
    if (unaryOperators.has(word) && next !== undefined && next !== ')') {
      at++;
      return testOne(session, word, expander.text(next), (name) => expander.value(name));
    }
    return expander.text(word) !== '';
  };
  const compare = (left: string, operator: string, raw: string): boolean => {
    if (operator === '=~') return fits(left, expander.expression(raw));
    if (comparesNumbers.has(operator))
      return testTwo(session.process, number(left), operator, number(expander.text(raw))) === true;
    if (operator === '=' || operator === '==') return matches(expander.pattern(raw), left);
    if (operator === '!=') return !matches(expander.pattern(raw), left);
    const found = testTwo(session.process, left, operator, expander.text(raw));
    if (typeof found === 'boolean') return found;
    problem ??= found;
    return false;
  };

  const number = (text: string): string => {
    const value = expander.sum(text, '[[: ');
    wrongNumber ||= value === undefined;
    return String(value ?? 0n);
  };
  const fits = (text: string, expression: string): boolean => {
    const source = basicPattern(expression, 'extended');
    if (typeof source !== 'string') {
      wrong = true;
      return false;
    }
    const found = new LinearExpression(source, 'su').exec(text);
    if (found) session.variables.set('BASH_REMATCH', found[0]);
    return found !== null;
  };

  const value = or();
  if (wrong) return 2;
  if (wrongNumber) return 1;
  if (at < words.length) problem ??= 'conditional binary operator expected';
  if (problem === undefined) return value ? 0 : 1;
  complain(problem);
  return 2;
};

const comparesNumbers = new Set(['-eq', '-ne', '-lt', '-le', '-gt', '-ge']);
