import { Hindrance } from './comparison.ts';

/** The uid and gid of nobody: a user that owns nothing. */
const nobody = 65534;

export const isRoot = (): boolean => process.geteuid?.() === 0;

/** Does synchronous work with the rights of a user that owns nothing; only root can. */
export const asNobody = <T>(work: () => T): T => {
  const { getgroups, setgroups, setegid, seteuid, getegid } = process;
  if (!isRoot() || !getgroups || !setgroups || !setegid || !seteuid || !getegid)
    throw new Hindrance('to try it as another user needs root', false);
  const groups = getgroups();
  const gid = getegid();
  const restore: (() => void)[] = [];
  try {
    try {
      setgroups([]);
      restore.unshift(() => setgroups(groups));
      setegid(nobody);
      restore.unshift(() => setegid(gid));
      seteuid(nobody);
      restore.unshift(() => seteuid(0));
    } catch (error) {
      throw new Hindrance(`this process may not act as another user: ${(error as Error).message}`, false);
    }
    return work();
  } finally {
    for (const step of restore) step();
  }
};
