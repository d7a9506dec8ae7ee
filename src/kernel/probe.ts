/** Probe on the running Linux: one system call each, into one block. */

import { type Probe, probeLayout } from '../fs/probe.ts';
import * as abi from './abi.ts';
import { adopt, close } from './handle.ts';
import { allocate, syscall } from './libc.ts';
import { untilSettled } from './until-settled.ts';

const { call } = abi.abi;
const openDirFlags = abi.O_RDONLY | abi.abi.O_DIRECTORY | abi.abi.O_NOFOLLOW | abi.O_CLOEXEC;
const statxNumber = call.statx;
const lstatFlags = abi.AT_SYMLINK_NOFOLLOW | abi.AT_NO_AUTOMOUNT;
const statMask = abi.STATX_BASIC_STATS | abi.STATX_BTIME | abi.STATX_MNT_ID;

/** A probe of the running kernel. Each has a block of its own; make one a thread. */
export const kernelProbe = (): Probe => {
  const block = allocate(probeLayout.total);
  const { address } = block;
  const statxAddress = address + probeLayout.statx;
  const statx = (dir: number, name: number, flags: number): number =>
    syscall(statxNumber, dir, address + name, flags, statMask, statxAddress);
  const how = allocate(24);
  how.longs[0] = BigInt(abi.O_PATH | abi.O_CLOEXEC);
  how.longs[2] = BigInt(abi.RESOLVE_IN_ROOT);
  // A name that is never written: the descriptor itself, by AT_EMPTY_PATH.
  const noName = probeLayout.nameBytes - 1;
  return {
    bytes: block.bytes,
    halves: block.halves,
    words: block.words,
    openDir(parent, name) {
      const fd = syscall(call.openat, parent, address + name, openDirFlags, 0, 0);
      return fd < 0 ? fd : adopt(fd);
    },
    close,
    getdents: (fd) => syscall(call.getdents64, fd, address + probeLayout.dents, probeLayout.dentsBytes, 0, 0),
    // Spelt out: this one is called for every entry.
    lstat: (dir, name) => syscall(statxNumber, dir, address + name, lstatFlags, statMask, statxAddress),
    // ELOOP is not asked for again, as `untilCounted` does: a loop costs 40 hops a time, and `settle` looks at each ELOOP.
    stat: (dir, name) => statx(dir, name, abi.AT_NO_AUTOMOUNT),
    statInRoot(root, name) {
      const fd = untilSettled(() => syscall(call.openat2, root, address + name, how.address, 24, 0));
      if (fd < 0) return fd;
      const result = statx(fd, noName, abi.AT_EMPTY_PATH);
      syscall(call.close, fd, 0, 0, 0, 0);
      return result;
    },
    fstat: (fd) => statx(fd, noName, abi.AT_EMPTY_PATH),
    readlink: (dir, name) =>
      syscall(call.readlinkat, dir, address + name, address + probeLayout.text, probeLayout.textBytes, 0),
  };
};
