import type { Start } from '../session.ts';

/** What an address holds: where it began, every line, and how many of them are done. */
export interface Shared {
  /** The name of a lesson; undefined where `start` was drawn by hand. */
  readonly lesson?: string;
  readonly start?: Start;
  readonly lines: readonly string[];
  readonly at: number;
}

/** Characters that chat programs and mail still take for one address. */
export const addressLimit = 8000;
/** Characters of what an address may unpack to: it comes from anywhere, and a packed kilobyte can hold a megabyte. */
const textLimit = 200_000;
const linesLimit = 1000;

const mark = '#lab1=';

/** The part of an address from `#` on. */
export const packShared = async ({ lesson, start, lines, at }: Shared): Promise<string> => {
  const text = JSON.stringify([lesson ?? start, lines, at]);
  const packed = await allOf(new Blob([text]).stream().pipeThrough(new CompressionStream('deflate-raw')));
  return mark + toBase64Url(packed as Uint8Array<ArrayBuffer>);
};

/** The same back; undefined where it holds none, null where it is damaged or not ours. Whatever it says is only data. */
export const unpackShared = async (hash: string): Promise<Shared | undefined | null> => {
  if (!hash.startsWith(mark)) return undefined;
  try {
    const bytes = fromBase64Url(hash.slice(mark.length));
    const unpacked = await allOf(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw')));
    return unpacked && sharedOf(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(unpacked)));
  } catch (error) {
    if (error instanceof TypeError || error instanceof SyntaxError || error instanceof DOMException) return null;
    throw error;
  }
};

const sharedOf = (value: unknown): Shared | null => {
  if (!Array.isArray(value) || value.length !== 3) return null;
  const [from, lines, at] = value as readonly unknown[];
  if (!Array.isArray(lines) || lines.length > linesLimit || !lines.every((line) => typeof line === 'string'))
    return null;
  if (typeof at !== 'number' || !Number.isInteger(at) || at < 0 || at > lines.length) return null;
  if (typeof from === 'string') return { lesson: from, lines, at };
  const start = startOf(from);
  return start ? { start, lines, at } : null;
};

const startOf = (value: unknown): Start | undefined => {
  if (typeof value !== 'object' || value === null) return undefined;
  const { tree, user, directory } = value as Readonly<Record<string, unknown>>;
  if (typeof tree !== 'string') return undefined;
  return {
    tree,
    ...(typeof user === 'string' ? { user } : {}),
    ...(typeof directory === 'string' ? { directory } : {}),
  };
};

/** All bytes of a stream; null where they are more than anyone could have typed. */
const allOf = async (stream: ReadableStream<Uint8Array>): Promise<Uint8Array | null> => {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  const reader = stream.getReader();
  for (let length = 0; ; ) {
    const { done, value } = await reader.read();
    if (done) return new Uint8Array(await new Blob(pieces).arrayBuffer());
    length += value.length;
    if (length > textLimit) {
      await reader.cancel();
      return null;
    }
    pieces.push(value as Uint8Array<ArrayBuffer>);
  }
};

const toBase64Url = (bytes: Uint8Array): string =>
  btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

const fromBase64Url = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0));
