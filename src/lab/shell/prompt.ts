import type { Session } from '../session.ts';
import { users } from '../users.ts';

/** `me@lab:~/dir$ `, for root with `#`. */
export const prompt = ({ process, variables }: Session): string => {
  const { uid } = process.who;
  const home = variables.get('HOME') ?? '';
  const pwd = variables.get('PWD') ?? '';
  const below = home !== '' && (pwd === home || pwd.startsWith(`${home}/`));
  const name = users.find((user) => user.uid === uid)?.name ?? String(uid);
  return `${name}@lab:${below ? `~${pwd.slice(home.length)}` : pwd}${uid === 0 ? '#' : '$'} `;
};
