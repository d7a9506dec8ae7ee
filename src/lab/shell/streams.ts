import { decodeBytes, encodeBytes } from '../../fs/bytes.ts';
import { Fault } from '../../fs/fault.ts';
import type { OpenFile } from '../session.ts';
import { type Run, type Stream, spendText } from './run.ts';

/** write(2) of text. */
export const write = (run: Run, stream: Stream | undefined, text: string): Fault | undefined => {
  if (text === '') return undefined;
  spendText(run.budget, text.length);
  switch (stream?.kind) {
    case 'terminal':
      if (stream.stream !== 'in') toTerminal(run, stream.stream, text);
      return undefined;
    case 'into':
      stream.pieces.push(text);
      return undefined;
    case 'file':
      return toFile(stream.file, encodeBytes(text));
    default:
      return new Fault('write', 'EBADF', '');
  }
};

/** Says what is wrong in the shell's name, or that of the script and its line. */
export const complain = (run: Run, text: string): void => {
  const { script } = run;
  write(run, run.fds.get(2), `${script ? `${script.name}: line ${script.line}` : 'bash'}: ${text}\n`);
};

const toTerminal = ({ session }: Run, stream: 'out' | 'err', text: string): void => {
  const { output } = session;
  const last = output.at(-1);
  if (last?.stream === stream) output[output.length - 1] = { stream, text: last.text + text };
  else output.push({ stream, text });
};

const toFile = (file: OpenFile, bytes: Uint8Array): Fault | undefined => {
  const { process, handle, append } = file;
  const position = append ? sizeOf(file) : file.position;
  const wrote = process.write(handle, bytes, position);
  if (wrote instanceof Fault) return new Fault('write', wrote.errno, file.path);
  file.position = position + wrote;
  return undefined;
};

const sizeOf = ({ process, handle }: OpenFile): number => {
  const stat = process.stat(handle, '');
  return stat instanceof Fault ? 0 : stat.size;
};

/** All that is left; undefined at the terminal, where nobody types. */
export const readAll = (run: Run, stream: Stream | undefined): string | Fault | undefined => {
  switch (stream?.kind) {
    case 'terminal':
      return undefined;
    case 'from': {
      const { text } = stream;
      stream.text = '';
      return text;
    }
    case 'file':
      return fromFile(run, stream.file);
    default:
      return new Fault('read', 'EBADF', '');
  }
};

const fromFile = (run: Run, file: OpenFile): string | Fault => {
  const size = Math.max(0, sizeOf(file) - file.position);
  spendText(run.budget, size);
  const bytes = new Uint8Array(size);
  // A read of nothing still says that a directory cannot be read.
  const count = file.process.read(file.handle, bytes.length > 0 ? bytes : new Uint8Array(1), file.position);
  if (count instanceof Fault) return new Fault('read', count.errno, file.path);
  file.position += bytes.length === 0 ? 0 : count;
  return decodeBytes(bytes.subarray(0, count));
};

/** One line with its end, of at most so many characters; empty where nothing is left. What follows stays unread. */
export const readLine = (run: Run, stream: Stream | undefined, end = '\n', most = Infinity): string | Fault => {
  const first = (text: string): string => text.slice(0, Math.min(text.indexOf(end) + 1 || text.length, most));
  if (stream?.kind === 'from') {
    const line = first(stream.text);
    stream.text = stream.text.slice(line.length);
    return line;
  }
  if (stream?.kind !== 'file') return stream ? '' : new Fault('read', 'EBADF', '');
  const { file } = stream;
  const from = file.position;
  const rest = fromFile(run, file);
  if (rest instanceof Fault) return rest;
  const line = first(rest);
  file.position = from + encodeBytes(line).length;
  return line;
};

/** One descriptor less: the last one closes the file. */
export const release = (file: OpenFile): void => {
  file.uses--;
  if (file.uses === 0) file.handle[Symbol.dispose]();
};
