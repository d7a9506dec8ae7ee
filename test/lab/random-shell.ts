import type { Random } from '../conformance/random.ts';

/**
 * Constructs of the shell within one another, as deep as wished. What two processes do at once is not asked for: the parts of
 * a pipe read to the end, complain into it and change no file, and no loop is without an end.
 */
export const randomStatements = (dice: Random): string => {
  const { text } = block(
    dice,
    { depth: 2 + dice.below(2), writes: true, inFunction: false, loops: 0, documents: true },
    1 + dice.below(3),
  );
  return text.replace(/(?:; |\n)$/, '');
};

interface Place {
  /** How many more levels there may be. */
  readonly depth: number;
  /** Whether files may be changed: not in a part of a pipe. */
  readonly writes: boolean;
  readonly inFunction: boolean;
  readonly loops: number;
  /** In `$(…)` bash 5.2 writes out what it has read and reads it again, and here-documents do not always survive that. */
  readonly documents: boolean;
}

/** A text with what ends it: `; ` or, after a here-document, a newline. */
interface Piece {
  readonly text: string;
}

const deeper = (place: Place): Place => ({ ...place, depth: place.depth - 1 });

const block = (dice: Random, place: Place, count = 1 + dice.below(2)): Piece => ({
  text: Array.from({ length: count }, () => ended(dice, statement(dice, place))).join(''),
});

const ended = (dice: Random, text: string): string =>
  text.endsWith('\n') ? text : `${text}${dice.oneIn(4) ? '\n' : '; '}`;

const statement = (dice: Random, place: Place): string => {
  const inner = deeper(place);
  for (;;) {
    const isPlain = place.depth <= 0 || dice.oneIn(3);
    const made = isPlain ? simple(dice, place) : dice.pick(compounds)(dice, inner);
    // What `set -x` shows is compared at the beginnings of lines.
    if (place.documents || !/<<[-'" \\]*E|set -x/.test(made)) return made;
  }
};

type Make = (dice: Random, place: Place) => string;

const variables = ['x', 'y', 'z', 'HOME', 'nope', '1', '2', '#', '?', '@', '*'];
const settable = ['x', 'y', 'z'];

/** Commands without others in them. */
const simple: Make = (dice, place) => {
  const { writes } = place;
  const made = dice.pick<Make>([
    (d, p) => `echo ${words(d, p)}`,
    (d, p) => `echo ${words(d, p)}`,
    (d, p) => `echo "${inQuotes(d, p)}" ${word(d, p)}`,
    (d, p) =>
      `printf '${d.pick(['%s\\n', '<%s>\\n', '%s-%s\\n', '%q ', '%5s|%-5s|\\n', '%b\\n', '%d\\n', '%x %o\\n', '%05.1f|\\n', '%+d % d\\n', '%.2s|', '%g\\n', '%e\\n', '%%%i\\n', '%*d|'])}' ${words(d, p)}`,
    (d, p) => `printf -v ${d.pick(settable)} ${d.pick(["'%s'", "'%s,'", "'%03d'"])} ${word(d, p)}`,
    (d, p) => `${d.pick(settable)}${d.pick(['=', '=', '+='])}${value(d, p)}`,
    (d, p) =>
      `${d.pick(settable)}=${value(d, p)} ${d.pick(['eval', 'env', 'printenv', 'echo', ':'])} ${d.pick(['x', "'echo $x'", 'y'])} 2> /dev/null | grep -c x`,
    (d, p) => `set -- ${words(d, p)}`,
    (d) => `shift${d.pick(['', '', ' 2', ' 0', ' 9', ' x'])}`,
    (d, p) => `${test(d, p)}`,
    (d, p) => `${test(d, p)}; echo $?`,
    (d) => `(( ${sum(d)} ))`,
    (d) => `let '${sum(d)}'`,
    (d) =>
      `read ${d.pick(['x', 'x y', '-r x', '-n 2 x', '-d o x', '-r -p "? " x y', ''])} < ${d.pick(['a', 'b', 'd/e', 'gone', '/dev/null'])}`,
    (d, p) =>
      `read ${d.pick(['x y z', '-r x y', 'x'])} <<< ${d.pick([word(d, p), '"a:b  c:d"', "' lead  trail '", "'a\\b c\\'"])}`,
    (d) =>
      `IFS=${d.pick([':', "', '", "$'\\n'", "''", '"-"'])} read ${d.pick(['x y', '-r x y z'])} <<< ${d.pick(["'a:b:c'", "'a , b,c'", "':x:'", "'a-b--c'", "' a b '"])}`,
    (d) => `IFS=${d.pick([':', "', '", "$'\\n'", "''", '-'])}`,
    () => 'unset IFS',
    (d) => `unset ${d.pick(['x', 'y z', '-f f1', '-v x'])}`,
    (d) => `${d.pick(['true', 'false', ':', '! true', '! false', 'nope', '! nope'])}`,
    (d, p) =>
      `cat ${d.pick(['a', 'b', 'd/e', 'zz', '-', 'a -', '-n b'])} ${d.pick(['< a', '<<< x', `<<< ${word(d, p)}`])}`,
    (d) =>
      `cd ${d.pick(['d', 'm', '..', '-', '-P m', '"$HOME"', 'm/..', 'zz', ''])}${d.pick(['', ' > /dev/null', ' 2> /dev/null', '; pwd'])}`,
    (d) =>
      `${d.pick(['pwd', 'pwd -P', 'pwd -L', 'echo ~+ ~-', 'umask', 'umask -S', 'umask 027', 'umask g=r,o=', 'umask u-w,o+x'])}`,
    (d) => `set ${d.pick(['-f', '+f', '+u', '+C', '-C', '-o noglob', '+o noglob', '+x'])}`,
    (d) =>
      `set -x; ${d.pick(['echo "a b" $x', 'x=1', '[ a = b ]', 'for i in 1 2; do :; done', 'case a in b) ;; esac', '(( 1 ))', 'y=$(echo a)', 'eval "echo a"'])}; set +x`,
    (d, p) => `eval ${d.pick(['echo', "'echo $x'", '"echo \\$x"', "'x=5;'"])} ${word(d, p)}`,
    (d, p) =>
      `${d.pick(['readlink', 'readlink -f', 'realpath', 'basename', 'dirname', 'ls -d', 'ls -1'])} ${word(d, p)}`,
    (d, p) =>
      `${d.pick(['command', 'command -v', 'type -t', 'builtin_'])} ${d.pick(['echo', 'cd', 'nope', 'f1', 'if'])} ${d.oneIn(4) ? word(d, p) : ''}`,
    (d, p) => (p.inFunction ? `local ${d.pick(['x', 'x=5', `x=${value(d, p)}`, 'x y=2', 'IFS=:'])}` : 'echo $#'),
    (d, p) => (p.inFunction ? `return${d.pick(['', ' 0', ' 3', ' 256', ' x'])}` : 'echo $@'),
    (d, p) => (p.loops > 0 ? d.pick(['break', 'continue', 'break 2', 'continue 2']) : d.pick(['break', 'continue'])),
    (d, p) => `f${d.below(3)} ${words(d, p)}`,
  ])(dice, place);
  // What it shows would go on into other lines.
  if (!dice.oneIn(6) || made.startsWith('set -x')) return made;
  return `${made} ${redirection(dice, writes)}`;
};

const redirection = (dice: Random, writes: boolean): string =>
  dice.pick([
    ...['2> /dev/null', '> /dev/null', '> /dev/null 2>&1', '&> /dev/null', '< a', '<<< here', '2>&-', '< zz', '3< b'],
    ...(writes ? ['2>&1', '>&2', '> x1', '>> x1', '2> x2', '2>&1 > x1', '>| x1', '> d'] : []),
    ...(writes ? ['> "$x"', '> gone', '3> x1 >&3', '>> a'] : []),
  ]);

const compounds: readonly Make[] = [
  (d, p) => `if ${line(d, p)}then ${block(d, p).text}${d.oneIn(2) ? `else ${block(d, p).text}` : ''}fi`,
  (d, p) =>
    `if ${line(d, p)}then ${block(d, p).text}elif ${line(d, p)}then ${block(d, p).text}else ${block(d, p).text}fi`,
  (d, p) => `for ${d.pick(settable)} in ${words(d, p)}; do ${block(d, inLoop(p)).text}done`,
  (d, p) => `for ${d.pick(settable)}${d.pick(['; do', ' do', '\ndo'])} ${block(d, inLoop(p)).text}done`,
  (d, p) => `k${p.depth}=0; while (( k${p.depth}++ < ${d.below(3)} )); do ${block(d, inLoop(p)).text}done`,
  (d, p) => `k${p.depth}=0; until [ $((k${p.depth} += 1)) -gt ${d.below(3)} ]; do ${block(d, inLoop(p)).text}done`,
  (d, p) =>
    `case ${word(d, p)} in ${d.pick(['', '('])}${pattern(d, p)}) ${block(d, p).text};${d.pick([';', ';', '&', ';&'])} ${pattern(d, p)}) ${block(d, p).text};; *) ${simple(d, p)}${d.pick([';;', '\n'])} esac`,
  (d, p) => `{ ${block(d, p).text}}`,
  (d, p) => `( ${block(d, outside(p)).text})`,
  (d, p) => `( ${block(d, outside(p)).text}exit ${d.pick(['', '3', '0', '300', '-1'])} )`,
  (d, p) => `{ ${block(d, p).text}} ${redirection(d, p.writes)}`,
  (d, p) => `( ${block(d, outside(p)).text}) ${redirection(d, p.writes)}`,
  (d, p) =>
    `f${d.below(3)}() { ${block(d, { ...outside(p), inFunction: true, depth: 0 }, 2).text}}; f${d.below(3)} ${words(d, p)}`,
  (d, p) =>
    `f${d.below(3)}() ${d.pick(['( echo "$@" )', '{ echo "$# $*"; } >&2', 'if [ "$1" ]; then echo "$1"; fi', 'for w; do echo "<$w>"; done'])}; f0 ${words(d, p)}; echo $?`,
  (d, p) => `function f${d.below(3)} { ${block(d, { ...outside(p), inFunction: true, depth: 0 }).text}}`,
  (d, p) => `${simple(d, p)} ${d.pick(['&&', '||'])} ${simple(d, p)} ${d.pick(['&&', '||'])} ${simple(d, p)}`,
  (d, p) => `! { ${block(d, p).text}}; echo $?`,
  (d, p) => pipe(d, p),
  (d, p) => pipe(d, p),
  (d, p) => `${d.pick(settable)}=$( ${block(d, silent(p)).text}); echo $? "$x"`,
  (d, p) =>
    `cat <<${d.pick(['E', '-E', ' E', "'E'", '"E"', '\\E'])}${d.pick(['', ' | cat -n', ' && echo after'])}\n${document(d, p)}E\n`,
  (d, p) =>
    `while read ${d.pick(['x', '-r x y', 'x y'])}; do ${block(d, inLoop(p), 1).text}done <<${d.pick(['E', "'E'"])}\n${document(d, p)}E\n`,
  (d, p) =>
    `while ${d.pick(['read x', 'IFS= read -r x', 'IFS=: read -r x y', 'read -r x y'])}; do ${d.pick(['echo "<$x>"', 'echo "$y,$x"', ': $((n++)); echo $n'])}; done < ${d.pick(['b', 'a', 'd/e', 'zz'])}${p.writes ? d.pick(['', ' > x1', ' 2>&1']) : ''}`,
];

const inLoop = (place: Place): Place => ({ ...place, loops: place.loops + 1 });
/** Of loops and functions around it a subshell knows nothing to leave. */
const outside = (place: Place): Place => ({ ...place, loops: 0, inFunction: false });
const silent = (place: Place): Place => ({ ...outside(place), documents: false });

const line = (dice: Random, place: Place): string =>
  ended(dice, dice.oneIn(2) ? test(dice, place) : simple(dice, place));

/** The part before reads nothing but its own, and tells what goes wrong into the pipe. */
const pipe = (dice: Random, place: Place): string => {
  const quiet = { ...outside(place), writes: false };
  const [errors, second] = dice.pick<readonly [string, string]>([
    ...(place.writes ? everyReader : []).map((reader) => ['2>&1', reader] as const),
    // Complaints begin with another name there, so nobody may look at their words.
    ...(
      [
        'sort',
        'sort -r | cat -E',
        'while read -r x; do echo "[$x]"; done',
        '{ read x; echo "first $x"; cat; }',
        '( while read x y; do echo "$y $x"; done )',
        'sed s/a/_/g',
        'xargs -d "\\n" printf "<%s>"',
      ] as const
    ).map((reader) => ['2> /dev/null', reader] as const),
  ]);
  const first = `{ ${block(dice, quiet, 1).text}} ${errors}`;
  return `${dice.oneIn(8) ? '! ' : ''}${first} | ${second}`;
};

const everyReader = ['cat', 'cat -n', 'wc -l', 'grep -c ""', 'tee /dev/null', 'tail -n 1', '( cat )'];

/** What a here-document holds. */
const document = (dice: Random, place: Place): string =>
  Array.from(
    { length: dice.below(3) },
    () =>
      `${dice.pick(['', '', '\t', '  '])}${dice.pick(['plain', '$x', '"q" it\'s', '`echo b`', '\\$x \\\\ \\a', `$(echo ${word(dice, { ...place, depth: 0 })})`, '$((1+2))', `\${x:-"a b"}`, 'a:b c', '*', '~', 'end\\\nmore'])}\n`,
  ).join('');

const words = (dice: Random, place: Place): string =>
  Array.from({ length: 1 + dice.below(3) }, () => word(dice, place)).join(' ');

const word = (dice: Random, place: Place): string =>
  Array.from({ length: dice.oneIn(3) ? 2 : 1 }, () => piece(dice, place)).join('');

const piece = (dice: Random, place: Place): string => {
  switch (dice.below(10)) {
    case 0:
      return `"${inQuotes(dice, place)}"`;
    case 1:
      return parameter(dice, place);
    case 2:
      return `$${dice.pick(variables)}`;
    case 3:
      return place.depth > 0 && dice.oneIn(2) ? substitution(dice, place) : `$((${sum(dice)}))`;
    case 4:
      return dice.pick([
        '*',
        '?',
        'd/*',
        '[ab]',
        '[!a-c]*',
        '.*',
        '[[:alpha:]]',
        '*/',
        '[^a]',
        '\\*',
        "'*'",
        '"?"',
        '[a',
        '**',
        'd/[e-f]',
        '{a,b}*',
        '[]a]',
        '[a-',
      ]);
    case 5:
      return dice.pick([
        '{a,b}',
        '{1..3}',
        '{x,y{1,2}}',
        '{a}',
        '{,z}',
        '{c..a}',
        '{01..3}',
        '"{p,q}"',
        '{a,b',
        '{$x,y}',
        "{'a b',c}",
        '{1..5..2}',
        '{}',
        '{a,,b}',
      ]);
    case 6:
      return dice.pick(['~', '~/a', '~me', '~nobody9', '"~"', '~+', 'a~', '--y']);
    case 7:
      return dice.pick([
        "'a b'",
        "$'t\\tx'",
        "$'\\x41\\''",
        'a\\ b',
        "''",
        '""',
        "'it\"s'",
        '"it\'s"',
        "$'n\\nl'",
        '\\\\',
        'a#b',
        '-n',
        '-e',
        '--',
        'a:b',
        '=',
        'a,b',
      ]);
    default:
      return dice.pick(['a', 'b', 'd', 'l', 'x', '1', '7', '-3', 'gone', 'ab', 'A', 'zz', 'd/e', 'alpha']);
  }
};

/** What may stand between double quotes. */
const inQuotes = (dice: Random, place: Place): string =>
  Array.from({ length: 1 + dice.below(2) }, () => {
    switch (dice.below(5)) {
      case 0:
        return `$${dice.pick(variables)}`;
      case 1:
        return parameter(dice, place);
      case 2:
        return place.depth > 0 ? substitution(dice, place) : `$((${sum(dice)}))`;
      default:
        return dice.pick(['a b', "it's", '\\$x', '\\"q\\"', '*', '~', '\\\\', '\\a', ' ', '{a,b}', '#']);
    }
  }).join('');

const substitution = (dice: Random, place: Place): string => {
  const inner = block(dice, silent(deeper(place)), 1).text;
  if (dice.oneIn(6)) return `\`echo ${dice.pick(['a', '$x', '"a b"', '\\$x', '*'])}\``;
  return `$(${inner.startsWith('(') ? ' ' : ''}${inner})`;
};

const parameter = (dice: Random, place: Place): string => {
  const name = dice.pick([...settable, ...settable, 'HOME', 'nope', '1', '@', '*']);
  const operand = dice.pick([
    'a',
    'b c',
    '"b c"',
    "'q r'",
    '$y',
    '*',
    '?',
    '$(echo s t)',
    '',
    '~',
    'a*',
    '[a-z]',
    '\\*',
  ]);
  return dice.pick([
    `\${${name}}`,
    `\${#${name}}`,
    ...[':-', '-', ':+', '+'].map(
      (operator) =>
        `\${${name}${operator}${place.depth > 0 && dice.oneIn(3) ? word(dice, { ...place, depth: 0 }).replace(/[}"'\\]/g, '') : operand}}`,
    ),
    ...['#', '##', '%', '%%'].map((operator) => `\${${name}${operator}${operand}}`),
    ...['/', '//', '/#', '/%'].map(
      (operator) =>
        `\${${name}${operator}${dice.pick(['a', '[ab]', '?', '*', '"*"', 'l', '$y'])}${dice.pick(['', '/', '/X', '/&', '/<&>', '/"&"', '/\\&', '/$y', '/b c'])}}`,
    ),
    `\${${name}:${dice.pick([...(/^[@*]$/.test(name) ? [] : ['0', ' -1', ' -2:1', '0:-1', ':1']), '1', '1:2', '9', '$((1))'])}}`,
    ...['^', '^^', ',', ',,', '^[a]', '@Q', '@U', '@u', '@L'].map((operator) => `\${${name}${operator}}`),
    ...(/^[xyz]$/.test(name) ? [`\${${name}:=${operand}}`, `\${${name}=${operand}}`] : []),
  ]);
};

const value: Make = (dice, place) =>
  dice.pick<Make>([
    () => '',
    (d, p) => word(d, p).replace(/^(?=\()/, 'a'),
    (d, p) => `"${inQuotes(d, p)}"`,
    (d) => `$((${sum(d)}))`,
    () => 'abcab',
    () => '"a  b c"',
    () => "'*'",
    () => 'a:b::c',
    () => '~/a:~',
    () => 'x',
  ])(dice, place);

const sum = (dice: Random): string => {
  const one = (): string =>
    dice.pick([
      '1',
      '2',
      '7',
      '-3',
      'n',
      'm',
      '0x1f',
      '010',
      '$((2))',
      '(1+2)',
      '2#101',
      '~0',
      '! 1',
      'n++',
      '--m',
      '10',
      '-n',
    ]);
  return dice.pick([
    () =>
      `${one()} ${dice.pick(['+', '-', '*', '/', '%', '**', '<<', '>>', '&', '|', '^', '==', '!=', '<', '>=', '&&', '||', ','])} ${one()}`,
    () => `${one()} + ${one()} * ${one()}`,
    () => `n ${dice.pick(['=', '+=', '-=', '*=', '|=', '<<='])} ${one()}`,
    () => `${one()} ? ${one()} : ${one()}`,
    () => one(),
    () => dice.pick(['1/0', '1 +', '08', 'a b', '', '3 % 0', '2 ** -1', '1 = 2', '5 5', '1.5']),
  ])();
};

const test: Make = (dice, place) => {
  const file = (): string => dice.pick(['a', 'b', 'c', 'd', 'l', 'm', 'gone', 'loop', 'zz', '""', 'd/e']);
  const unary = dice.pick([
    '-e',
    '-f',
    '-d',
    '-L',
    '-h',
    '-r',
    '-w',
    '-x',
    '-s',
    '-O',
    '-G',
    '-z',
    '-n',
    '-c',
    '-p',
    '-u',
    '-k',
  ]);
  const compare = dice.pick(['-nt', '-ot', '-ef']);
  return dice.pick([
    () => `[ ${unary} ${file()} ]`,
    () => `[ ${file()} ${compare} ${file()} ]`,
    () =>
      `[ "${inQuotes(dice, { ...place, depth: 0 })}" ${dice.pick(['=', '!=', '<', '=='].map((o) => o.replace('<', "'<'")))} ${dice.pick(['a', '"$x"', "''", '"a b"'])} ]`,
    () =>
      `[ ${dice.pick(['1', '"$n"', '07', ' -1', 'x', "' 3 '"])} ${dice.pick(['-eq', '-ne', '-lt', '-ge'])} ${dice.pick(['1', '7', '-1', '3'])} ]`,
    () =>
      `[ ${dice.pick(['!', ''])} ${unary} ${file()} ${dice.pick(['-a', '-o'])} ${dice.pick(['!', ''])} ${unary} ${file()} ]`,
    () => `test "${inQuotes(dice, { ...place, depth: 0 })}" ${dice.pick(['', '= a', '-a b', '-o ""'])}`,
    () => `[[ ${unary} ${file()} ${dice.pick(['&&', '||'])} ${dice.pick(['!', ''])} ${file()} ${compare} ${file()} ]]`,
    () =>
      `[[ ${dice.pick(['$x', '"$x"', 'abc', "'a b'", '$y'])} ${dice.pick(['==', '!=', '='])} ${dice.pick(['a*', '"a*"', '*b*', '$y', '"$y"', '[a-c]?c', '\\*'])} ]]`,
    () =>
      `[[ ${dice.pick(['$x', 'abc', 'a.c', '"a b"', '12'])} =~ ${dice.pick(['a', '^a.c$', 'b+', '^[0-9]+$', '(a|b)c', 'a\\.c', '"a.c"', '$y', 'a b'.replace(' ', '\\ '), '[[:space:]]'])} ]]`,
    () =>
      `[[ ${dice.pick(['n', '1+1', '$x', '2'])} ${dice.pick(['-eq', '-lt', '-ge'])} ${dice.pick(['2', 'n', '1'])} ]]`,
    () => `[[ ( ${unary} ${file()} || $x ) && -z $nope ]]`,
    () => `[[ ! $x < b ]]`,
  ])();
};

const pattern: Make = (dice, place) =>
  Array.from({ length: dice.oneIn(3) ? 2 : 1 }, () =>
    dice.pick([
      () => word(dice, { ...place, depth: 0 }),
      () => dice.pick(['a*', '?', '[0-9]*', '"$x"', '$x', "'*'", '*', 'x|y', '""']),
    ])(),
  ).join('|');
