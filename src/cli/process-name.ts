import { readFileSync, readlinkSync } from 'node:fs';

/** The start, the boot and the namespace tell a number from the same one given to another process. */
export const processName = (pid: number): string | undefined => {
  const started = startOf(pid);
  return started === undefined ? undefined : [pid, started, bootId(), namespace()].join(' ');
};

/** A process of another namespace cannot be seen from here: who is unknown is not dead. */
export const isAlive = (name: string): boolean => {
  const [pid, started, boot, where] = name.split(' ');
  if (boot !== bootId()) return false;
  return where !== namespace() || startOf(Number(pid)) === started;
};

/** Whether it ran here and runs no more. Of another boot may be another machine, which shares the disk. */
export const isGone = (name: string): boolean => {
  const [pid, started, boot, where] = name.split(' ');
  return boot === bootId() && where === namespace() && startOf(Number(pid)) !== started;
};

/** When a process started, in ticks since boot: the 22nd field, counted after the name in parentheses (proc_pid_stat(5)). */
const startOf = (pid: number): string | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || (error as NodeJS.ErrnoException).code === 'ESRCH')
      return undefined;
    throw error;
  }
};

const bootId = (): string => readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();

const namespace = (): string => readlinkSync('/proc/self/ns/pid');
