import type { Script } from './both-shells.ts';

const tree = `
  a "alpha\\n" #1
  b "one\\ntwo words\\n  three  \\n"
  c #1
  d/
    e "deep\\n"
    f -> ../b
  l -> a
  m -> d
  gone -> nowhere
  loop -> loop
  'sp ace'
  $'\\xff' "not text\\n"`;

const script = (...lines: readonly string[]): Script => ({ tree, lines });

/** Lines that were worth a thought, each with what comes before it. */
export const fixedScripts: readonly Script[] = [
  script('echo *', 'echo ?', "printf '%q\\n' *", 'for f in *; do echo "$f"; done', 'echo .*', 'echo d/.* [!a-d]*'),
  script('echo > gone', 'echo nowhere*', 'echo x > loop', 'echo x > d', 'echo x > a/b', 'echo x > zz/y', 'echo x > ""'),
  script('cd m', 'pwd', 'pwd -P', 'cd ..', 'pwd', 'cd -P m', 'pwd', 'cd -', 'cd nowhere', 'cd a', 'cd a b', 'cd ""'),
  script(
    'cd m/..',
    'pwd',
    'cd -P m/..',
    'pwd',
    'cd zz/..',
    'cd gone',
    'cd loop',
    'cd /',
    'cd ../..',
    'pwd',
    'cd //',
    'pwd',
  ),
  script(
    'x="a  b"',
    'echo $x "$x"',
    'y=$x; echo "$y"',
    `echo \${#x} \${x%% *} \${x##* } \${x/ /-} \${x// /-} \${x:1} \${x: -1}`,
  ),
  script(
    'echo "$(cat b)" $(cat b)',
    'echo $(< a)',
    'echo "a`echo "b c"`d"',
    'x=$(false); echo $?',
    'x=1 false; echo $? $x',
  ),
  script(
    'read p q < b; echo "$p|$q"',
    'while read -r w; do echo "[$w]"; done < b',
    'while IFS= read -r w; do echo "[$w]"; done < b',
  ),
  script(
    '{ read x; read y; } < b; echo "$x-$y"',
    'exec 3< b; read x <&3; read y <&3; echo "$x $y"; exec 3<&-',
    'read z <&3',
  ),
  script(
    'echo a > x; echo b >> x; cat x',
    'cat < x > y',
    'cat x >> y; cat y',
    'cat < zz',
    '> empty; cat empty',
    '2>&1 echo hi',
  ),
  script(
    'echo x 2>&1 >&2',
    'ls zz 2> err; cat err',
    'ls zz &> all; cat all',
    '{ echo o; nope; } > both 2>&1; cat both',
  ),
  script('echo x >&7', 'cat <&7', 'echo x > $nope', 'echo x > *', 'echo x > "$nope"', 'echo x > a b c; cat a'),
  script(
    'true && echo a || echo b',
    'false && echo a || echo b',
    '! false; echo $?',
    'false; echo $?',
    '(exit 7); echo $?',
    'nope; echo $?',
  ),
  script(
    'f() { echo "$# $1"; return 3; }; f x y; echo $?',
    'g() { local v=1; v=2; echo $v; }; v=0; g; echo $v',
    'f "$@"',
    'unset -f f; f',
  ),
  script(
    '(cd d; pwd; x=1); pwd; echo "x$x"',
    'x=5; (x=6; echo $x); echo $x',
    'echo a | read z; echo "z$z"',
    '{ cd d; }; pwd',
  ),
  script(
    'case abc in a?c) echo yes;; *) echo no;; esac',
    'case "*" in \\*) echo star;; esac',
    'case x in y) ;; esac; echo $?',
  ),
  script(
    'if false; then echo 1; elif true; then echo 2; else echo 3; fi',
    'if nope; then :; else echo no; fi',
    'until true; do :; done; echo $?',
  ),
  script(
    'for i in 1 2 3; do if [ $i = 2 ]; then continue; fi; echo $i; done',
    'for i in a b; do for j in 1 2; do break 2; done; done; echo $i$j',
  ),
  script(
    'echo {1..5} {a..e} {5..1..2} {01..10..3} a{b,c{d,e}}f {x} {,y} "{p,q}" {a,b',
    'echo ~ ~/x ~me ~other ~zz "~" a~ x=~',
    'x=~/y:~; echo $x',
  ),
  script(
    "echo $'a\\tb\\x41\\101\\u00e9\\''",
    "echo 'it'\\''s' \"\\$HOME \\a \\\\\"",
    'echo a\\\nb',
    'echo a # comment',
    'echo a#b',
  ),
  script(
    'set -- a "b c" d; echo $# "$2" $3',
    'for w; do echo "<$w>"; done',
    'shift 2; echo "$@"',
    'shift 5; echo $?',
    `echo "\${@}" \${#@} \${1:-none}`,
  ),
  script(
    'echo $((1 + 2 * 3)) $((7 / 2)) $((-7 % 3)) $((2 ** 8)) $((x = 5, x++ + ++x)) $x',
    'echo $((08))',
    'echo $((1 / 0))',
    'echo $((a+))',
    '((3 > 2)); echo $?',
  ),
  script(
    'cat <<E\n$HOME $((1+1)) "q" \\$x\nE',
    "cat <<'E'\n$HOME\nE",
    'cat <<-E\n\tindented\n\tE',
    'cat <<< "a  b"',
    'read x <<< "1 2"; echo $x',
  ),
  script(
    'test -e gone; echo $?',
    'test -L gone; echo $?',
    '[ a -ef c ]; echo $?',
    '[ a -ef l ]; echo $?',
    '[ x',
    '[ a b ]',
    '[ 1 -eq x ]',
    '[ -z ]',
    '[ ]; echo $?',
  ),
  script(
    'echo )',
    'echo "a',
    'if true; then',
    'for',
    'echo $(',
    `echo \${`,
    '| x',
    'a && && b',
    '()',
    '{ }',
    'fi',
    'echo > ;',
    'done',
  ),
  script(
    'umask; umask 077; touch n; umask',
    'mkdir -p p/q; umask -S',
    'umask u=rwx,g=rx,o=; umask',
    'umask 8',
    'umask abc',
  ),
  script(
    'unset HOME; cd',
    'cd -',
    'HOME=/tmp; cd; pwd',
    'export X=1; unset X; echo "$X"',
    'export 1x',
    'unset 1x',
    'readonly_x=1; echo $readonly_x',
  ),
  script(
    'type echo',
    'type -t ls',
    'type nope',
    'command -v cd',
    'command -v nope; echo $?',
    'eval "echo a; echo b"',
    'eval echo "\\$HOME"',
  ),
  script(
    "printf '%s-%s\\n' a b c",
    "printf '%d %i\\n' 3 x",
    "printf '%05.1s|\\n' abc",
    "printf '%x %X %o\\n' 255 255 8",
    "printf '%b\\n' 'a\\tb'",
    'printf',
    "printf '%z'",
  ),
  script('exit 4', 'echo not reached'),
  script(
    '. ./a',
    'echo "echo sourced \\$1" > s; . ./s arg',
    'source zz',
    'sh ./s x',
    'bash -c \'echo "$0 $1"\' p q',
    'chmod +x s; ./s y',
    './b',
    './d',
    './zz',
  ),
  script(
    'set -u; echo x$1y',
    'set +u; set -C; echo 1 > a; echo 2 >| a; cat a; set +C',
    'set -f; echo *; set +f',
    'set -x; echo "a b" c; set +x',
  ),
  script(
    'ls -1 | while read n; do echo "=$n"; done',
    'echo a b c | { read x y; echo "$y,$x"; }',
    'echo x | cat | cat',
    'nope | cat; echo $?',
    'cat b | nope; echo $?',
    '! true | false; echo $?',
  ),
  script(
    '[[ -L l && ! -d l ]]; echo $?',
    '[[ abc == a* ]]; echo $?',
    '[[ abc == "a*" ]]; echo $?',
    '[[ -z $nope ]]; echo $?',
    '[[ a < b || x ]]; echo $?',
    '[[ a b ]]',
  ),
  script(
    `echo "\${x:-a b}" \${x:-a b} \${x-"c  d"} \${x:=set} $x \${x:+alt} \${y+alt} "\${y-}"`,
    `(echo \${z?gone}); echo $?`,
    `(echo \${z:?}); echo $?`,
  ),
  script(
    'exec 4> out; echo one >&4; rm out; echo two >&4; exec 4>&-; ls out',
    'exec 5<> a; read x <&5; echo new >&5; exec 5>&-; cat a',
  ),
  script('mkdir q; cd q; rmdir ../q; pwd; ls; echo *; touch x; mkdir y; cd .; pwd; pwd -P'),
  script('mkdir q r; cd q; mv ../q ../r; pwd; pwd -P; cd ..; pwd'),
  script(
    'cat b | tee x y; cat x y',
    'export A=1; env | grep ^A=',
    'chmod 000 a; cat a; cat < a; echo x > a',
    'B=2 env | grep ^B=; echo "$B"',
  ),
  script(
    'ln -s "$PWD" here; cd here; pwd; pwd -P; cd -P .; pwd',
    'cd /; echo ~+ ~-; cd ~-; pwd',
    'cd ~other; pwd; touch x; cd ~me',
  ),
  script('mkdir q; cd q; rmdir ../q; cd ..; pwd'),
  // What all go into is held open: a link that leads there may break meanwhile.
  script('mkdir k; ln -s d/../k to', 'mv -v a d b to', 'find k | sort'),
  script('mkdir n1 n2; ln -s n1 n2/to', 'cp -av n2 c d n2/to', 'cp -alv c d n2/to', 'cp -as "$PWD"/c "$PWD"/d n2/to'),
  script('mkdir -p n1/n2; ln -s n1 to', 'mv -v n1 d to', 'mv -v n1 d c to', 'mv -t to a b nope d', 'mv -T d to'),
  script('cp -bv a d/e m', 'cp -bv a d/e m', 'mv --backup=numbered -v a d/e m', 'cp -bf b d', 'cp -bf ./b .'),
  // A name with a slash that is a link to nowhere is there and is not.
  script('mv d gone/', 'mv -n d gone/', 'mv -b d gone/', 'mv -b a gone/', 'mv a gone/', 'mv -u a gone/', 'mv d loop/'),
  script('rmdir -v gone/ l/ m/ loop/ loop', 'rmdir -p gone/'),
  // The way is not where it was, once its directory is shut.
  script('mkdir k; chmod 700 d; chmod -R 600 ../me', 'ls -d ../me'),
  script('mkdir -m 0 dark; mkdir -m 500 shut; ln -s dark ld', 'mkdir -p dark/a shut/e f', 'mkdir -pv ld/x dark/ f/g'),
  script('mkdir -m 0 dark', 'chmod -Rv o+t dark', 'chown -Rv me dark a', 'chmod -Rc 700 dark'),
  script('ln -s ../d d/up', 'ls -RL d; echo $?', 'cd d; ls -RL; ls -R .'),
  script('cp -av d m', 'cp -av d d m; echo $?', 'cp -rs d d/x'),
  script('truncate -s 2 n', 'grep -v x ? d', 'grep -c -v x n; grep -l "" n; grep -q "" n; echo $?', 'grep "" n a > x'),
  script(
    "printf 'x\\0x\\ny\\n' > n",
    'grep -n y n',
    'grep -c x n',
    "printf '\\377x\\nxy\\n' > e",
    'grep x e',
    'grep -c x e',
  ),
  script('mkdir k; chmod 1777 d', 'cp -v --parents d/f nope/x a/x d/nope k', 'ls -l k', 'cp --parents d/f l'),
  script('mkdir k', 'cp -v --parents "$PWD"/d/f k', 'cp -v --parents ../me/d/f k', 'cp --parents -v d//e k'),
];
