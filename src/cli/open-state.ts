import { readFileSync, readlinkSync } from 'node:fs';
import { Fault } from '../fs/fault.ts';
import type { Handle } from '../fs/fs.ts';
import { randomWord } from '../kernel/random.ts';
import type { Who } from '../plan/ledger.ts';
import type { Request, World } from './command.ts';
import { CommandError } from './command-error.ts';
import { type OpenState, openStateAt } from './state-directory.ts';

/** Opens the journals of this user on the running machine. The caller disposes of the answer. */
export const openState: OpenState = (world, request) =>
  openStateAt(world, request, () => defaultPath(world.fs), thisProcess());

/** The state directory, where there is one already that is this user's alone; it is not made. The caller disposes of it. */
export const existingState = ({ fs }: Pick<World, 'fs'>, request: Request): Handle | undefined => {
  const path = request.value('state') ?? usualPath(fs);
  const handle =
    path === undefined ? undefined : fs.open(fs.cwd, path, { access: 'read', directory: true, nofollow: true });
  if (handle === undefined || handle instanceof Fault) return undefined;
  const stat = fs.stat(handle, '');
  if (!(stat instanceof Fault) && stat.uid === (process.geteuid?.() ?? 0) && (stat.mode & 0o077) === 0) return handle;
  handle[Symbol.dispose]();
  return undefined;
};

const defaultPath = (fs: World['fs']): string => {
  const path = usualPath(fs);
  if (path !== undefined) return path;
  throw new CommandError('HOME is not set: there is no place for the journal', ['--state DIR'], 2);
};

/** As the XDG Base Directory Specification has it; root's own where HOME is somebody else's, as under sudo. */
const usualPath = (fs: World['fs']): string | undefined => {
  const { LINKWRIGHT_STATE, XDG_STATE_HOME, HOME } = process.env;
  if (LINKWRIGHT_STATE) return LINKWRIGHT_STATE;
  const uid = process.geteuid?.() ?? 0;
  const home = HOME ? fs.stat(fs.cwd, HOME, 'follow') : undefined;
  const isOurs = home !== undefined && !(home instanceof Fault) && home.uid === uid;
  if (uid === 0 && !isOurs) return '/var/lib/linkwright';
  // A relative path in this variable is to be ignored, the specification says.
  if (XDG_STATE_HOME?.startsWith('/')) return `${XDG_STATE_HOME}/linkwright`;
  return HOME ? `${HOME}/.local/state/linkwright` : undefined;
};

const thisProcess = (): Who => ({
  uid: process.geteuid?.() ?? 0,
  now: Date.now,
  random: (length) => randomWord().slice(0, length),
  process: processName(process.pid) ?? `${process.pid}`,
  isAlive,
});

/** The start, the boot and the namespace tell a number from the same one given to another process. */
const processName = (pid: number): string | undefined => {
  const started = startOf(pid);
  return started === undefined ? undefined : [pid, started, bootId(), namespace()].join(' ');
};

/** A process of another namespace cannot be seen from here: who is unknown is not dead. */
const isAlive = (name: string): boolean => {
  const [pid, started, boot, where] = name.split(' ');
  if (boot !== bootId()) return false;
  return where !== namespace() || startOf(Number(pid)) === started;
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
