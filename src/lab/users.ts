/** A user of the lab's machine, with a group of the same name and number. */
export interface User {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
  readonly home: string;
}

/** As /etc/passwd has them. */
export const users: readonly User[] = [
  { name: 'root', uid: 0, gid: 0, groups: [], home: '/root' },
  { name: 'me', uid: 1000, gid: 1000, groups: [], home: '/home/me' },
  { name: 'other', uid: 1001, gid: 1001, groups: [], home: '/home/other' },
];
