/** Archives block by block: what no program would write, too. */
import { encodeBytes } from '../../src/fs/bytes.ts';

export interface TarMember {
  readonly name: string;
  /** Of a header: `0` file, `1` hard link, `2` symlink, `5` directory … */
  readonly type?: string;
  readonly text?: string;
  readonly mode?: number;
  readonly data?: string;
  /** What the header says of it, where that is not the truth. */
  readonly size?: number;
  readonly prefix?: string;
  readonly magic?: string;
  /** Bytes to put into the header. */
  readonly at?: Readonly<Record<number, string>>;
  /** Blocks between header and data that no size counts. */
  readonly between?: readonly Uint8Array[];
}

export const file = (name: string, data = ''): TarMember => ({ name, data });
export const dir = (name: string): TarMember => ({ name: `${name}/`, type: '5', mode: 0o755 });
export const symlink = (name: string, text: string): TarMember => ({ name, text, type: '2', mode: 0o777 });
export const hardLink = (name: string, text: string): TarMember => ({ name, text, type: '1' });

/** A pax header for the next member; `g` for all that follow. */
export const pax = (records: Readonly<Record<string, string>>, type: 'x' | 'g' = 'x'): TarMember => {
  let data = '';
  for (const [key, value] of Object.entries(records)) {
    const rest = ` ${key}=${value}\n`;
    const bytes = encodeBytes(rest).length;
    let length = bytes + 1;
    while (bytes + String(length).length !== length) length++;
    data += length + rest;
  }
  return { name: 'PaxHeader', type, data };
};

/** GNU's long names. */
export const longName = (name: string): TarMember => ({ name: '././@LongLink', type: 'L', data: `${name}\0` });
export const longText = (text: string): TarMember => ({ name: '././@LongLink', type: 'K', data: `${text}\0` });

/** A whole archive, with its end. */
export const tar = (members: readonly TarMember[], end = 1024): Uint8Array =>
  joined([...members.flatMap(blocksOf), new Uint8Array(end)]);

export const joined = (parts: readonly Uint8Array[]): Uint8Array => {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
};

const blocksOf = (member: TarMember): readonly Uint8Array[] => {
  const data = encodeBytes(member.data ?? '');
  const padded = new Uint8Array(Math.ceil(data.length / 512) * 512);
  padded.set(data);
  return [headerOf(member, data.length), ...(member.between ?? []), padded];
};

const headerOf = (member: TarMember, size: number): Uint8Array => {
  const block = new Uint8Array(512);
  const put = (at: number, text: string): void => block.set(encodeBytes(text), at);
  const octal = (at: number, digits: number, value: number): void => put(at, value.toString(8).padStart(digits, '0'));
  put(0, member.name);
  octal(100, 7, member.mode ?? 0o644);
  octal(108, 7, 0);
  octal(116, 7, 0);
  octal(124, 11, member.size ?? size);
  octal(136, 11, 0);
  put(148, ' '.repeat(8));
  put(156, member.type ?? '0');
  put(157, member.text ?? '');
  put(257, member.magic ?? 'ustar\x0000');
  put(345, member.prefix ?? '');
  for (const [at, text] of Object.entries(member.at ?? {})) put(Number(at), text);
  octal(
    148,
    6,
    block.reduce((sum, byte) => sum + byte, 0),
  );
  block[154] = 0;
  return block;
};
