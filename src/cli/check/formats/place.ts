import { encodeBytes } from '../../../fs/bytes.ts';
import type { Finding } from '../../../jobs/check/finding.ts';
import type { CheckReport } from '../report.ts';

/**
 * Where a finding lies for programs that look for it from the working directory, as a code host does: relative to
 * that where it lies below it, without `.` and `..`; absolute otherwise.
 */
export const placeOf = ({ base }: Pick<CheckReport, 'base'>, { path, physical }: Finding): string => {
  const names = path.split('/').filter((name) => name !== '' && name !== '.');
  if (!path.startsWith('/') && !names.includes('..')) return names.join('/') || '.';
  if (physical === base) return '.';
  const top = base === '/' ? base : `${base}/`;
  if (physical.startsWith(top)) return physical.slice(top.length);
  return path.startsWith('/') ? path : physical;
};

/** A place as a URI (RFC 3986): every byte that is not plain is percent-encoded, so any name comes back exactly. */
export const uriOf = (place: string): string => {
  const encoded = percentEncode(place);
  return place.startsWith('/') ? `file://${encoded}` : encoded;
};

const percentEncode = (text: string): string =>
  Array.from(encodeBytes(text), (byte) => {
    const char = String.fromCharCode(byte);
    return /[A-Za-z0-9\-._~/]/.test(char) ? char : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }).join('');
