import { Fault } from '../fs/fault.ts';
import { type Ledger, openLedger, type Unfit, type Who } from '../plan/ledger.ts';
import type { Option, Request, World } from './command.ts';
import { CommandError } from './command-error.ts';
import { show } from './show.ts';

/** What commands that change things, or tell of changes, take. */
export const stateOption = {
  type: 'string',
  value: 'DIR',
  help: 'keep the journal, and what is displaced, in DIR (default: $LINKWRIGHT_STATE, or ~/.local/state/linkwright)',
} as const satisfies Option;

/** Opens the journals of who asks. The caller disposes of the answer. */
export type OpenState = (world: Pick<World, 'fs' | 'fileSystemType'>, request: Request) => Ledger;

/** Where --state says, or in the usual place. */
export const openStateAt = (
  { fs, fileSystemType }: Pick<World, 'fs' | 'fileSystemType'>,
  request: Request,
  usual: () => string,
  who: Who,
): Ledger => {
  const path = request.value('state') ?? usual();
  const ledger = openLedger(fs, fs.cwd, path, { ...who, fileSystemType });
  if ('why' in ledger)
    throw new CommandError(
      `cannot keep a journal in ${show(path)}: ${show(ledger.directory)} ${whyText(ledger.why)}`,
      ['--state DIR, with a directory that is yours alone'],
      2,
    );
  return ledger;
};

const whyText = (why: Unfit['why']): string => {
  if (why instanceof Fault) return `cannot be used: ${why.reason}`;
  return why === 'not a directory'
    ? 'is not a directory'
    : why === 'of another user'
      ? 'belongs to another user'
      : 'is open to others (chmod 700 would close it)';
};
