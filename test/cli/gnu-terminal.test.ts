/** GNU's programs print names raw. So do ours, but never on a terminal. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Scratch } from '../scratch.ts';
import { bash } from './lw.ts';

/** A link whose text and an option whose name hold an escape sequence; the text holds a byte that is no text, too. */
const inScratch = (command: string): string => {
  using scratch = new Scratch();
  const { out } = bash(`cd '${scratch.path}' && ln -s $'a\\e[31mb\\xff' l && ${command} 2>&1`);
  return out;
};

const onTerminal = (command: string): string => inScratch(`script -qec "${command}" /dev/null`);

test('readlink gives the very bytes to a pipe and escapes them on a terminal', () => {
  assert.equal(inScratch('$LW readlink l | od -An -tx1').trim(), '61 1b 5b 33 31 6d 62 ff 0a');
  assert.equal(onTerminal('$LW readlink l').trimEnd(), 'a\\e[31mb\\xff');
});

test('an option that does not exist is not obeyed by the terminal', () => {
  assert.ok(inScratch("$LW ln --$'\\e[31m'").includes("unrecognized option '--\u001b[31m'"));
  assert.match(onTerminal("$LW ln --$'\\e[31m'"), /unrecognized option '--\\e\[31m'/);
});

test('what is printed on the way is escaped too', () => {
  assert.match(onTerminal("$LW ln -sv $'\\u202ereversed' m"), /\\u202ereversed/);
});
