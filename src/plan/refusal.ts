import type { Fault } from '../fs/fault.ts';
import type { LinkText } from '../fs/link-text.ts';
import type { Kind } from '../fs/stat.ts';

/** Why a plan stopped: the world is not what it was, or the system refused a call. */
export type Refusal = Changed | Failed;

/** The world changed since the plan was made: nothing is done on such a ground. */
export interface Changed {
  readonly refused: 'changed';
  /** As the plan names it. */
  readonly path: string;
  readonly how: Change;
}

export type Change =
  | { readonly kind: 'gone' }
  /** Something stands where nothing did. */
  | { readonly kind: 'appeared' }
  /** Another file has the name; `found` is what it is. */
  | { readonly kind: 'another'; readonly found: Kind }
  | { readonly kind: 'text'; readonly expected: LinkText; readonly found: LinkText }
  /** The directory above is not the one that it was, or a link leads elsewhere now. */
  | { readonly kind: 'directory'; readonly directory: string; readonly gone: boolean }
  /** A directory that should be empty holds this. */
  | { readonly kind: 'not-empty'; readonly name: string }
  | { readonly kind: 'mode'; readonly expected: number; readonly found: number }
  /** Its contents changed while it was copied. */
  | { readonly kind: 'modified' }
  /** A copy and its original are not alike any more. */
  | { readonly kind: 'differs'; readonly from: string }
  /** It has lost its other names: to remove this one would lose the file. */
  | { readonly kind: 'last-name' }
  /** What was kept aside is not there any more. */
  | { readonly kind: 'not-kept' }
  /** Others replaced it and then took the name again: theirs could not be put back and is kept under this name. */
  | { readonly kind: 'displaced'; readonly name: string };

export interface Failed {
  readonly refused: 'failed';
  readonly path: string;
  readonly fault: Fault;
}

export const changed = (path: string, how: Change): Changed => ({ refused: 'changed', path, how });
export const failed = (path: string, fault: Fault): Failed => ({ refused: 'failed', path, fault });

export const isRefusal = (value: unknown): value is Refusal =>
  typeof value === 'object' && value !== null && 'refused' in value;

/** One sentence without its full stop; `show` makes names harmless. */
export const refusalSentence = (refusal: Refusal, show: (name: string) => string): string => {
  const path = show(refusal.path);
  if (refusal.refused === 'failed') return `cannot change ${path}: ${refusal.fault.reason} (${refusal.fault.call})`;
  const { how } = refusal;
  switch (how.kind) {
    case 'gone':
      return `${path} is gone`;
    case 'appeared':
      return `something has appeared at ${path}`;
    case 'another':
      return `${path} is another file now (${kindText[how.found]})`;
    case 'text':
      return `the link ${path} has another text now: ${show(how.found)} in place of ${show(how.expected)}`;
    case 'directory':
      return how.gone
        ? `${show(how.directory)}, the directory of ${path}, is gone`
        : `${show(how.directory)}, the directory of ${path}, is another one now`;
    case 'not-empty':
      return `the directory ${path} is not empty: it holds ${show(how.name)}`;
    case 'mode':
      return `${path} has other permissions now: ${octal(how.found)} in place of ${octal(how.expected)}`;
    case 'modified':
      return `${path} was changed while it was copied`;
    case 'differs':
      return `${path} is not what ${show(how.from)} is any more: one of them was changed since it was copied`;
    case 'last-name':
      return `${path} is the last name of its file now: without it the file would be lost`;
    case 'not-kept':
      return `what stood at ${path} is not kept any more`;
    case 'displaced':
      return `${path} was changed twice meanwhile: what stood there first is kept as ${show(how.name)}`;
  }
};

const octal = (mode: number): string => mode.toString(8).padStart(4, '0');

const kindText: Readonly<Record<Kind, string>> = {
  file: 'a file',
  dir: 'a directory',
  symlink: 'a symbolic link',
  fifo: 'a FIFO',
  socket: 'a socket',
  char: 'a character device',
  block: 'a block device',
  unknown: 'of unknown kind',
};
