import type { Manual } from '../jobs/make/usage.ts';

/** What the programs that gnu.ts runs say of themselves, by name. */
export const programs: Readonly<Record<string, () => Promise<{ readonly manual: Manual }>>> = {
  ln: () => import('../jobs/make/ln-request.ts'),
  link: () => import('../jobs/make/link.ts'),
  unlink: () => import('../jobs/make/unlink.ts'),
  readlink: () => import('../jobs/make/readlink.ts'),
  realpath: () => import('../jobs/make/realpath.ts'),
};

/** All of them, loaded. */
export const everyManual = (): Promise<readonly (readonly [name: string, manual: Manual])[]> =>
  Promise.all(Object.entries(programs).map(async ([name, load]) => [name, (await load()).manual] as const));
