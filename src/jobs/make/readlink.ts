import { Fault } from '../../fs/fault.ts';
import { quoteIfNeeded } from '../../gnu/quote.ts';
import { canonicalize, type Presence } from './canonicalize.ts';
import { commandLine } from './command-line.ts';
import type { OptionSpec } from './gnu-options.ts';
import type { Program } from './process.ts';
import type { Manual } from './usage.ts';

const options = {
  canonicalize: { short: 'f', long: 'canonicalize' },
  existing: { short: 'e', long: 'canonicalize-existing' },
  missing: { short: 'm', long: 'canonicalize-missing' },
  noNewline: { short: 'n', long: 'no-newline' },
  quiet: { short: 'q', long: 'quiet' },
  silent: { short: 's', long: 'silent' },
  verbose: { short: 'v', long: 'verbose' },
  zero: { short: 'z', long: 'zero' },
} as const satisfies Readonly<Record<string, OptionSpec>>;

export const manual: Manual = {
  summary: 'Print what each symbolic link stores, or where each path leads.',
  usage: ['[OPTION]... FILE...'],
  options: [
    ['-f, --canonicalize', 'print the absolute path without links and dots; only its last name may be missing'],
    ['-e, --canonicalize-existing', 'as -f, and all of it must exist'],
    ['-m, --canonicalize-missing', 'as -f, and any of it may be missing'],
    ['-n, --no-newline', 'print nothing after the answer, where there is one FILE'],
    ['-q, --quiet', 'say nothing of a FILE that cannot be answered'],
    ['-s, --silent', 'the same; this is the default unless POSIXLY_CORRECT is set'],
    ['-v, --verbose', 'say why a FILE cannot be answered'],
    ['-z, --zero', 'end each answer with NUL, not newline'],
    ['    --help', 'print this and end'],
    ['    --version', 'print the version and end'],
  ],
  details: [
    'Without -f, -e or -m each FILE must be a symbolic link. A cycle of links is an error; any number of other links is not.',
    'The exit code is 1 if a FILE could not be answered, otherwise 0.',
  ],
};

/** Says what links store, or with -f, -e or -m where paths lead: readlink(1) of GNU coreutils 9.10. */
export const readlink: Program = (process, args) => {
  const line = commandLine(process, args, options, manual);
  if (typeof line === 'number') return line;
  const { options: given, operands } = line;
  let presence: Presence | undefined;
  let noNewline = false;
  // POSIX wants a message for each file that is no link (coreutils 9.8).
  let verbose = process.variable('POSIXLY_CORRECT') !== undefined;
  let end = '\n';
  for (const { name } of given) {
    switch (name) {
      case 'canonicalize':
        presence = 'all-but-last';
        break;
      case 'existing':
      case 'missing':
        presence = name;
        break;
      case 'noNewline':
        noNewline = true;
        break;
      case 'quiet':
      case 'silent':
        verbose = false;
        break;
      case 'verbose':
        verbose = true;
        break;
      case 'zero':
        end = '\0';
        break;
    }
  }
  if (operands.length > 1 && noNewline) {
    process.err(`${process.name}: ignoring --no-newline with multiple arguments\n`);
    noNewline = false;
  }

  let code = 0;
  for (const path of operands) {
    const found = presence ? canonicalize(process, path, presence) : process.fs.readlink(process.fs.cwd, path);
    if (found instanceof Fault) {
      code = 1;
      if (verbose) process.err(`${process.name}: ${quoteIfNeeded(path, process.utf8)}: ${found.reason}\n`);
    } else process.out(noNewline ? found : found + end);
  }
  return code;
};
