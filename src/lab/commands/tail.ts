import { byteLength, decodeBytes, encodeBytes } from '../../fs/bytes.ts';
import { Fault } from '../../fs/fault.ts';
import type { Handle } from '../../fs/fs.ts';
import { sameFile } from '../../fs/identity.ts';
import type { CommandIo, LabCommand } from '../session.ts';
import { countOf, headed, wrongCount } from './text.ts';
import { complain, open, parse, quoted, readAll, stat } from './tool.ts';

/** tail(1). With -f it holds the file itself, with -F (or --follow=name) what has the name at each time. */
export const tail: LabCommand = (io, words) => {
  const old = /^([-+])(\d+)$/.exec(words[0] ?? '');
  const args = parse(
    io,
    old ? [`-n${old[1]}${old[2]}`, ...words.slice(1)] : words,
    'c,bytes: f follow? F n,lines: q,quiet silent retry s,sleep-interval: v,verbose z,zero-terminated pid:',
  );
  if (typeof args === 'number') return args;
  const by = args.last('c', 'n') ?? 'n';
  if (old && args.operands.length > 1) return complain(io, `option used in invalid context -- ${old[2]?.[0]}`);
  const text = args.value(by) ?? '10';
  const number = countOf(text);
  if (wrongCount(io, args) || !number) return 1;
  const fromStart = number.sign === '+';
  const { count } = number;
  const cut = (body: string): string => {
    if (by === 'c') {
      const bytes = encodeBytes(body);
      return decodeBytes(
        fromStart ? bytes.subarray(Math.max(0, count - 1)) : bytes.subarray(Math.max(0, bytes.length - count)),
      );
    }
    const lines = body.match(args.has('z') ? /[^\0]*\0|[^\0]+/g : /[^\n]*\n|[^\n]+/g) ?? [];
    return (fromStart ? lines.slice(Math.max(0, count - 1)) : count === 0 ? [] : lines.slice(-count)).join('');
  };
  if (!fromStart && count === 0 && !args.has('f') && !args.has('F') && !args.has('follow')) return 0;
  const follows = args.has('f') || args.has('F') || args.has('follow');
  if (!follows || (args.operands.length === 0 && io.stdin !== undefined)) return headed(io, args, cut);
  const byName = args.has('F') || args.value('follow') === 'name';
  return follow(io, args.operands, cut, byName, args.has('F') || args.has('retry'));
};

/** A file that is followed. */
interface Followed {
  readonly path: string;
  handle: Handle | undefined;
  position: number;
}

const follow = (
  io: CommandIo,
  paths: readonly string[],
  cut: (text: string) => string,
  byName: boolean,
  retries: boolean,
): number => {
  const followed: Followed[] = [];
  const headers = paths.length > 1;
  let last: string | undefined;
  const write = (path: string, text: string): void => {
    if (headers && last !== path) io.out(`${last === undefined ? '' : '\n'}==> ${path} <==\n`);
    last = path;
    io.out(text);
  };
  for (const path of paths) {
    const opened = open(io, path, { access: 'read' });
    if (opened instanceof Fault) {
      complain(io, `cannot open ${quoted(path)} for reading: ${opened.reason}`);
      if (retries) followed.push({ path, handle: undefined, position: 0 });
      continue;
    }
    const text = readAll(io, opened);
    if (text instanceof Fault) {
      complain(io, `error reading ${quoted(path)}: ${text.reason}`);
      opened[Symbol.dispose]();
      continue;
    }
    followed.push({ path, handle: opened, position: byteLength(text) });
    write(path, cut(text));
  }
  if (followed.length === 0) return complain(io, 'no files remaining');
  const turn = (): void => {
    for (const each of followed) {
      if (byName) reopen(io, each);
      const more = each.handle && news(io, each);
      if (more) write(each.path, more);
    }
  };
  const handles = followed.flatMap(({ handle, path }) => (handle ? [{ handle, path }] : []));
  if (io.stay(handles, turn)) return 0;
  for (const { handle } of handles) handle[Symbol.dispose]();
  return 130;
};

/** What was written since the last look. */
const news = (io: CommandIo, each: Followed): string => {
  const handle = each.handle as Handle;
  const found = io.fs.stat(handle, '');
  if (!(found instanceof Fault) && found.size < each.position) {
    io.err(`${io.name}: ${each.path}: file truncated\n`);
    each.position = 0;
  }
  const text = readAll(io, handle, each.position);
  if (text instanceof Fault) return '';
  each.position += byteLength(text);
  return text;
};

/** With -F: another file may have the name now. */
const reopen = (io: CommandIo, each: Followed): void => {
  const now = stat(io, each.path);
  if (now instanceof Fault) {
    if (each.handle) complain(io, `${quoted(each.path)} has become inaccessible: ${now.reason}`);
    each.handle?.[Symbol.dispose]();
    each.handle = undefined;
    return;
  }
  const before = each.handle && io.fs.stat(each.handle, '');
  if (before && !(before instanceof Fault) && sameFile(before, now)) return;
  const opened = open(io, each.path, { access: 'read' });
  if (opened instanceof Fault) return;
  io.err(`${io.name}: ${quoted(each.path)} has ${each.handle ? 'been replaced' : 'appeared'};  following new file\n`);
  each.handle?.[Symbol.dispose]();
  each.handle = opened;
  each.position = 0;
};
