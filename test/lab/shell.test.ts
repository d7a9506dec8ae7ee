/** The lab's shell where bash in a script is no measure: what is typed at a terminal, and what must never hang. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newSession, type Session } from '../../src/lab/session.ts';
import { complete, wordStart } from '../../src/lab/shell/complete.ts';
import { prompt } from '../../src/lab/shell/prompt.ts';
import { needsMore, runLine } from '../../src/lab/shell/run-line.ts';
import { random } from '../conformance/random.ts';
import { randomScript } from './random-lines.ts';

const begin = (tree = 'a "hello\\n"\nl -> a\nd/\n  e\n'): Session => newSession({ tree });

/** What comes to the terminal, in its order. */
const typed = (session: Session, ...lines: readonly string[]): string =>
  lines
    .flatMap((line) => runLine(session, line).output)
    .map(({ text }) => text)
    .join('');

test('history: earlier lines come back by number, beginning and last word', () => {
  const session = begin();
  assert.equal(typed(session, 'echo one', '!!'), 'one\necho one\none\n');
  assert.equal(typed(session, 'echo two three', 'echo !$'), 'two three\necho three\nthree\n');
  assert.equal(typed(session, '!1'), 'echo one\none\n');
  assert.equal(typed(session, '!-2'), 'echo three\nthree\n');
  assert.equal(typed(session, '!echo\\ t'), 'bash: !echo\\: event not found\n');
  assert.equal(typed(session, 'echo old', '^old^new'), 'old\necho new\nnew\n');
  assert.equal(typed(session, '^zzz^y'), 'bash: :s^zzz^y: substitution failed\n');
});

test('history: nothing in single quotes or after a backslash', () => {
  const session = begin();
  assert.equal(typed(session, "echo 'wow!!' \\!x a! [!adl]"), 'wow!! !x a! [!adl]\n');
  assert.equal(typed(session, 'echo "oh !nope"'), 'bash: !nope: event not found\n');
  assert.deepEqual(session.history, ["echo 'wow!!' \\!x a! [!adl]"]);
});

test('history: the builtin shows numbered lines', () => {
  assert.equal(typed(begin(), 'echo a >x', 'history'), '    1  echo a >x\n    2  history\n');
});

test('completion of commands, variables and paths', () => {
  const session = begin("abc\nabd/\n'a b'\n$'\\xff\\n'\nld -> abd\n");
  const of = (line: string): readonly string[] => complete(session, line, line.length);
  assert.deepEqual(of('readl'), ['readlink']);
  assert.deepEqual(of('true && unl'), ['unlink']);
  assert.deepEqual(of('ls a'), ['a\\ b', 'abc', 'abd/']);
  assert.deepEqual(of('ls "a '), ['a\\ b']);
  assert.deepEqual(of('cat < ab'), ['abc', 'abd/']);
  assert.deepEqual(of('cd '), ['abd/', 'ld']);
  assert.deepEqual(of('echo $HO'), ['$HOME']);
  assert.deepEqual(of('ls ~/ab'), ['~/abc', '~/abd/']);
  assert.ok(of('ls ').includes("$'\\xff\\x0a'"));
  assert.deepEqual(of('su o'), ['other']);
  assert.equal(wordStart('ls -l d/e', 9), 6);
});

test('another user until exit, and one command as another', () => {
  const session = begin();
  assert.equal(prompt(session), 'me@lab:~$ ');
  assert.equal(
    typed(session, 'su other', 'echo $USER $HOME; echo x > a; cd'),
    'other /home/other\nbash: a: Permission denied\n',
  );
  assert.equal(prompt(session), 'other@lab:~$ ');
  assert.equal(typed(session, 'exit', 'pwd; echo $USER'), 'exit\n/home/me\nme\n');
  assert.equal(
    typed(session, 'su -c "pwd; cd; touch x"; sudo ls ~root; ls ~root; su nobody9').split('\n')[0],
    '/home/me',
  );
  assert.equal(session.process.who.uid, 1000);
  typed(session, 'exit 5');
  assert.equal(session.alive, false);
  assert.equal(session.status, 5);
});

test('a refused change is told with its call, errno and paths', () => {
  const { refused } = runLine(begin(), 'mkdir d; cat a; echo x > d');
  assert.deepEqual(
    refused.map(({ errno, paths }) => [errno, paths.at(-1)]),
    [
      ['EEXIST', '/home/me/d'],
      ['EISDIR', '/home/me/d'],
    ],
  );
  const link = runLine(newSession({ tree: 'a\nb\n' }), 'link a b');
  assert.deepEqual(
    link.refused.map(({ errno, paths }) => [errno, paths]),
    [['EEXIST', ['/home/me/a', '/home/me/b']]],
  );
});

test('what a program tried first and then did in another way was refused to nobody', () => {
  const tree = 'a\nb\nd/\n  e/\n    f\nl -> a\nm/ mount tmpfs\n';
  const refused = (line: string) => runLine(newSession({ tree }), line).refused.map(({ errno }) => errno);
  for (const line of ['mv -T a b', 'ln -f a b', 'ln -sfn b l', 'mkdir -p d/e', 'rm -r d', 'rm -f none', 'mv d m'])
    assert.deepEqual(refused(line), [], line);
  assert.deepEqual(refused('ln -sfn b l; ln a m/a || true'), ['EXDEV']);
  assert.deepEqual(refused('find . -name a -exec ln {} b \\;'), ['EEXIST']);
  assert.deepEqual(refused('ln a b; mv -T a b'), ['EEXIST']);
});

test('tail -f in the background holds a file without a name, until it is killed', () => {
  const session = begin();
  assert.match(typed(session, 'tail -f a &'), /^\[1\] 1001\nhello\n$/);
  assert.equal(typed(session, 'echo more >> a'), 'more\n');
  typed(session, 'rm a');
  const held = session.jobs.get(1)?.files[0];
  assert.ok(held);
  assert.match(typed(session, 'jobs -l'), /^\[1\]\+ {2}1001 Running {17}tail -f a &\n$/);
  assert.match(typed(session, 'kill %1'), /Terminated/);
  assert.equal(session.jobs.size, 0);
  assert.match(typed(session, 'true &'), /^\[1\] 1002\n\[1\]\+ {2}Done {20}true\n$/);
});

test('a descriptor of exec keeps a file without a name, in later lines too', () => {
  const session = begin();
  assert.equal(
    typed(session, 'exec 3< a', 'rm a', 'cat <&3', 'exec 3<&-', 'cat <&3'),
    'hello\nbash: 3: Bad file descriptor\n',
  );
});

test('a text that is not complete asks for more', () => {
  const session = begin();
  for (const text of [
    'for i in a; do',
    'echo "a',
    'if true; then',
    'cat <<E\nx',
    'a &&',
    'echo \\',
    '{',
    'echo $(',
    'f() {',
  ])
    assert.equal(needsMore(session, text), true, text);
  for (const text of ['', 'echo', 'echo )', 'for i in a; do echo; done', 'cat <<E\nx\nE', "echo 'a'\\\\"])
    assert.equal(needsMore(session, text), false, text);
});

test('an alias is replaced where a command begins, once', () => {
  const session = begin();
  typed(session, "alias ll='echo LL' echo='echo -n x'");
  assert.equal(typed(session, 'll a; echo b | cat'), 'x LL ax b');
});

test('no line takes forever', () => {
  const endless = [
    'while :; do :; done',
    'until false; do echo x; done',
    'f() { f; }; f',
    'f() { f | f; }; f',
    'x=a; while :; do x=$x$x; done',
    'x=a; while :; do x="$x$x"; echo "$x" > big; done',
    'while :; do cat a a a a >> b; cat b b > a; done',
    'echo {1..9}{1..9}{1..9}{1..9}{1..9}{1..9}{1..9}',
    'echo {1..999999999}',
    'ln -s . loop; echo */*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*',
    `case ${'a'.repeat(3000)} in ${'*a'.repeat(1000)}b) ;; esac`,
    `echo ${'$('.repeat(400)}`,
    `echo ${'$(echo '.repeat(200)}x${')'.repeat(200)}`,
    `${'('.repeat(5000)}`,
    `${'{ '.repeat(500)}:${'; }'.repeat(500)}`,
    `echo ${'{'.repeat(20000)}`,
    `echo ${'{a,'.repeat(3000)}`,
    `echo $((${'('.repeat(20000)}))`,
    'echo $((9**999999999999))',
    'x=x; echo $((x))',
    'alias a="a a" b=a; a; b',
    'eval "$(cat s 2> /dev/null)"; echo "sh s" > s; sh s',
    'printf "%999999999d" 1',
    'echo "sh r | sh r" > r; sh r',
    'mkdir t; while :; do cp -r t u; mv u t/; mkdir t/x$?; done',
    'truncate -s 1T f; cat f; sort f; cp f g; grep x f',
    'truncate -s 3G f; cat f; wc f; cmp f f; head f; tail -1 f; tac f',
    'seq 1000000000; seq 1 1000000000 | sort',
    "find . -name '*a*a*a*a*a*a*a*a*a*a*a*b'",
    "echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac | grep -E '(a+)+b'",
    "echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac | sed -E 's/(a|a)*b//'",
    "x=aaaaaaaaaaaaaaaa; for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14; do x=$x$x; done; echo $x > f; while :; do grep -E '(a*b)*c' f; done",
    "x=aaaaaaaaaaaaaaaa; for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14; do x=$x$x; done; echo $x > f; grep 'a*b' f; sed 's/a*b//' f; find . -regex '.*.*.*.*b'",
    'sleep 1000000000; tail -f a',
    'xargs -n 1 echo < a; find . -exec sh -c "find . -exec echo {} +" \\;',
    'cd loop/loop/loop/loop/loop/loop/loop/loop/loop/loop/loop',
  ];
  for (const line of endless) {
    const session = begin();
    const { output } = runLine(session, line);
    const size = output.reduce((sum, { text }) => sum + text.length, 0);
    assert.ok(size <= 1 << 23, `${line.slice(0, 60)}: ${size} characters`);
  }
});

test('a replay gives the same state', () => {
  const dice = random(7);
  for (let round = 0; round < 20; round++) {
    const { tree, lines } = randomScript(dice);
    const [first, second] = [newSession({ tree }), newSession({ tree })];
    for (const line of [...lines, 'ls -laiR --full-time'])
      assert.deepEqual(runLine(first, line), runLine(second, line), line);
  }
});

test('nothing that is typed breaks the shell', () => {
  const dice = random(11);
  const pieces = [
    ...'\'"`$(){}[]<>|&;!#~*?\\ \n=:-+/.^%@,01ax',
    '\x1b',
    '\0',
    'é',
    '\udcff',
    '$((',
    '<<',
    '${',
    'for ',
    ' in ',
    'do ',
    ' done',
    'case ',
    'if ',
    'a=',
    '"$',
    '[[ ',
    ' ]]',
  ];
  for (let round = 0; round < 4000; round++) {
    const line = Array.from({ length: 1 + dice.below(14) }, () => dice.pick(pieces)).join('');
    const session = begin();
    runLine(session, line);
    complete(session, line, dice.below(line.length + 1));
    needsMore(session, line);
  }
});
