import type { Errno } from '../../fs/errno.ts';
import { join } from '../../fs/path.ts';
import type { NotMade } from '../../jobs/make/make.ts';
import type { End, Route } from '../../trace/route.ts';
import type { CommandIo } from '../session.ts';
import type { Refused } from '../tally.ts';

/**
 * What `lw make` refused, as the kernel would have: it is tried in memory, so that no call of the machine was.
 * Undefined where there is no place for it.
 */
export const refusalOf = (io: CommandIo, answer: NotMade, name: string): Refused | undefined => {
  const asked = name.startsWith('/') ? name : join(io.fs.workingDirectory, name);
  const refused = (errno: Errno, path: string, reason?: string): Refused => ({
    ...{ call: 'lw make', errno, paths: [path] },
    ...(reason === undefined ? {} : { reason }),
  });
  switch (answer.why) {
    case 'no-name':
      return undefined;
    case 'no-directory':
      return refused(errnoOf(answer.route.end, 'ENOTDIR'), asked);
    case 'exists':
    case 'is-directory':
      return refused('EEXIST', answer.path);
    case 'swapped':
      return refused('EEXIST', answer.path, 'the target comes first, then the new name');
    case 'loop':
      return refused('ELOOP', answer.path, 'it would lead to itself');
    case 'to-directory':
      return { call: 'linkat', errno: 'EPERM', paths: [answer.path, asked] };
    case 'no-file':
      return refused(errnoOf(answer.route.end, 'ENOENT'), asked, 'the old name does not exist');
    case 'refused': {
      const { fault, from, path } = answer;
      return { call: fault.call, errno: fault.errno, paths: from === undefined ? [path] : [from, path] };
    }
  }
};

const errnoOf = (end: Route['end'] | End, otherwise: Errno): Errno => {
  switch (end.kind) {
    case 'missing':
      return 'ENOENT';
    case 'not-a-directory':
      return 'ENOTDIR';
    case 'loop':
    case 'too-many-links':
      return 'ELOOP';
    case 'permission':
      return 'EACCES';
    default:
      return otherwise;
  }
};
