import type { LinkText } from '../fs/link-text.ts';
import { basename } from '../fs/path.ts';
import { isTemporaryName } from '../fs/temporary-name.ts';
import type { Step } from '../sketch/step.ts';

/** A step in words: what it does, without which inodes it expects. Every Step is one. */
export type Said =
  | { readonly kind: 'link'; readonly from: At; readonly to: At; readonly replaces?: boolean }
  | { readonly kind: 'symlink'; readonly text: LinkText; readonly to: At; readonly replaces?: boolean }
  | { readonly kind: 'mkdir'; readonly mode: number; readonly to: At }
  | { readonly kind: 'rename' | 'copy'; readonly from: At; readonly to: At; readonly replaces: boolean }
  | { readonly kind: 'exchange'; readonly from: At; readonly to: At }
  | { readonly kind: 'unlink'; readonly at: At }
  | { readonly kind: 'rmdir' | 'take-away'; readonly at: At }
  | { readonly kind: 'chmod'; readonly at: At; readonly mode: number; readonly before: number }
  /** Only an undo has these: what was displaced comes back, the same inode. */
  | { readonly kind: 'restore'; readonly to: At };

interface At {
  readonly path: string;
}

/** A step as the shell command that comes nearest; `quote` makes a name one word. */
export const toShell = (step: Said | Step, quote: (name: string) => string): string => {
  switch (step.kind) {
    case 'link':
      return `ln -P${force(step)}T -- ${quote(step.from.path)} ${quote(step.to.path)}`;
    case 'symlink':
      return `ln -s${force(step)}T -- ${quote(step.text)} ${quote(step.to.path)}`;
    case 'mkdir':
      return `mkdir -m ${octal(step.mode)} -- ${quote(step.to.path)}`;
    case 'rename':
    case 'copy':
      return `mv ${replaces(step) ? '-f' : '-n'} -T -- ${quote(step.from.path)} ${quote(step.to.path)}`;
    case 'exchange':
      return `mv --exchange -T -- ${quote(step.from.path)} ${quote(step.to.path)}`;
    case 'unlink':
      return `rm -- ${quote(step.at.path)}`;
    case 'rmdir':
      return `rmdir -- ${quote(step.at.path)}`;
    case 'take-away':
      return `rm -r -- ${quote(step.at.path)}`;
    case 'chmod':
      return `chmod ${octal(step.mode)} -- ${quote(step.at.path)}`;
    case 'restore':
      return `# bring back ${quote(step.to.path)}`;
  }
};

/**
 * The same for people, who think of a replacement as one thing: what is made under a temporary name and then
 * renamed is told by its name, and so is what undoes that.
 */
export const condensed = (steps: readonly Said[]): readonly Said[] => {
  const told: Said[] = [];
  for (const step of steps) {
    const before = told.at(-1);
    if (
      before &&
      step.kind === 'rename' &&
      makes(before) &&
      isTemporary(before.to) &&
      before.to.path === step.from.path
    )
      told[told.length - 1] = { ...before, to: step.to, replaces: step.replaces };
    else if (step.kind === 'unlink' && isTemporary(step.at)) {
      const away = told.findLastIndex((other) => other.kind === 'rename' && other.to.path === step.at.path);
      if (away < 0) told.push(step);
      else told.splice(away, 1);
    } else told.push(step);
  }
  return told;
};

type Making = Extract<Said, { kind: 'link' | 'symlink' }>;

const makes = (step: Said): step is Making => step.kind === 'link' || step.kind === 'symlink';

const isTemporary = ({ path }: At): boolean => isTemporaryName(basename(path));

/** A step in words, for the journal. */
export const said = (step: Step): Said => {
  const at = ({ path }: At): At => ({ path });
  switch (step.kind) {
    case 'link':
      return { kind: 'link', from: at(step.from), to: at(step.to) };
    case 'symlink':
      return { kind: 'symlink', text: step.text, to: at(step.to) };
    case 'mkdir':
      return { kind: 'mkdir', mode: step.mode, to: at(step.to) };
    case 'rename':
    case 'copy':
      return { kind: step.kind, from: at(step.from), to: at(step.to), replaces: step.replaced !== undefined };
    case 'exchange':
      return { kind: 'exchange', from: at(step.from), to: at(step.to) };
    case 'unlink':
    case 'rmdir':
    case 'take-away':
      return { kind: step.kind, at: at(step.at) };
    case 'chmod':
      return { kind: 'chmod', at: at(step.at), mode: step.mode, before: step.before };
  }
};

/** What undoes a step, in words and in the order in which it is done. */
export const saidInverse = (step: Said): readonly Said[] => {
  switch (step.kind) {
    case 'link':
    case 'symlink':
      return [{ kind: 'unlink', at: step.to }];
    case 'mkdir':
      return [{ kind: 'rmdir', at: step.to }];
    case 'rename': {
      const back: Said = { kind: 'rename', from: step.to, to: step.from, replaces: false };
      return step.replaces ? [back, { kind: 'restore', to: step.to }] : [back];
    }
    case 'copy':
      return [
        { kind: 'restore', to: step.from },
        { kind: 'take-away', at: step.to },
        ...(step.replaces ? [{ kind: 'restore', to: step.to } as const] : []),
      ];
    case 'exchange':
      return [step];
    case 'unlink':
    case 'rmdir':
    case 'take-away':
      return [{ kind: 'restore', to: step.at }];
    case 'chmod':
      return [{ ...step, mode: step.before, before: step.mode }];
    case 'restore':
      return [{ kind: 'unlink', at: step.to }];
  }
};

const replaces = (step: Extract<Said | Step, { kind: 'rename' | 'copy' }>): boolean =>
  'replaces' in step ? step.replaces : step.replaced !== undefined;

const force = (step: Making | Extract<Step, { kind: 'link' | 'symlink' }>): string =>
  'replaces' in step && step.replaces ? 'f' : '';

const octal = (mode: number): string => mode.toString(8).padStart(4, '0');
