import { Fault } from '../../src/fs/fault.ts';
import type { Fs } from '../../src/fs/fs.ts';

type Call = {
  [Name in keyof Fs]: Fs[Name] extends (...args: infer Args) => unknown ? (...args: Args) => Fault | undefined : never;
};

/** An Fs in which something happens just before some calls, or in their place where that is a Fault. */
export const meddled = (fs: Fs, before: Partial<Call>): Fs => {
  const changed = Object.entries(before).map(([name, happens]) => {
    const call = fs[name as keyof Fs] as (...args: unknown[]) => unknown;
    const first = happens as (...args: unknown[]) => Fault | undefined;
    return [name, (...args: unknown[]) => first(...args) ?? call(...args)];
  });
  return { ...fs, ...Object.fromEntries(changed) };
};

/** A file system without the flags of renameat2(2). */
export const withoutFlags = (fs: Fs): Fs =>
  meddled(fs, { rename: (_, __, ___, path, how) => (how ? new Fault('renameat2', 'EINVAL', path) : undefined) });
