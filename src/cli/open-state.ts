import { Fault } from '../fs/fault.ts';
import { randomWord } from '../kernel/random.ts';
import type { Who } from '../plan/ledger.ts';
import type { World } from './command.ts';
import { CommandError } from './command-error.ts';
import { isAlive, processName } from './process-name.ts';
import { type OpenState, openStateAt } from './state-directory.ts';

/** Opens the journals of this user on the running machine. The caller disposes of the answer. */
export const openState: OpenState = (world, request) =>
  openStateAt(world, request, () => defaultPath(world.fs), thisProcess());

/** As the XDG Base Directory Specification has it; root's own where HOME is somebody else's, as under sudo. */
const defaultPath = (fs: World['fs']): string => {
  const { LINKWRIGHT_STATE, XDG_STATE_HOME, HOME } = process.env;
  if (LINKWRIGHT_STATE) return LINKWRIGHT_STATE;
  const uid = process.geteuid?.() ?? 0;
  const home = HOME ? fs.stat(fs.cwd, HOME, 'follow') : undefined;
  const isOurs = home !== undefined && !(home instanceof Fault) && home.uid === uid;
  if (uid === 0 && !isOurs) return '/var/lib/linkwright';
  // A relative path in this variable is to be ignored, the specification says.
  if (XDG_STATE_HOME?.startsWith('/')) return `${XDG_STATE_HOME}/linkwright`;
  if (HOME) return `${HOME}/.local/state/linkwright`;
  throw new CommandError('HOME is not set: there is no place for the journal', ['--state DIR'], 2);
};

const thisProcess = (): Who => ({
  uid: process.geteuid?.() ?? 0,
  now: Date.now,
  random: (length) => randomWord().slice(0, length),
  process: processName(process.pid) ?? `${process.pid}`,
  isAlive,
});
