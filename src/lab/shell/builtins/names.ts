import { Fault } from '../../../fs/fault.ts';
import { commands } from '../../commands/commands.ts';
import { type Builtin, complain } from '../builtin.ts';
import { compareBytes } from '../glob.ts';

/** What a name means as a command: `type`, `command -v`, `which`; `builtins` are the names that the shell knows. */
export const namesOf = (
  builtins: () => readonly string[],
): Readonly<Record<'type' | 'command' | 'which' | 'help', Builtin>> => {
  const meaning = (io: Parameters<Builtin>[0], name: string): readonly [kind: string, text: string] | undefined => {
    const { aliases, functions, process } = io.run.session;
    const value = aliases.get(name);
    if (value !== undefined) return ['alias', value];
    if (keywords.has(name)) return ['keyword', name];
    if (functions.has(name)) return ['function', name];
    if (builtins().includes(name)) return ['builtin', name];
    if (Object.hasOwn(commands, name)) return ['file', `/usr/bin/${name}`];
    if (!name.includes('/')) return undefined;
    const stat = process.stat(process.cwd, name, 'follow');
    const runs = !(stat instanceof Fault) && stat.kind === 'file' && !process.access(process.cwd, name, 'search');
    return runs ? ['file', name] : undefined;
  };
  return {
    type: (io, args) => {
      const onlyKind = args[0] === '-t';
      let code = 0;
      for (const name of onlyKind ? args.slice(1) : args) {
        const [kind, text] = meaning(io, name) ?? [];
        if (kind === undefined) code = onlyKind ? 1 : complain(io, `${name}: not found`);
        else if (onlyKind) io.out(`${kind}\n`);
        else if (kind === 'alias') io.out(`${name} is aliased to \`${text}'\n`);
        else if (kind === 'file') io.out(`${name} is ${text}\n`);
        else io.out(`${name} is a ${kind === 'builtin' || kind === 'keyword' ? `shell ${kind}` : kind}\n`);
      }
      return code;
    },
    command: (io, args) => {
      const asks = args[0] === '-v' || args[0] === '-V';
      const words = asks || args[0] === '--' ? args.slice(1) : args;
      if (words.length === 0) return 0;
      if (!asks) {
        // It means no function.
        const { functions } = io.run.session;
        const [name = ''] = words;
        const own = functions.get(name);
        functions.delete(name);
        const code = io.runWords(words);
        if (own) functions.set(name, own);
        return code;
      }
      let code = 1;
      for (const name of words) {
        const [kind, text] = meaning(io, name) ?? [];
        if (kind !== undefined) code = 0;
        if (kind !== undefined) io.out(kind === 'alias' ? `alias ${name}='${text}'\n` : `${text}\n`);
      }
      return code;
    },
    help: (io) => {
      const list = (names: readonly string[]): string => wrapped([...names].sort(compareBytes));
      io.out(`The shell does these itself:\n${list(builtins())}`);
      io.out(`These are programs; NAME --help says more:\n${list(Object.keys(commands))}`);
      io.out(
        'There are quotes, $x $(…) $((…)) {a,b} * ? [a-z] ~, > >> < 2>&1 <<, | && || ; !, if for while case, functions,\n' +
          'aliases, history and Tab. There are no arrays, no <(…), no select, trap or time.\n',
      );
      return 0;
    },
    which: (io, args) => {
      let code = 0;
      for (const name of args) {
        if (Object.hasOwn(commands, name)) io.out(`/usr/bin/${name}\n`);
        else code = 1;
      }
      return code;
    },
  };
};

const keywords = new Set(
  'if then else elif fi case esac for while until do done in function { } ! [[ ]] time select coproc'.split(' '),
);

/** Words in lines that are not too long, two spaces before each. */
const wrapped = (words: readonly string[]): string => {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last === undefined || last.length + word.length > 78) lines.push(`  ${word}`);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines.map((line) => `${line}\n`).join('');
};
