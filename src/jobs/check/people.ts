import { parseGroup, parsePasswd } from '../../fs/accounts.ts';
import { readInRoot } from './read-in-root.ts';
import type { Scene } from './scene.ts';

/** Users and groups as passwd(5) and group(5) below the root of the scene know them. */
export interface People {
  readonly userName: (uid: number) => string;
  readonly groupName: (gid: number) => string;
  /**
   * Whether somebody other than root and `but` has the rights of this group. A group that nobody belongs to gives
   * nothing to anybody; one that the files do not list may have members that they do not list either.
   */
  readonly hasMembers: (gid: number, but?: number) => boolean;
  readonly isMember: (uid: number, gid: number) => boolean;
  /** Home directories of people: not those of programs, which may be `/` or /usr/sbin. */
  readonly homes: readonly string[];
}

export const peopleOf = (scene: Scene): People => {
  const known = remembered.get(scene);
  if (known) return known;
  const people = read(scene);
  remembered.set(scene, people);
  return people;
};

const remembered = new WeakMap<Scene, People>();

const read = (scene: Scene): People => {
  const users = parsePasswd(readInRoot(scene, '/etc/passwd') ?? nothing);
  const groups = parseGroup(readInRoot(scene, '/etc/group') ?? nothing);
  const numbers = new Map([...users.values()].map(({ name, uid }) => [name, uid]));
  /** By number of the group; of a member that passwd does not know, the name. */
  const members = new Map<number, Set<number | string>>();
  const add = (gid: number, member: number | string): void => {
    const known = members.get(gid);
    if (known) known.add(member);
    else members.set(gid, new Set([member]));
  };
  for (const { gid, members: names } of groups.values()) for (const name of names) add(gid, numbers.get(name) ?? name);
  for (const { uid, gid } of users.values()) add(gid, uid);
  return {
    userName: (uid) => users.get(uid)?.name ?? `user ${uid}`,
    groupName: (gid) => groups.get(gid)?.name ?? `group ${gid}`,
    hasMembers: (gid, but = 0) => {
      if (!groups.has(gid)) return gid !== 0;
      return [...(members.get(gid) ?? [])].some((member) => member !== 0 && member !== but);
    },
    isMember: (uid, gid) => members.get(gid)?.has(uid) ?? !groups.has(gid),
    homes: [...users.values()]
      .filter(({ uid }) => uid === 0 || (uid >= firstPerson && uid < nobody))
      .map(({ home }) => home),
  };
};

const nothing = new Uint8Array();
/** Programs have the numbers below, people those from it on (login.defs(5), UID_MIN). */
const firstPerson = 1000;
const nobody = 65534;
