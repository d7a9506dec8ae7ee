import { decodeBytes, encodeBytes } from './bytes.ts';
import { errnoNumber } from './errno.ts';
import { Fault } from './fault.ts';
import type { Entry, Fs, Handle } from './fs.ts';
import { dirent, direntType, type Probe, probeLayout, statxField } from './probe.ts';
import { type Kind, rawMode, type Stat } from './stat.ts';

/** A probe over any Fs: for a walk through a sketch. Descriptors are the Fs's own. */
export const fsProbe = (fs: Fs): Probe => {
  const buffer = new ArrayBuffer(probeLayout.total);
  const bytes = new Uint8Array(buffer);
  const view = new DataView(buffer);
  const opened = new Map<number, Handle>();
  /** What is left of directories that are read. */
  const unread = new Map<number, readonly Entry[]>();
  const at = (fd: number): Handle => opened.get(fd) ?? { fd, [Symbol.dispose]() {} };
  const text = (from: number): string => decodeBytes(bytes.slice(from, bytes.indexOf(0, from)));
  const told = (stat: Stat | Fault): number => {
    if (stat instanceof Fault) return failed(stat);
    putStat(view, stat);
    return 0;
  };
  return {
    bytes,
    halves: new Uint16Array(buffer),
    words: new Uint32Array(buffer),
    openDir(parent, name) {
      const handle = fs.open(at(parent), text(name), { access: 'read', directory: true, nofollow: true });
      if (handle instanceof Fault) return failed(handle);
      opened.set(handle.fd, handle);
      return handle.fd;
    },
    close(fd) {
      at(fd)[Symbol.dispose]();
      opened.delete(fd);
      unread.delete(fd);
    },
    getdents(fd) {
      const entries = unread.get(fd) ?? fs.entries(at(fd));
      if (entries instanceof Fault) return failed(entries);
      let filled = 0;
      let count = 0;
      for (const entry of entries) {
        const name = encodeBytes(entry.name);
        const length = (dirent.name + name.length + 8) & ~7;
        if (filled + length > probeLayout.dentsBytes) break;
        putEntry(view, probeLayout.dents + filled, entry, name, length);
        filled += length;
        count++;
      }
      unread.set(fd, entries.slice(count));
      return filled;
    },
    lstat: (dir, name) => told(fs.stat(at(dir), text(name))),
    stat: (dir, name) => told(fs.stat(at(dir), text(name), 'follow')),
    statInRoot(root, name) {
      const handle = fs.open(at(root), text(name), { access: 'path', resolve: { inRoot: true } });
      if (handle instanceof Fault) return failed(handle);
      using found = handle;
      return told(fs.stat(found, ''));
    },
    fstat: (fd) => told(fs.stat(at(fd), '')),
    readlink(dir, name) {
      const found = fs.readlink(at(dir), text(name));
      if (found instanceof Fault) return failed(found);
      const encoded = encodeBytes(found);
      bytes.set(encoded, probeLayout.text);
      return encoded.length;
    },
  };
};

const failed = ({ errno }: Fault): number => -errnoNumber(errno);

const typeOf = (kind: Kind): number => direntType[kind];

const putEntry = (view: DataView, at: number, { ino, kind }: Entry, name: Uint8Array, length: number): void => {
  view.setBigUint64(at + dirent.ino, ino, true);
  view.setUint16(at + dirent.length, length, true);
  view.setUint8(at + dirent.type, typeOf(kind));
  for (let i = 0; i < length - dirent.name; i++) view.setUint8(at + dirent.name + i, name[i] ?? 0);
};

/** STATX_BASIC_STATS, STATX_BTIME and STATX_MNT_ID. */
const everything = 0x1fff;
const birthTime = 0x800;
const immutableBit = 0x10;
const appendBit = 0x20;
const mountRootBit = 0x2000;

const putStat = (view: DataView, stat: Stat): void => {
  const base = probeLayout.statx;
  const put = (field: number, value: number): void => view.setUint32(base + field, value, true);
  const putTime = (field: number, time: bigint): void => {
    view.setBigInt64(base + field, time / 1_000_000_000n, true);
    put(field + 8, Number(time % 1_000_000_000n));
  };
  const bits = [stat.immutable && immutableBit, stat.appendOnly && appendBit, stat.mountRoot && mountRootBit];
  put(statxField.mask, stat.btime === undefined ? everything & ~birthTime : everything);
  view.setBigUint64(base + statxField.attributes, BigInt(bits.reduce<number>((sum, bit) => sum + (bit || 0), 0)), true);
  put(statxField.nlink, stat.nlink);
  put(statxField.uid, stat.uid);
  put(statxField.gid, stat.gid);
  view.setUint16(base + statxField.mode, rawMode(stat), true);
  view.setBigUint64(base + statxField.ino, stat.ino, true);
  view.setBigUint64(base + statxField.size, BigInt(stat.size), true);
  view.setBigUint64(base + statxField.blocks, BigInt(stat.blocks), true);
  putTime(statxField.atime, stat.atime);
  putTime(statxField.btime, stat.btime ?? 0n);
  putTime(statxField.ctime, stat.ctime);
  putTime(statxField.mtime, stat.mtime);
  put(statxField.rdevMajor, Math.floor(stat.rdev / 0x100000));
  put(statxField.rdevMinor, stat.rdev % 0x100000);
  put(statxField.devMajor, Math.floor(stat.dev / 0x100000));
  put(statxField.devMinor, stat.dev % 0x100000);
  view.setBigUint64(base + statxField.mountId, BigInt(stat.mountId), true);
};
