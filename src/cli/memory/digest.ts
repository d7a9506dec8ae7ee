import { Fault } from '../../fs/fault.ts';
import { type Census, linkField, targetField } from '../../scan/census.ts';
import type { Memory } from '../../scan/memory/memory.ts';
import type { World } from '../command.ts';

/** Begins a SHA-256. */
export type Hash = () => { update(bytes: Uint8Array): void; digest(): Uint8Array };

const pieceBytes = 1 << 20;

/** Half of the SHA-256 of the regular file at a path from the root, four words; undefined where it cannot be read. */
export const digestOf = ({ fs, root }: World, path: string, hash: Hash): Uint32Array | undefined => {
  const looked = fs.stat(root.handle, path.slice(1), 'follow');
  // Opening a pipe would wait for a writer.
  if (looked instanceof Fault || looked.kind !== 'file') return undefined;
  const opened = fs.open(root.handle, path, { access: 'read', resolve: { inRoot: true } });
  if (opened instanceof Fault) return undefined;
  using file = opened;
  const sum = hash();
  const bytes = new Uint8Array(Math.min(pieceBytes, looked.size + 1));
  for (let at = 0; ; ) {
    const count = fs.read(file, bytes, at);
    if (count instanceof Fault) return undefined;
    if (count === 0) break;
    sum.update(bytes.subarray(0, count));
    at += count;
  }
  // A copy: what a digest gives may be a part of a larger buffer.
  return new Uint32Array(Uint8Array.from(sum.digest().subarray(0, 16)).buffer);
};

/** The same in hexadecimal, as a memory gives it. */
export const digestText = (digest: Uint32Array): string =>
  Array.from(digest, (word) => word.toString(16).padStart(8, '0')).join('');

/** Digests for a memory: each file is read once, and not at all where it is as it was when it was remembered. */
export const digester = (
  world: World,
  census: Census,
  { most, hash }: { readonly most: number; readonly hash: Hash },
  old: Memory | undefined,
): ((link: number) => Uint32Array | undefined) => {
  const known = new Map<string, Uint32Array | undefined>();
  return (row) => {
    const { words } = census.targets;
    const at = row * targetField.width;
    const size = words[at + targetField.sizeLow]! + words[at + targetField.sizeHigh]! * 2 ** 32;
    if ((words[at + targetField.mode]! & 0xf000) !== 0x8000 || size > most || size === 0) return undefined;
    const link = row * linkField.width;
    const key = [linkField.inoLow, linkField.inoHigh, linkField.device]
      .map((field) => census.links.words[link + field])
      .join(':');
    if (known.has(key)) return known.get(key);
    const path = census.linkPhysicalPath(row);
    const before = old?.at(path)?.target;
    const target = census.link(row).target;
    const isSame =
      before?.contents !== undefined &&
      before.dev === target?.dev &&
      before.ino === target?.ino &&
      before.born === words[at + targetField.born] &&
      before.size === size &&
      before.mtime === words[at + targetField.mtime];
    const digest = isSame ? wordsOf(before.contents as string) : digestOf(world, path, hash);
    known.set(key, digest);
    return digest;
  };
};

const wordsOf = (text: string): Uint32Array =>
  Uint32Array.from({ length: 4 }, (_, i) => Number.parseInt(text.slice(i * 8, i * 8 + 8), 16));
