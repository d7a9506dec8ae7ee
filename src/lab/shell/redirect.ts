import { Fault } from '../../fs/fault.ts';
import type { OpenHow } from '../../fs/fs.ts';
import type { OpenFile } from '../session.ts';
import type { Expander } from './expand.ts';
import type { Descriptors, Run, Stream } from './run.ts';
import { complain, release } from './streams.ts';
import type { Redirection } from './syntax.ts';

/** Descriptors as redirections leave them, and the files opened for it; undefined after a complaint. */
export interface Redirected {
  readonly fds: Descriptors;
  readonly opened: readonly OpenFile[];
}

/** Does redirections from left to right. Where one fails, what the earlier ones opened is closed again. */
export const redirect = (
  run: Run,
  expander: Expander,
  redirections: readonly Redirection[],
): Redirected | undefined => {
  const fds = new Map(run.fds);
  const opened: OpenFile[] = [];
  for (const redirection of redirections) {
    const complaint = one(run, expander, redirection, fds, opened);
    if (complaint === undefined) continue;
    // Standard error may lead elsewhere by now.
    complain({ ...run, fds }, complaint);
    opened.forEach(release);
    return undefined;
  }
  return { fds, opened };
};

const one = (
  run: Run,
  expander: Expander,
  redirection: Redirection,
  fds: Map<number, Stream>,
  opened: OpenFile[],
): string | undefined => {
  const { operator, word } = redirection;
  switch (operator) {
    case '<<':
    case '<<-': {
      const body = redirection.body ?? '';
      const isQuoted = /['"\\]/.test(word);
      fds.set(redirection.fd ?? 0, { kind: 'from', text: isQuoted ? body : expander.text(body, 'document') });
      return undefined;
    }
    case '<<<':
      fds.set(redirection.fd ?? 0, { kind: 'from', text: `${expander.text(word)}\n` });
      return undefined;
    case '<&':
    case '>&':
      return duplicate(run, expander, redirection, fds, opened);
    default: {
      const path = expander.single(word);
      if (path === undefined) return `${word}: ambiguous redirect`;
      return openTo(run, redirection, path, fds, opened);
    }
  }
};

const duplicate = (
  run: Run,
  expander: Expander,
  redirection: Redirection,
  fds: Map<number, Stream>,
  opened: OpenFile[],
): string | undefined => {
  const { operator, word, fd } = redirection;
  const to = expander.single(word);
  if (to === undefined) return `${word}: ambiguous redirect`;
  const target = fd ?? (operator === '<&' ? 0 : 1);
  if (to === '-') {
    fds.delete(target);
    return undefined;
  }
  if (!/^\d+-?$/.test(to)) {
    if (operator === '<&' || fd !== undefined) return `${word}: ambiguous redirect`;
    return openTo(run, { ...redirection, operator: '&>' }, to, fds, opened);
  }
  const from = Number(to.replace('-', ''));
  const stream = fds.get(from);
  if (!stream) return `${word}: Bad file descriptor`;
  fds.set(target, stream);
  if (to.endsWith('-')) fds.delete(from);
  return undefined;
};

const hows: Readonly<Record<string, OpenHow>> = {
  '<': { access: 'read' },
  '<>': { access: 'read-write', create: 'if-missing', mode: 0o666 },
  '>': { access: 'write', create: 'if-missing', truncate: true, mode: 0o666 },
  '>>': { access: 'write', create: 'if-missing', append: true, mode: 0o666 },
};

/** With noclobber: a link that leads nowhere is not followed. */
const onlyNew: OpenHow = { access: 'write', create: 'exclusive', mode: 0o666 };

const openTo = (
  run: Run,
  { operator, fd }: Redirection,
  path: string,
  fds: Map<number, Stream>,
  opened: OpenFile[],
): string | undefined => {
  const mode = operator === '>|' ? '>' : operator.replace('&', '');
  const { process, options } = run.session;
  const keeps = options.has('C') && mode === '>' && operator !== '>|';
  const there = keeps ? process.stat(process.cwd, path, 'follow') : undefined;
  if (there && !(there instanceof Fault) && there.kind === 'file') return `${path}: cannot overwrite existing file`;
  const how = there instanceof Fault ? onlyNew : (hows[mode] as OpenHow);
  const handle = process.open(process.cwd, path, how);
  if (handle instanceof Fault && how === onlyNew && handle.errno === 'EEXIST')
    return `${path}: cannot overwrite existing file`;
  if (handle instanceof Fault) return `${path}: ${handle.reason}`;
  const file: OpenFile = {
    ...{ process, handle, path, position: 0, uses: 1 },
    access: how.access === 'path' ? 'read' : how.access,
    append: how.append ?? false,
  };
  opened.push(file);
  fds.set(fd ?? (mode.startsWith('<') ? 0 : 1), { kind: 'file', file });
  if (operator.startsWith('&')) fds.set(2, { kind: 'file', file });
  return undefined;
};
