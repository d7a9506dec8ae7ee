import type { LinkText } from '../../fs/link-text.ts';
import { dirname, join } from '../../fs/path.ts';
import type { Ground, Standing } from './ground.ts';
import type { MovedPaths } from './moved-paths.ts';

/**
 * Whether a text means after the moves, at the place that its link has then, what it meant before. By luck that may be so
 * where its names are others; a way through links is none to rely on, since one may lead back here.
 */
export const stillLeads = (text: LinkText, path: string, moved: MovedPaths, ground: Ground): boolean => {
  const place = moved.after(path);
  if (place === undefined) return true;
  const was = walk(text, path, (entry) => ground.look(entry));
  let throughLink = false;
  const is = walk(text, place, (entry) => {
    const before = moved.before(entry);
    const found = before === undefined ? 'missing' : ground.look(before);
    throughLink ||= typeof found === 'object';
    return found;
  });
  return !throughLink && was.how === is.how && moved.after(was.at) === is.at;
};

interface Walked {
  /** The last place that was reached. */
  readonly at: string;
  /** What stopped the walk there, and what was left of the text. */
  readonly how: string;
}

const walk = (text: LinkText, path: string, look: (entry: string) => Standing): Walked => {
  let at = text.startsWith('/') ? '/' : dirname(path);
  const names = text.split('/').filter((name) => name !== '' && name !== '.');
  for (const [i, name] of names.entries()) {
    if (name === '..') {
      at = dirname(at);
      continue;
    }
    const entry = join(at, name);
    const found = look(entry);
    const rest = names.slice(i + 1).join('/');
    if (found === 'missing') return { at, how: `missing ${name}/${rest}` };
    if (typeof found === 'object' && found.end === undefined) return { at: entry, how: `stuck ${rest}` };
    if (found === 'file' && rest !== '') return { at: entry, how: `file ${rest}` };
    at = typeof found === 'object' ? (found.end as string) : entry;
  }
  return { at, how: '' };
};
