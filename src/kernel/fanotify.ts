import { type Errno, errnoName } from '../fs/errno.ts';
import { abi, O_CLOEXEC, O_RDONLY } from './abi.ts';
import { Descriptor } from './handle.ts';
import { syscall } from './libc.ts';

/**
 * A fanotify group whose events name the directory, the entry and the inode (fanotify_init(2),
 * kernel 5.17). Without CAP_SYS_ADMIN the kernel gives one too, for marks on single directories.
 */
export const watchGroup = (): Descriptor | Errno => {
  const fd = syscall(abi.call.fanotify_init, FAN_CLOEXEC | FAN_REPORT_DFID_NAME_TARGET, O_RDONLY | O_CLOEXEC, 0, 0, 0);
  return fd < 0 ? errnoName(-fd) : new Descriptor(fd);
};

const FAN_CLOEXEC = 0x1;
const FAN_REPORT_DFID_NAME_TARGET = 0x1e00;
