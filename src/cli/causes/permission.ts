import { dirname } from '../../fs/path.ts';
import type { Stat } from '../../fs/stat.ts';
import { modeText } from '../../gnu/mode-text.ts';
import type { Failure } from '../../trace/route.ts';
import type { Cause } from './cause.ts';
import { type Credentials, outside, type Scene, statOf } from './scene.ts';
import { type Sentence, say, words } from './sentence.ts';
import { shellWord } from './shell-word.ts';
import { type Users, users } from './users.ts';

type Permission = Extract<Failure, { kind: 'permission' }>;

/** Which rule refused, by whose bits. */
export const permissionCause = (scene: Scene, end: Permission): Cause =>
  end.cause === 'search' ? searchCause(scene, end) : protectedCause(scene, end);

/**
 * The kernel looks at one class of bits alone: the owner's if you are the owner, else the group's if you are
 * in it, else the others' (path_resolution(7)).
 */
const searchCause = (scene: Scene, { path, stat }: Permission): Cause => {
  const names = users(scene.machine);
  const me = scene.machine?.me;
  const facts = say`it is ${words(modeText(stat.kind, stat.mode))} of ${names.user(stat.uid)}:${names.group(stat.gid)}`;
  if (!me) return cause('permission-bits', say`${facts} and does not let you through`);
  const { name, who, bit, letter } = classOf(stat, me, names);
  if (me.uid === 0 || stat.mode & bit) {
    return cause(
      'beyond-permission-bits',
      say`${facts}, which would let ${names.user(me.uid)} through: an access list, a security module, a user namespace or the file server refuses`,
    );
  }
  return {
    ...cause(
      'permission-bits',
      say`${facts}; you are ${names.user(me.uid)}, ${who}, so ${words(name)} bits decide, and they lack x`,
    ),
    advice: say`ask as a user who may search it, or let its owner run: chmod ${words(`${letter}+x ${shellWord(outside(scene, path))}`)}`,
  };
};

interface Class {
  readonly name: string;
  readonly who: Sentence;
  readonly bit: number;
  readonly letter: string;
}

const classOf = (stat: Stat, me: Credentials, names: Users): Class => {
  if (me.uid === stat.uid) return { name: "the owner's", who: words('its owner'), bit: 0o100, letter: 'u' };
  if (me.gids.includes(stat.gid)) {
    return { name: "the group's", who: say`in the group ${names.group(stat.gid)}`, bit: 0o010, letter: 'g' };
  }
  return { name: "the others'", who: say`neither its owner nor in its group`, bit: 0o001, letter: 'o' };
};

/** proc_sys_fs(5), protected_symlinks: in a sticky directory that all may write, only your own links and the directory owner's. */
const protectedCause = (scene: Scene, { path, stat }: Permission): Cause => {
  const names = users(scene.machine);
  const dir = dirname(path);
  const owner = statOf(scene, dir)?.uid;
  return {
    ...cause(
      'protected-symlinks',
      say`${dir} is open to all and sticky${owner === undefined ? words('') : say` and belongs to ${names.user(owner)}`}, and the link belongs to ${names.user(stat.uid)}, neither you nor that owner; fs.protected_symlinks forbids following it`,
    ),
    advice: words('name its target yourself if you trust it'),
  };
};

const cause = (kind: Cause['kind'], because: Sentence): Cause => ({ kind, certainty: 'likely', because, suggests: [] });
