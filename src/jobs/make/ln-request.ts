import { Fault } from '../../fs/fault.ts';
import type { Fs } from '../../fs/fs.ts';
import type { Stat } from '../../fs/stat.ts';
import { type BackupControl, backupControl } from '../../gnu/backup.ts';
import { quote } from '../../gnu/quote.ts';
import { gnuOptions, type OptionSpec } from './gnu-options.ts';
import type { Process } from './process.ts';
import { type Manual, usageError } from './usage.ts';

/** In the order in which GNU's ln lists those that a beginning may mean. */
const options = {
  backup: { long: 'backup', value: 'optional' },
  simpleBackup: { short: 'b' },
  directory: { short: 'd', long: 'directory' },
  directoryF: { short: 'F' },
  noDereference: { short: 'n', long: 'no-dereference' },
  noTargetDirectory: { short: 'T', long: 'no-target-directory' },
  force: { short: 'f', long: 'force' },
  interactive: { short: 'i', long: 'interactive' },
  suffix: { short: 'S', long: 'suffix', value: 'required' },
  into: { short: 't', long: 'target-directory', value: 'required' },
  logical: { short: 'L', long: 'logical' },
  physical: { short: 'P', long: 'physical' },
  relative: { short: 'r', long: 'relative' },
  symbolic: { short: 's', long: 'symbolic' },
  verbose: { short: 'v', long: 'verbose' },
  help: { long: 'help' },
  version: { long: 'version' },
  beneath: { long: 'beneath', value: 'required', beyond: true },
  explain: { long: 'explain', beyond: true },
  from0: { long: 'from0', value: 'required', beyond: true },
  fsync: { long: 'fsync', beyond: true },
} as const satisfies Readonly<Record<string, OptionSpec>>;

export const manual: Manual = {
  summary: 'Give a file one more name, or with -s make a symbolic link.',
  usage: [
    '[OPTION]... [-T] TARGET NAME',
    '[OPTION]... TARGET',
    '[OPTION]... TARGET... DIRECTORY',
    '[OPTION]... -t DIRECTORY TARGET...',
    '[OPTION]... --from0=FILE',
  ],
  options: [
    ['-s, --symbolic', 'symbolic links, which store TARGET as it is written'],
    ['-r, --relative', 'with -s: store the way from the link to TARGET'],
    ['-f, --force', 'replace what has the name, in one step'],
    ['-i, --interactive', 'ask before replacing'],
    ['-b', 'as --backup, without a value'],
    ['    --backup[=CONTROL]', 'replace, and keep what was there under another name'],
    ['-S, --suffix=SUFFIX', 'what simple backups end with, in place of ~'],
    ['-n, --no-dereference', 'a NAME that is a link to a directory is a name, not that directory'],
    ['-T, --no-target-directory', 'NAME is a name even if it is a directory'],
    ['-t, --target-directory=DIRECTORY', 'make all the links in DIRECTORY'],
    ['-L, --logical', 'link the file that a symbolic TARGET leads to'],
    ['-P, --physical', 'link a symbolic TARGET itself; this is the default'],
    ['-d, -F, --directory', 'try to link directories, which Linux refuses'],
    ['-v, --verbose', 'print each link that is made'],
    ['    --beneath=ROOT', 'take paths from ROOT, and refuse those that lead out of it'],
    ['    --explain', 'where a link is refused, say why and what to try'],
    ['    --from0=FILE', 'take pairs TARGET, NAME from FILE (- is standard input), each ended by NUL'],
    ['    --fsync', 'end when the links are on the storage'],
    ['    --help', 'print this and end'],
    ['    --version', 'print the version and end'],
  ],
  details: [
    'With one TARGET the link is made here under its last name. With two operands the second is the new name, or a directory for it.',
    'CONTROL is none or off; numbered or t: NAME.~1~, NAME.~2~ and so on; simple or never: NAME~; existing or nil: numbered if there is such a backup, otherwise simple. Without it VERSION_CONTROL says, otherwise it is existing. SIMPLE_BACKUP_SUFFIX is another way to say -S.',
    'A replaced name leads to the old or to the new at every moment, with a backup too. What somebody else puts there meanwhile is not lost: it stays, and ln says so. No operand replaces what an earlier one has made.',
    'With --beneath links on the way to TARGET and NAME are followed as long as they stay in ROOT. What a symbolic link stores is not looked at.',
    'The exit code is 1 if a link could not be made, otherwise 0.',
  ],
};

export interface LnRequest {
  readonly operands: readonly string[];
  readonly symbolic: boolean;
  readonly relative: boolean;
  readonly replace: 'no' | 'force' | 'ask';
  readonly backups: boolean;
  readonly control: string | undefined;
  readonly suffix: string | undefined;
  readonly noDereference: boolean;
  readonly noTargetDirectory: boolean;
  readonly into: string | undefined;
  readonly logical: boolean;
  readonly directories: boolean;
  readonly verbose: boolean;
  readonly beneath: string | undefined;
  readonly explain: boolean;
  readonly from0: string | undefined;
  readonly fsync: boolean;
}

/** What the command line asks for; `wrong` where it cannot be understood, which is said by then. */
export const readLnRequest = (process: Process, args: readonly string[]): LnRequest | 'help' | 'version' | 'wrong' => {
  const { fs, utf8 } = process;
  const {
    options: given,
    operands,
    problem,
  } = gnuOptions(args, options, process.variable('POSIXLY_CORRECT') !== undefined);
  const complain = (text: string): 'wrong' => {
    process.err(`${process.name}: ${text}\n`);
    return 'wrong';
  };
  const misuse = (text: string): 'wrong' => {
    usageError(process, text);
    return 'wrong';
  };

  const has = new Set<string>();
  let replace: LnRequest['replace'] = 'no';
  let logical = false;
  let control: string | undefined;
  let suffix: string | undefined;
  let into: string | undefined;
  const beneath = given.findLast(({ name }) => name === 'beneath')?.value;
  let from0: string | undefined;
  for (const { name, value } of given) {
    has.add(name);
    switch (name) {
      case 'force':
        replace = 'force';
        break;
      case 'interactive':
        replace = 'ask';
        break;
      case 'logical':
      case 'physical':
        logical = name === 'logical';
        break;
      case 'backup':
        control = value ?? control;
        break;
      case 'suffix':
        suffix = value;
        break;
      case 'from0':
        from0 = value;
        break;
      case 'into': {
        const path = value as string;
        if (into !== undefined) return complain('multiple target directories specified');
        const stat = beneath === undefined ? statDirectory(fs, path) : undefined;
        if (stat instanceof Fault) return complain(`failed to access ${quote(path, utf8)}: ${stat.reason}`);
        if (stat && stat.kind !== 'dir') return complain(`target ${quote(path, utf8)} is not a directory`);
        into = path;
        break;
      }
      case 'help':
      case 'version':
        return name;
    }
  }
  if (problem !== undefined) return misuse(problem);

  const noTargetDirectory = has.has('noTargetDirectory');
  const together = (one: string, other: string): 'wrong' => complain(`cannot combine ${one} and ${other}`);
  if (from0 === undefined && operands.length === 0) return misuse('missing file operand');
  if (has.has('relative') && !has.has('symbolic')) return complain('cannot do --relative without --symbolic');
  if (noTargetDirectory && into !== undefined) return together('--target-directory', '--no-target-directory');
  if (has.has('relative') && beneath !== undefined) return together('--relative', '--beneath');
  if (from0 !== undefined && into !== undefined) return together('--target-directory', '--from0');
  const extra = operands[from0 === undefined ? 2 : 0];
  if ((from0 !== undefined || noTargetDirectory) && extra !== undefined)
    return misuse(`extra operand ${quote(extra, utf8)}`);
  if (noTargetDirectory && from0 === undefined && operands.length < 2)
    return misuse(`missing destination file operand after ${quote(operands[0] as string, utf8)}`);

  return {
    operands,
    symbolic: has.has('symbolic'),
    relative: has.has('relative'),
    replace,
    backups: has.has('backup') || has.has('simpleBackup') || has.has('suffix'),
    control,
    suffix,
    noDereference: has.has('noDereference'),
    noTargetDirectory,
    into,
    logical,
    directories: has.has('directory') || has.has('directoryF'),
    verbose: has.has('verbose'),
    beneath,
    explain: has.has('explain'),
    from0,
    fsync: has.has('fsync'),
  };
};

/** An empty path would mean the working directory itself. */
const statDirectory = (fs: Fs, path: string): Stat | Fault =>
  path === '' ? new Fault('statx', 'ENOENT', path) : fs.stat(fs.cwd, path, 'follow');

/** Which backups are wanted. GNU's ln looks at this after its first try. */
export const wantedBackups = (process: Process, { backups, control }: LnRequest): BackupControl | 'wrong' => {
  if (!backups) return 'none';
  const variable = process.variable('VERSION_CONTROL');
  const found = control
    ? backupControl(control, 'backup type', process.utf8)
    : variable
      ? backupControl(variable, '$VERSION_CONTROL', process.utf8)
      : 'existing';
  if (typeof found === 'string') return found;
  usageError(process, found.problem);
  return 'wrong';
};
