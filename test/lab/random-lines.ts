import type { Random } from '../conformance/random.ts';
import type { Script } from './both-shells.ts';
import { randomStatements } from './random-shell.ts';

/** Trees that random lines begin with. */
const trees = [
  `
  a "alpha\\n" #1
  b "one\\ntwo\\nthree\\n"
  c #1
  d/
    e "deep\\n"
    f -> ../b
    sub/
      g "x"
  l -> a
  m -> d
  gone -> nowhere`,
  `
  a "first\\n"
  b #1
  d/
    e #1
    sub/
  c/
    e "other\\n" 0600
  loop -> loop
  l -> d/e
  m -> d/sub/../../c
  .hid "secret\\n"
  'sp ace' "blank\\n"`,
  `
  a "a\\n" 0444
  d/ 0755
    e -> ../a
    f "f\\n" #2
    sub/
      g #2
  l -> l2
  l2 -> a
  m -> /home/me/d
  shut/ 0500
    in "kept\\n"
  dark/ 0000`,
];

/**
 * Lines of both the language and its commands, from a seed. `only`: commands that are wanted; `isWide`: with constructs within
 * one another and options in all spellings.
 */
export const randomScript = (dice: Random, only: readonly string[] = [], isWide = true): Script => {
  const wanted = templates.filter(([command]) => only.length === 0 || only.includes(command));
  const lines = Array.from({ length: 3 + dice.below(5) }, () => {
    if (isWide && dice.oneIn(5) && (only.length === 0 || only.includes('statements'))) return randomStatements(dice);
    if (isWide && dice.oneIn(6)) {
      const fits = odd.filter(([command]) => only.length === 0 || only.includes(command));
      if (fits.length > 0) return joined(dice, oddLine(dice, dice.pick(fits)));
    }
    const [, make] = dice.pick(wanted.length > 0 ? wanted : templates);
    return joined(dice, make(dice));
  });
  return { tree: dice.pick(trees), lines, ...(dice.oneIn(12) ? { user: 'root' } : {}) };
};

/** Which command's words a line is made of, for the report. */
export const commandOf = (line: string): string => /^[\w.[]+/.exec(line)?.[0] ?? line.slice(0, 12);

type Make = (dice: Random) => string;

const joined = (dice: Random, line: string): string => {
  if (/^(exec|cat <<)/.test(line)) return line;
  // Times and inode numbers are no contents to compare.
  if (/^(ls .*[il]|stat .*%i)/.test(line)) return line;
  // Whether what a pipe writes to is there when its beginning looks is up to chance.
  if (/ \| /.test(line)) return line;
  if (dice.oneIn(10)) return `${line} > ${path(dice)}`;
  if (dice.oneIn(25)) return `${line} >> ${path(dice)}`;
  if (dice.oneIn(25)) return `${line} 2>&1`;
  if (dice.oneIn(25)) return `${line} 2> err`;
  if (dice.oneIn(15)) return `${line} && echo yes || echo no`;
  if (dice.oneIn(25)) return `${line} | cat`;
  if (dice.oneIn(40)) return `(cd d; ${line})`;
  return line;
};

const names = ['a', 'b', 'c', 'd', 'e', 'f', 'l', 'm', 'n', 'x', 'y', 'gone', 'loop', 'new', "'sp ace'", '.hid'];
const dirs = ['d', 'd/sub', 'c', 'm', '.', '..', 'shut', 'dark', 'x', '/tmp', '/home/me', 'd/..', 'm/..', './d'];

const name = (dice: Random): string => dice.pick(names);
const path = (dice: Random): string => {
  switch (dice.below(9)) {
    case 0:
    case 1:
      return `${dice.pick(dirs)}/${name(dice)}`;
    case 2:
      return `${name(dice)}/`;
    case 3:
      return dice.pick([
        '*',
        'd/*',
        '?',
        '[a-d]',
        'no*',
        '{a,b}',
        'd/{e,f}',
        './*',
        '$HOME/a',
        '~/d',
        '"$PWD"/b',
        '/tmp/t',
      ]);
    case 4:
      return dice.pick(dirs);
    default:
      return name(dice);
  }
};
const several = (dice: Random): string => Array.from({ length: 1 + dice.below(3) }, () => path(dice)).join(' ');
const flags = (dice: Random, letters: string): string => {
  const count = dice.below(3);
  if (count === 0) return '';
  return ` -${Array.from({ length: count }, () => dice.pick(Array.from(letters))).join('')}`;
};
const linkText = (dice: Random): string =>
  dice.pick([
    'a',
    'b',
    'd',
    '../a',
    'nowhere',
    './x',
    '/home/me/a',
    'd/e',
    '..',
    '.',
    'm/e',
    'x/y',
    // Not the root: `chmod -R` of a link to it would go through all of the machine.
    '/home',
    'sub',
    '../d/f',
    "''",
  ]);

/** Options in all their spellings: letters, values, long names and their beginnings, in any place. */
const odd: readonly (readonly [command: string, letters: string, longs: readonly string[], operands: number])[] = [
  ['rm', 'frRdv', ['--force', '--recursive', '--dir', '--verbose', '--interactive=never', '--one-file-system'], 2],
  [
    'cp',
    'aRrPLHdlsfnTup',
    [
      '--archive',
      '--recursive',
      '--link',
      '--symbolic-link',
      '--no-clobber',
      '--force',
      '--update',
      '--backup',
      '--suffix=.o',
      '--preserve=mode',
      '--no-preserve=all',
      '--no-dereference',
      '--dereference',
      '--remove-destination',
      '--attributes-only',
      '--no-target-directory',
      '--verbose',
      '-t d',
      '--target-directory=d',
      '--backup=t',
    ],
    2,
  ],
  [
    'mv',
    'fnvTub',
    [
      '--force',
      '--no-clobber',
      '--verbose',
      '--update',
      '--backup=simple',
      '--suffix=.o',
      '--no-target-directory',
      '-t d',
      '--target-directory=d',
    ],
    2,
  ],
  [
    'ln',
    'sfvnTr',
    [
      '--symbolic',
      '--force',
      '--no-dereference',
      '--relative',
      '--verbose',
      '--logical',
      '--physical',
      '--no-target-directory',
      '-t d',
      '--target-directory=d',
      '--backup',
      '-S .o',
    ],
    2,
  ],
  ['mkdir', 'pv', ['--parents', '--verbose', '--mode=700', '-m 750', '--mode=u=rwx,go='], 2],
  ['rmdir', 'pv', ['--parents', '--verbose'], 2],
  [
    'touch',
    'acmh',
    ['--no-create', '--no-dereference', '--date=2000-01-01', '-d @0', '-r a', '--reference=b', '-t 200101010101'],
    2,
  ],
  [
    'ls',
    '1aAdFpLHrRSBmQbNq',
    [
      '--all',
      '--almost-all',
      '--directory',
      '--recursive',
      '--reverse',
      '--classify',
      '--file-type',
      '--dereference',
      '--sort=size',
      '--sort=none -1 x',
      '--format=commas',
      '--quoting-style=c',
      '--quoting-style=escape',
      '--quoting-style=shell',
      '--indicator-style=slash',
      '--hide=a*',
      '-I b',
      '--ignore=[a-d]',
      '--color=never',
      '--group-directories-first',
      '--literal',
      '--escape',
      '--sort=version',
      '-v',
      '-X',
    ],
    1,
  ],
  [
    'stat',
    'L',
    [
      '--dereference',
      '--format=%n:%s',
      '--printf=%n\\\\n',
      "-c '%A %a %h %F'",
      "-c '%n|%N|%U|%g'",
      "--format='%5s|%-5s|%05a'",
    ],
    1,
  ],
  [
    'readlink',
    'fenmvzsq',
    ['--canonicalize', '--canonicalize-existing', '--canonicalize-missing', '--no-newline', '--verbose', '--zero'],
    1,
  ],
  [
    'realpath',
    'esmLPqz',
    [
      '--canonicalize-existing',
      '--canonicalize-missing',
      '--strip',
      '--no-symlinks',
      '--logical',
      '--physical',
      '--relative-to=d',
      '--relative-base=.',
      '--zero',
    ],
    1,
  ],
  [
    'chmod',
    'vcRf',
    [
      '--verbose',
      '--changes',
      '--recursive',
      '--reference=a',
      '--silent',
      'u+x',
      '640',
      'g=u',
      'a-w',
      'o=,u+rw',
      '+X',
      'u-s,+t',
    ],
    2,
  ],
  [
    'chown',
    'hvRf',
    [
      '--no-dereference',
      '--verbose',
      '--recursive',
      '--reference=a',
      '--from=me',
      'me',
      ':me',
      'me:',
      '1000:1000',
      'nope',
    ],
    2,
  ],
  [
    'cat',
    'nEbsAeTtuv',
    ['--number', '--show-ends', '--number-nonblank', '--squeeze-blank', '--show-all', '--show-tabs'],
    2,
  ],
  ['head', 'qv', ['-n 1', '-n -1', '-c 3', '-c -2', '--lines=2', '--bytes=4', '--quiet', '--verbose', '-n x'], 2],
  ['tail', 'qv', ['-n 1', '-n +2', '-c 3', '--lines=2', '--bytes=4', '--quiet', '--verbose', '-n x'], 2],
  ['wc', 'lwcmL', ['--lines', '--words', '--bytes', '--chars', '--max-line-length'], 2],
  [
    'sort',
    'ruznfbs',
    [
      '--reverse',
      '--unique',
      '--numeric-sort',
      '-k 2',
      '-k2,2',
      '-k1.2,1.3',
      '-k 2nr',
      '-t a',
      '-t: -k1',
      '--key=1,1',
      '--stable',
      '-c',
      '--check',
      '-k 0',
      '-o n',
      '--output=x',
    ],
    2,
  ],
  ['uniq', 'cdui', ['--count', '--repeated', '--unique', '--ignore-case'], 0],
  [
    'grep',
    'cnlvioHhqswxEFL',
    [
      '--count',
      '--line-number',
      '--invert-match',
      '--only-matching',
      '--with-filename',
      '--ignore-case',
      '-m 1',
      '-e o',
      '--regexp=a',
      '-r',
      '--word-regexp',
      "-E 'a|o+'",
      "'t.o'",
      "'^[a-z]*$'",
      '--quiet',
      '--no-messages',
    ],
    2,
  ],
  [
    'sed',
    'nEs',
    [
      "'s/a/X/g'",
      "-e 's/o/0/' -e p",
      "'2d'",
      "'/t/p'",
      "'1,2s/[aeiou]/<&>/2'",
      "-i 's/a/b/'",
      "'$!d'",
      "'s/\\(.\\)\\(.\\)/\\2\\1/'",
      "-n '/o/,$p'",
      '--quiet',
      "'s|a|/|;s/b/c/'",
      "'2q'",
    ],
    2,
  ],
  ['cmp', 'sl', ['--silent', '--verbose', '--quiet'], 2],
  ['du', 'sabcl', ['--summarize', '--all', '--bytes', '--total', '--count-links', '--apparent-size'], 1],
  ['truncate', 'c', ['-s 3', '-s -1', '--size=0', '-r a', '--no-create'], 1],
  ['install', 'vbpT', ['-m 600', '--mode=755', '-t d', '--backup', '--verbose'], 2],
  ['basename', 'az', ['--multiple', '--suffix=e', '-s a', '--zero'], 2],
  ['seq', 'w', ['-s ,', '--separator=:', '--equal-width', '3', '2 4', '5 -2 1', '0.5 2', 'x'], 0],
  [
    'xargs',
    '0rt',
    ['-n 1', '-I {}', '-L 1', '-d a', '--null', '--no-run-if-empty', '-a b', '-n x', 'echo', "printf '<%s>'", 'ls -d'],
    0,
  ],
  [
    'find',
    '',
    [
      '-name "?"',
      '! -type d',
      '-type f -o -type l',
      '\\( -name a -o -name e \\) -print',
      '-maxdepth 1',
      '-mindepth 1',
      '-newer a',
      '-perm -600',
      '-perm /111',
      '-perm u=rw,go=r',
      '-links +1',
      '-size +0',
      '-size -2c',
      '-empty',
      '-xtype l',
      '-lname "*a*"',
      '-path "*/d/*"',
      '-prune',
      '-exec echo {} \\;',
      '-execdir echo {} \\;',
      '-printf "%f %y %m %l\\n"',
      '-printf "%p %d %h %s\\n"',
      '-samefile a',
      '-user me',
      '-depth',
      '-not -name a',
      '-a -name b',
      '-name a , -name b',
      '-iname A',
      '-regex ".*/[ab]"',
      '-type x',
      '-foo',
      '-name',
      '-quit',
      '-readable',
      '-writable',
      '-mmin -5',
      '-newermt 2000-01-01',
    ],
    1,
  ],
];

const oddLine = (dice: Random, [command, letters, longs, operands]: (typeof odd)[number]): string => {
  const options = Array.from({ length: dice.below(3) }, () => {
    if (letters !== '' && dice.oneIn(3)) return flags(dice, letters).trim();
    const long = dice.pick(longs);
    if (!long.startsWith('--') || /=|^--canon/.test(long) || !dice.oneIn(4)) return long;
    return long.slice(0, 7 + dice.below(long.length));
  });
  const paths = Array.from({ length: operands === 0 ? 0 : dice.below(operands + 2) }, () => path(dice));
  // Its first operand is a script otherwise.
  if (command === 'sed') options.unshift('-e p');
  // What it says without a format tells of the machine.
  if (command === 'stat') options.unshift('-c %n');
  if (dice.oneIn(10) && command === 'cat') paths.push('-');
  // find has its directories first, others take options anywhere.
  const words =
    command === 'find'
      ? [...(paths.length > 0 ? [dice.pick(dirs)] : []), ...options]
      : dice.oneIn(4)
        ? [...paths, ...options]
        : [...options, ...(dice.oneIn(10) ? ['--'] : []), ...paths];
  const line = [command, ...words].filter((word) => word !== '').join(' ');
  const input = ['xargs', 'cat', 'wc', 'sort', 'head', 'tail', 'grep', 'sed', 'uniq'].includes(command);
  if (command === 'find') return `${line} | sort`;
  return input ? `${line} < ${dice.pick(['a', 'b', '/dev/null', 'd/e'])}` : line;
};

/** Weights are by repetition. */
const templates: readonly (readonly [command: string, make: Make])[] = [
  ['ln', (dice) => `ln${flags(dice, 'fvnT')} ${path(dice)} ${path(dice)}`],
  ['ln', (dice) => `ln -s${flags(dice, 'fvnTr')} ${linkText(dice)} ${path(dice)}`],
  ['ln', (dice) => `ln -s${flags(dice, 'fvn')} ${linkText(dice)} ${path(dice)}`],
  ['ln', (dice) => `ln${flags(dice, 'sfvb')} ${several(dice)} ${dice.pick(dirs)}`],
  ['ln', (dice) => `ln${flags(dice, 'sfPL')} -t ${dice.pick(dirs)} ${several(dice)}`],
  ['rm', (dice) => `rm${flags(dice, 'frdv')} ${several(dice)}`],
  ['rm', (dice) => `rm -f ${path(dice)}`],
  ['mv', (dice) => `mv${flags(dice, 'fnvTub')} ${path(dice)} ${path(dice)}`],
  ['mv', (dice) => `mv ${several(dice)} ${dice.pick(dirs)}`],
  ['cp', (dice) => `cp${flags(dice, 'aRPLHdlsfnvTup')} ${path(dice)} ${path(dice)}`],
  ['cp', (dice) => `cp${flags(dice, 'aRlsv')} ${several(dice)} ${dice.pick(dirs)}`],
  ['cp', (dice) => `cp -${dice.pick(['a', 'r', 'al', 'rs', 'rL', 'dR', 'rP', 'rH'])} ${path(dice)} ${path(dice)}`],
  ['mkdir', (dice) => `mkdir${flags(dice, 'pv')} ${several(dice)}`],
  ['mkdir', (dice) => `mkdir -m ${dice.pick(['700', '1777', 'u=rwx,go=', 'a-w'])} ${path(dice)}`],
  ['rmdir', (dice) => `rmdir${flags(dice, 'pv')} ${several(dice)}`],
  ['touch', (dice) => `touch${flags(dice, 'ch')} ${several(dice)}`],
  ['cat', (dice) => `cat${flags(dice, 'nE')} ${several(dice)}`],
  ['unlink', (dice) => `unlink ${path(dice)}`],
  ['link', (dice) => `link ${path(dice)} ${path(dice)}`],
  ['readlink', (dice) => `readlink${flags(dice, 'fenmvz')} ${path(dice)}`],
  ['realpath', (dice) => `realpath${flags(dice, 'esmLPqz')} ${several(dice)}`],
  ['realpath', (dice) => `realpath --relative-to=${dice.pick(dirs)} ${path(dice)}`],
  [
    'stat',
    (dice) =>
      `stat${flags(dice, 'L')} -c '${dice.pick(['%N', '%h %n', '%F %s', '%a %A', '%U:%G %u', '%i', '%n %t'])}' ${several(dice)}`,
  ],
  ['ls', (dice) => `ls${flags(dice, '1aAdFpLHRrS')} ${several(dice)}`],
  ['ls', (dice) => `ls${flags(dice, '1aAdFpLHR')}`],
  ['ls', (dice) => `ls -l${flags(dice, 'adiLFHgons')} ${path(dice)}`],
  ['ls', (dice) => `ls -i${flags(dice, 'adL1')} ${path(dice)}`],
  [
    'find',
    (dice) =>
      `find ${dice.pick(dirs)} ${dice.pick(['-type l', '-xtype l', '-links +1', `-samefile ${name(dice)}`, "-name '?'", '-type d', '-empty', '-maxdepth 1', '-mindepth 1 -print', '! -type f', '-type f -o -type l', "-name '*' -prune", '-size -1', '-lname "*a"', '-perm 644', '-user me', '-exec echo {} ;'.replace(';', '\\;'), '-exec printf "%s\\n" {} +'])} | sort`,
  ],
  [
    'find',
    (dice) =>
      `find ${dice.pick(['-L', '-H', '-P'])} ${path(dice)} ${dice.pick(['-type l', '-type f', '-links 2', '-name a'])} | sort`,
  ],
  [
    'chmod',
    (dice) =>
      `chmod${flags(dice, 'vcR')} ${dice.pick(['644', '600', '755', 'u+x', 'go-r', 'a=r', '+x', '-w', 'u=g', 'o+t', '000'])} ${several(dice)}`,
  ],
  [
    'chown',
    (dice) =>
      `chown${flags(dice, 'hvR')} ${dice.pick(['me', 'me:me', ':me', 'other', 'nobody9', '1000'])} ${path(dice)}`,
  ],
  ['du', (dice) => `du${flags(dice, 'sabl')} ${path(dice)}`],
  ['wc', (dice) => `wc${flags(dice, 'lwc')} ${several(dice)}`],
  ['head', (dice) => `head -n ${dice.below(3)} ${several(dice)}`],
  ['tail', (dice) => `tail -n ${dice.below(3)} ${path(dice)}`],
  ['grep', (dice) => `grep${flags(dice, 'cnlv')} ${dice.pick(['a', 'o', 'two', '^t'])} ${several(dice)}`],
  ['sort', (dice) => `sort${flags(dice, 'ru')} ${path(dice)}`],
  ['cmp', (dice) => `cmp ${path(dice)} ${path(dice)}`],
  ['basename', (dice) => `basename ${path(dice)}`],
  ['dirname', (dice) => `dirname ${path(dice)}`],
  ['truncate', (dice) => `truncate -s ${dice.pick(['0', '3', '+2'])} ${path(dice)}`],
  ['cd', (dice) => `cd${flags(dice, 'LP')} ${dice.pick(dirs)}`],
  ['cd', (dice) => `cd ${path(dice)}; pwd; pwd -P`],
  ['cd', () => 'cd -'],
  ['cd', () => 'cd; pwd'],
  ['echo', (dice) => `echo ${word(dice)} ${word(dice)} ${word(dice)}`],
  ['echo', (dice) => `echo ${dice.pick(['x', 'line', '"a  b"'])} ${dice.pick(['>', '>>', '>|', '<>'])} ${path(dice)}`],
  ['echo', (dice) => `echo -e ${dice.pick(["'a\\tb\\n'", "'\\x41\\0102'", "'x\\cy'", "'\\e[0m'", "'\\q'"])}`],
  [
    'printf',
    (dice) =>
      `printf ${dice.pick(["'%s\\n'", "'%d|'", "'<%5s>'", "'%-4s|%q\\n'", "'%b'", "'%x %o\\n'", "'%%%c\\n'", "'%03d\\n'"])} ${word(dice)} ${dice.below(50)}`,
  ],
  [
    'test',
    (dice) =>
      `test ${dice.pick(['-e', '-f', '-d', '-L', '-h', '-r', '-w', '-x', '-s', '-z', '-n', '-O'])} ${name(dice)}; echo $?`,
  ],
  ['test', (dice) => `[ ${name(dice)} ${dice.pick(['-ef', '=', '!=', '-eq'])} ${name(dice)} ]; echo $?`],
  [
    'test',
    (dice) =>
      `[ ${dice.pick(['! -e a', 'a = a -a b = b', '-e a -o -e zz', '( a = b )'.replace(/[()]/g, '\\$&'), 'a', '', '-f', 'a b', 'x -y z', '! x', '-n'])} ]; echo $?`,
  ],
  [
    '[[',
    (dice) =>
      `[[ ${dice.pick(['-L l', 'abc == a*', '"a b" == "a b"', '-e a && ! -e zz', '( -d d || -f d )', '3 -lt 12', 'a < b', '-d m', 'x != [a-w]', '$x', '-z $x'])} ]]; echo $?`,
  ],
  ['shell', (dice) => `for i in ${several(dice)}; do echo "<$i>"; done`],
  ['shell', (dice) => `i=0; while [ $i -lt ${dice.below(4)} ]; do echo $i; i=$((i+1)); done`],
  [
    'shell',
    (dice) => `if [ -e ${name(dice)} ]; then echo there; elif [ -L ${name(dice)} ]; then echo link; else echo none; fi`,
  ],
  ['shell', (dice) => `case ${word(dice)} in a*) echo A;; *[0-9]) echo digit;; ?) echo one;; *) echo other;; esac`],
  ['shell', (dice) => `x=${word(dice)}; echo "$x" $x \${#x} "\${x:-unset}" \${x%a*} \${x#?} \${x//a/_} \${x^^}`],
  [
    'shell',
    (dice) =>
      `unset x; echo \${x:-${word(dice)}} \${x-${word(dice)} ${word(dice)}}b "\${x-${dice.pick(['a b', '"q"', "'s'", '$HOME'])}}" \${x:+set} \${x:=${dice.pick(['new', '"two words"'])}} $x`,
  ],
  [
    'shell',
    (dice) =>
      `set -- ${word(dice)} ${several(dice)}; echo $# "$1"; shift; for w in "$@"; do echo "[$w]"; done; echo "$*" $*`,
  ],
  [
    'shell',
    (dice) => `echo $(echo ${word(dice)}; cat ${name(dice)} 2>&1) "$(printf 'a\\n\\n')" \`echo ${name(dice)}\``,
  ],
  [
    'shell',
    (dice) =>
      `${dice.pick(['true', 'false', '! true', 'nope', '(exit 3)', ': x'])} ${dice.pick(['&&', '||', ';'])} ${dice.pick(['echo $?', 'false', 'echo b'])}; echo $?`,
  ],
  ['shell', (dice) => `f() { echo "$1-$#"; return ${dice.below(5)}; }; f ${word(dice)} ${word(dice)}; echo $?`],
  [
    'shell',
    (dice) =>
      `{ echo one; echo two >&2; } ${dice.pick(['> x', '2> x', '&> x', '> x 2>&1', '2>&1 > x', '>> x', '2>> x', '>&2'])}; cat x`,
  ],
  ['shell', (dice) => `cat <<${dice.pick(['E', "'E'"])}\n$HOME $((1+2)) \`echo x\` "q" \\$a\nE`],
  ['shell', (dice) => `while read ${dice.pick(['p q', 'p', '-r p'])}; do echo "$p:$q"; done < ${name(dice)}`],
  [
    'shell',
    (dice) =>
      `echo $((${dice.pick(['1+2*3', '7/2', '-7%3', '2**10', '(1+1)*3', '5>3', '1?2:3', 'x=4', '08', '1/0', '0x1f', '010', '1+', '! 0', '1<<4', 'y', '3 & 5 | 8'])}))`,
  ],
  [
    'shell',
    (dice) =>
      `echo {a,b}${dice.pick(['{1..3}', 'x', '{c,', '{,d}', '{z}', '{3..1}', '{a..e..2}', '{01..3}', '"{p,q}"', '{a,{b,c}}'])}`,
  ],
  [
    'shell',
    (dice) =>
      `IFS=${dice.pick([':', "', '", "''", 'a'])}; v='a:b c,d'; echo $v; for i in $v; do echo "($i)"; done; unset IFS`,
  ],
  [
    'shell',
    (dice) =>
      dice.pick([
        'echo )',
        'echo (',
        'if true',
        '; ls',
        'echo > ',
        '| cat',
        'for i in a; echo x',
        'echo "x',
        "echo 'x",
        'do',
        'done',
        '}',
        'case a in',
        'echo a;; echo b',
        '&& ls',
        'echo $(',
        `echo \${x y}`,
        '( )',
        'fi',
      ]),
  ],
  ['shell', (dice) => `umask ${dice.pick(['077', '022', '002', '', '-S', 'u=rwx,go=', '9'])}; touch n${dice.below(3)}`],
  ['shell', (dice) => `exec 3< ${name(dice)}; rm -f ${name(dice)}; cat <&3; exec 3<&-`],
  [
    'shell',
    (dice) =>
      `exec 4> ${name(dice)}; echo kept >&4; ${dice.pick(['rm -f a', 'mv b y', 'true'])}; echo more >&4; exec 4>&-`,
  ],
  ['shell', (dice) => `set -C; echo x > ${name(dice)}; echo y >| ${name(dice)}; set +C`],
];

const word = (dice: Random): string =>
  dice.pick([
    ...['a', 'ab1', '*', '"*"', "'a b'", '"$HOME"', '$x', '"$x"', '~', '"~"', 'a\\ b', "$'t\\tx'", 'a"b"c', "''", '""'],
    ...['d/*', '[ab]', '\\*', '$(echo s u b)', '"$(echo s u b)"', '$((2+3))', '$?', 'x=~', '#no', 'a#b', '{p,q}', '.*'],
    ...[
      "it\\'s",
      '"it\'s"',
      '$nope',
      '~me',
      '~other/x',
      '~nobody9',
      '[!a]*',
      '[[:alpha:]]',
      '?',
      '"a',
      'b\\',
      '-n',
      '--',
      'é',
      "$'\\xff'",
    ].filter((one) => one !== '"a' && one !== 'b\\'),
  ]);
