import { encodeBytes } from '../../fs/bytes.ts';
import { Fault } from '../../fs/fault.ts';
import { link } from '../../jobs/make/link.ts';
import { ln } from '../../jobs/make/ln.ts';
import type { Process, Program } from '../../jobs/make/process.ts';
import { readlink } from '../../jobs/make/readlink.ts';
import { realpath } from '../../jobs/make/realpath.ts';
import { unlink } from '../../jobs/make/unlink.ts';
import type { CommandIo, LabCommand, Session } from '../session.ts';

/** The product's own programs, as processes of the lab. */
const asCommand =
  (program: Program): LabCommand =>
  (io, args) =>
    program(processOf(io), args);

export const products: Readonly<Record<string, LabCommand>> = {
  ln: asCommand(ln),
  link: asCommand(link),
  unlink: asCommand(unlink),
  readlink: asCommand(readlink),
  realpath: asCommand(realpath),
};

const processOf = (io: CommandIo): Process => {
  // Taken only when it is wanted: it may be the input of a loop around the command.
  let input: Uint8Array | undefined;
  let lines: Iterator<string> | undefined;
  let position = 0;
  const positions = new Map<number, number>();
  return {
    fs: io.fs,
    workingDirectory: () => (io.fs.here.inode.nlink === 0 ? new Fault('getcwd', 'ENOENT', '') : io.fs.workingDirectory),
    name: io.name,
    version: 'lab',
    utf8: isUtf8(io),
    variable: io.variable,
    out: io.out,
    err: io.err,
    readLine: () => {
      lines ??= ((io.stdin ?? '').match(/[^\n]*\n|[^\n]+/g) ?? []).values();
      return lines.next().value?.replace(/\n$/, '');
    },
    readOn(from, bytes) {
      if (from) {
        const at = positions.get(from.fd) ?? 0;
        const count = io.fs.read(from, bytes, at);
        if (!(count instanceof Fault)) positions.set(from.fd, at + count);
        return count;
      }
      if (io.stdinFault) return io.stdinFault;
      input ??= encodeBytes(io.stdin ?? '');
      const piece = input.subarray(position, position + bytes.length);
      bytes.set(piece);
      position += piece.length;
      return piece.length;
    },
    random: () => randomWord(io.session),
    explain: () => [],
  };
};

/** Whether texts are UTF-8 by the command's environment. */
export const isUtf8 = ({ variable }: CommandIo): boolean =>
  /utf-?8/i.test(variable('LC_ALL') || variable('LC_CTYPE') || variable('LANG') || '');

/** Twelve letters that are the same in each replay: in the lab nobody lies in wait for them. */
export const randomWord = ({ clock }: Session): string => {
  const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';
  let state = BigInt.asUintN(64, clock.now() * 0x5851f42d4c957f2dn + 0x14057b7ef767814fn);
  let word = '';
  for (let i = 0; i < 12; i++) {
    state = BigInt.asUintN(64, state * 0x5851f42d4c957f2dn + 0x14057b7ef767814fn);
    word += alphabet[Number((state >> 33n) & 31n)];
  }
  return word;
};
