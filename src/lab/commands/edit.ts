import { Fault } from '../../fs/fault.ts';
import type { CommandIo, LabCommand } from '../session.ts';
import { complain, misused, named, open, parentOf, parse, writeText } from './tool.ts';

/**
 * An editor in one line: `edit FILE TEXT…` saves the words as the new contents. As it is, or with --in-place, it writes
 * into the file, as nano and vim with backupcopy=yes do: its inode stays. With --rename it makes a new file that takes
 * the name, as sed -i and many editors do: other names keep the old contents, and a link is replaced by a file.
 */
export const edit: LabCommand = (io, words) => {
  const args = parse(io, words, 'a,append in-place r,rename');
  if (typeof args === 'number') return args;
  const [path, ...texts] = args.operands;
  if (path === undefined) return misused(io, 'missing file operand');
  const added = texts.length > 0 ? `${texts.join(' ')}\n` : (io.stdin ?? '');
  const fault =
    args.last('in-place', 'r') === 'r'
      ? byRename(io, path, added)
      : writeText(io, path, added, args.has('a') ? { append: true } : { truncate: true });
  return fault ? complain(io, `${named(path)}: ${fault.reason}`) : 0;
};

/** As vim saves with backupcopy=no. */
const byRename = (io: CommandIo, path: string, text: string): Fault | undefined => {
  const { fs } = io;
  const before = fs.stat(fs.cwd, path, 'follow');
  const temporary = createTemporary(io, path, '.edit');
  if (temporary instanceof Fault) return temporary;
  const fault = writeText(io, temporary, text);
  const mode = before instanceof Fault ? 0o666 & ~fs.umask : before.mode;
  const failed = fault ?? fs.chmod(fs.cwd, temporary, mode, 'follow') ?? fs.rename(fs.cwd, temporary, fs.cwd, path);
  if (failed) fs.unlink(fs.cwd, temporary);
  return failed;
};

/** An empty file in the directory of `path`, closed to others; its path. */
export const createTemporary = (io: CommandIo, path: string, prefix: string): string | Fault => {
  const dir = parentOf(path);
  const number = (io.session.clock.now() / 1000n) % 2_176_782_336n;
  const temporary = `${dir}/${prefix}${number.toString(36).padStart(6, '0')}`;
  const opened = open(io, temporary, { access: 'write', create: 'exclusive', mode: 0o600 });
  if (opened instanceof Fault) return new Fault(opened.call, opened.errno, temporary);
  opened[Symbol.dispose]();
  return temporary;
};
