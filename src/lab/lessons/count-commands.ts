import { parse, SyntaxFault } from '../shell/parse.ts';
import type { Command, Compound, List } from '../shell/syntax.ts';

/**
 * How many commands a line is: `a; b`, `a && b` and `a | b` are two, and a loop is what it repeats. What the shell
 * cannot understand is one.
 */
export const countCommands = (line: string): number => {
  try {
    const list = parse(line);
    return list instanceof SyntaxFault ? 1 : inList(list);
  } catch (error) {
    // Thousands of parentheses: the shell refuses them, too.
    if (error instanceof RangeError) return 1;
    throw error;
  }
};

const sum = <T>(items: readonly T[], count: (item: T) => number): number =>
  items.reduce((all, item) => all + count(item), 0);

const inList = (list: List): number =>
  sum(list, ({ first, rest }) =>
    sum([first, ...rest.map(({ pipeline }) => pipeline)], ({ commands }) => sum(commands, inCommand)),
  );

const inCommand = (command: Command): number => (command.kind === 'simple' ? 1 : inCompound(command.body));

const inCompound = (body: Compound): number => {
  switch (body.kind) {
    case 'group':
    case 'subshell':
    case 'for':
      return inList(body.list);
    case 'if':
      return sum(body.branches, ({ test, list }) => inList(test) + inList(list)) + inList(body.otherwise ?? []);
    case 'while':
    case 'until':
      return inList(body.test) + inList(body.list);
    case 'case':
      return sum(body.items, ({ list }) => inList(list));
    case 'test':
    case 'arithmetic':
      return 1;
    case 'function':
      return inCommand(body.body);
  }
};
