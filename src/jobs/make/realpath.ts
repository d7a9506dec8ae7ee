import { Fault } from '../../fs/fault.ts';
import { liesIn, relativePath } from '../../fs/relative.ts';
import { quote, quoteIfNeeded } from '../../gnu/quote.ts';
import { canonicalize, type Presence } from './canonicalize.ts';
import { commandLine } from './command-line.ts';
import type { OptionSpec } from './gnu-options.ts';
import type { Process, Program } from './process.ts';
import type { Manual } from './usage.ts';

const options = {
  canonicalize: { short: 'E', long: 'canonicalize' },
  existing: { short: 'e', long: 'canonicalize-existing' },
  missing: { short: 'm', long: 'canonicalize-missing' },
  relativeTo: { long: 'relative-to', value: 'required' },
  relativeBase: { long: 'relative-base', value: 'required' },
  quiet: { short: 'q', long: 'quiet' },
  strip: { short: 's', long: 'strip' },
  noSymlinks: { long: 'no-symlinks' },
  zero: { short: 'z', long: 'zero' },
  logical: { short: 'L', long: 'logical' },
  physical: { short: 'P', long: 'physical' },
} as const satisfies Readonly<Record<string, OptionSpec>>;

export const manual: Manual = {
  summary: 'Print where each FILE lies: its absolute path without links and dots.',
  usage: ['[OPTION]... FILE...'],
  options: [
    ['-E, --canonicalize', 'only the last name may be missing (the default)'],
    ['-e, --canonicalize-existing', 'all of the path must exist'],
    ['-m, --canonicalize-missing', 'any of the path may be missing'],
    ['-L, --logical', "take '..' away in the text of FILE first, then resolve links"],
    ['-P, --physical', 'resolve links as they are met (the default)'],
    ['-q, --quiet', 'say nothing of a FILE that cannot be answered'],
    ['    --relative-to=DIR', 'print paths as they are from DIR'],
    ['    --relative-base=DIR', 'print only paths in DIR relative, and all others absolute'],
    ['-s, --strip, --no-symlinks', 'leave symbolic links as they are'],
    ['-z, --zero', 'end each answer with NUL, not newline'],
    ['    --help', 'print this and end'],
    ['    --version', 'print the version and end'],
  ],
  details: [
    'Where both are given, --relative-to counts only if it lies in --relative-base; alone, --relative-base is both.',
    'The exit code is 1 if a FILE could not be answered, otherwise 0.',
  ],
};

/** How a path is made canonical. */
interface Manner {
  readonly presence: Presence;
  /** `strip` keeps links; `logical` takes `..` in the text away first and then resolves links. */
  readonly links: 'physical' | 'logical' | 'strip';
}

/** Says where paths lie, absolute or from a directory: realpath(1) of GNU coreutils 9.10. */
export const realpath: Program = (process, args) => {
  const line = commandLine(process, args, options, manual);
  if (typeof line === 'number') return line;
  const { options: given, operands } = line;
  let presence: Presence = 'all-but-last';
  let links: Manner['links'] = 'physical';
  let verbose = true;
  let end = '\n';
  let relativeTo: string | undefined;
  let relativeBase: string | undefined;
  for (const { name, value } of given) {
    switch (name) {
      case 'canonicalize':
        presence = 'all-but-last';
        break;
      case 'existing':
      case 'missing':
        presence = name;
        break;
      case 'strip':
      case 'noSymlinks':
        links = 'strip';
        break;
      case 'logical':
      case 'physical':
        links = name;
        break;
      case 'quiet':
        verbose = false;
        break;
      case 'zero':
        end = '\0';
        break;
      case 'relativeTo':
        relativeTo = value;
        break;
      case 'relativeBase':
        relativeBase = value;
        break;
    }
  }

  const manner: Manner = { presence, links };
  const shown = presentation(process, manner, relativeTo, relativeBase);
  if (typeof shown === 'string') {
    process.err(`${process.name}: ${shown}\n`);
    return 1;
  }
  let code = 0;
  for (const path of operands) {
    const found = resolve(process, path, manner);
    if (found instanceof Fault) {
      code = 1;
      if (verbose) process.err(`${process.name}: ${complaint(process, path, found.reason)}\n`);
    } else process.out(shown(found) + end);
  }
  return code;
};

/** How answers are written: from `relativeTo`, but absolute outside of `relativeBase`. A string is why not. */
const presentation = (
  process: Process,
  manner: Manner,
  relativeTo: string | undefined,
  relativeBase: string | undefined,
): ((path: string) => string) | string => {
  const start = relativeTo ?? relativeBase;
  if (start === undefined) return (path) => path;
  const from = directory(process, start, manner);
  if ('why' in from) return from.why;
  const base = relativeTo === undefined || relativeBase === undefined ? from : directory(process, relativeBase, manner);
  if ('why' in base) return base.why;
  if (relativeBase === undefined) return (path) => relativePath(from.path, path);
  // A start outside of the base says nothing: all answers are absolute.
  if (!liesIn(base.path, from.path)) return (path) => path;
  return (path) => (liesIn(base.path, path) ? relativePath(from.path, path) : path);
};

/** An option's directory: that it is one is asked only where everything must exist. */
const directory = (
  process: Process,
  path: string,
  manner: Manner,
): { readonly path: string } | { readonly why: string } => {
  const found = resolve(process, path, manner);
  if (found instanceof Fault) return { why: complaint(process, path, found.reason) };
  if (manner.presence === 'existing') {
    const stat = process.fs.stat(process.fs.cwd, found, 'follow');
    if (stat instanceof Fault) return { why: `cannot stat ${quote(found, process.utf8)}: ${stat.reason}` };
    if (stat.kind !== 'dir') return { why: complaint(process, path, 'Not a directory') };
  }
  return { path: found };
};

const resolve = (process: Process, path: string, { presence, links }: Manner): string | Fault => {
  const first = canonicalize(process, path, presence, links === 'physical' ? 'resolve' : 'keep');
  return links !== 'logical' || first instanceof Fault ? first : canonicalize(process, first, presence);
};

const complaint = (process: Process, path: string, reason: string): string =>
  `${quoteIfNeeded(path, process.utf8)}: ${reason}`;
