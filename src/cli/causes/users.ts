import { decodeBytes } from '../../fs/bytes.ts';
import type { Machine } from './scene.ts';

/** Names of users and groups from passwd(5) and group(5); a number stands where they know none. */
export const users = (machine: Machine | undefined): Users => {
  const names = table(machine?.read('/etc/passwd'));
  const groups = table(machine?.read('/etc/group'));
  return {
    user: (uid) => names.get(uid) ?? String(uid),
    group: (gid) => groups.get(gid) ?? String(gid),
  };
};

export interface Users {
  readonly user: (uid: number) => string;
  readonly group: (gid: number) => string;
}

/** Both files have the name first and the number third. The first line of a number counts, as for getpwuid(3). */
const table = (bytes: Uint8Array | undefined): ReadonlyMap<number, string> => {
  const names = new Map<number, string>();
  for (const line of bytes ? decodeBytes(bytes).split('\n') : []) {
    const [name, , number] = line.split(':');
    if (name && number && /^\d+$/.test(number) && !names.has(Number(number))) names.set(Number(number), name);
  }
  return names;
};
