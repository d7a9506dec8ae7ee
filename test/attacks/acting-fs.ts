import type { Fs } from '../../src/fs/fs.ts';

/** A call that is about to be made. */
export interface Call {
  /** From 1. */
  readonly number: number;
  readonly name: string;
  readonly args: readonly unknown[];
}

/** An Fs between whose calls somebody else acts: `before` runs just before each. */
export const actingFs = (fs: Fs, before: (call: Call) => void): Fs => {
  let number = 0;
  return new Proxy(fs, {
    get(target, name: string) {
      const member = target[name as keyof Fs];
      if (typeof member !== 'function') return member;
      return (...args: readonly unknown[]) => {
        before({ number: ++number, name, args });
        return Reflect.apply(member, target, args);
      };
    },
  });
};
