import { Fault } from '../fs/fault.ts';
import type { Handle } from '../fs/fs.ts';
import { randomWord } from '../kernel/random.ts';
import type { Who } from '../plan/ledger.ts';
import type { Request, World } from './command.ts';
import { CommandError } from './command-error.ts';
import { isAlive, processName } from './process-name.ts';
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
