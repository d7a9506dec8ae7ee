import { decodeBytes } from './bytes.ts';

/** A line of passwd(5). */
export interface Account {
  readonly name: string;
  readonly uid: number;
  /** The group that it has without being listed there. */
  readonly gid: number;
  readonly home: string;
}

/** A line of group(5). */
export interface Group {
  readonly name: string;
  readonly gid: number;
  readonly members: readonly string[];
}

/** The first line of a number counts, as for getpwuid(3). */
export const parsePasswd = (bytes: Uint8Array): ReadonlyMap<number, Account> =>
  byNumber(bytes, ([name = '', , , gid = '', , home = ''], uid) => ({ name, uid, gid: Number(gid), home }));

export const parseGroup = (bytes: Uint8Array): ReadonlyMap<number, Group> =>
  byNumber(bytes, ([name = '', , , members = ''], gid) => ({
    name,
    gid,
    members: members.split(',').filter((member) => member !== ''),
  }));

/** Both files have the name first and the number third. */
const byNumber = <T>(bytes: Uint8Array, made: (fields: readonly string[], number: number) => T): Map<number, T> => {
  const found = new Map<number, T>();
  for (const line of decodeBytes(bytes).split('\n')) {
    const fields = line.split(':');
    const [name, , number] = fields;
    if (name && number && /^\d+$/.test(number) && !found.has(Number(number)))
      found.set(Number(number), made(fields, Number(number)));
  }
  return found;
};
