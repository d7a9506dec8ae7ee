import { basename } from '../../fs/path.ts';
import type { Blame } from './blame.ts';
import type { Cause } from './cause.ts';
import { words } from './sentence.ts';

/** Emacs (`.#file`), Firefox (`lock`) and Chromium (`SingletonLock`) note a lock's owner in a link that leads nowhere. */
export const lockText = ({ link }: Blame): Cause | undefined => {
  if (!link) return undefined;
  const name = basename(link.link);
  const isLock =
    (name.startsWith('.#') && /^[^/]+@[^/]+\.\d+(:\d+)?$/.test(link.text)) ||
    (name === 'lock' && /^[\d.]+:\+?\d+$/.test(link.text)) ||
    (/^Singleton(Lock|Cookie)$/.test(name) && /^[^/]+$/.test(link.text));
  if (!isLock) return undefined;
  return {
    kind: 'lock',
    certainty: 'likely',
    because: words('its text is no path but a note of who holds a lock, as editors and browsers leave it'),
    suggests: [],
    advice: words('leave it while that program runs'),
  };
};
