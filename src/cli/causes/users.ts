import { parseGroup, parsePasswd } from '../../fs/accounts.ts';
import type { Machine } from './scene.ts';

/** Names of users and groups from passwd(5) and group(5); a number stands where they know none. */
export const users = (machine: Machine | undefined): Users => {
  const names = parsePasswd(machine?.read('/etc/passwd') ?? nothing);
  const groups = parseGroup(machine?.read('/etc/group') ?? nothing);
  return {
    user: (uid) => names.get(uid)?.name ?? String(uid),
    group: (gid) => groups.get(gid)?.name ?? String(gid),
  };
};

export interface Users {
  readonly user: (uid: number) => string;
  readonly group: (gid: number) => string;
}

const nothing = new Uint8Array();
