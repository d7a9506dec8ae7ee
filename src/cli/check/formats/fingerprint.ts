import { createHash } from 'node:crypto';
import { encodeBytes } from '../../../fs/bytes.ts';
import type { Finding } from '../../../jobs/check/finding.ts';
import type { CheckReport, FindingGroup } from '../report.ts';
import { placeOf } from './place.ts';

/**
 * What tells a finding from others, at this check and the next: SHA-256 of the rule, the place and the link's text, or
 * of the rule and the cause where there is one. Nothing else goes in, so unrelated changes leave it alone; nor does
 * the working directory, so a checkout elsewhere gives the same.
 */
export const fingerprintOf = (report: Pick<CheckReport, 'base'>, { rule, cause, findings }: FindingGroup): string => {
  const [first] = findings as readonly [Finding, ...Finding[]];
  return hash(
    cause ? [rule, 'cause', withoutBase(report, cause.key)] : [rule, 'link', placeOf(report, first), first.text ?? ''],
  );
};

/** Parts are ended by NULs, which no name holds. */
const hash = (parts: readonly string[]): string => {
  const sum = createHash('sha256');
  for (const part of parts) sum.update(encodeBytes(part)).update('\0');
  return sum.digest('hex');
};

const withoutBase = ({ base }: Pick<CheckReport, 'base'>, key: string): string =>
  base === '/' ? key : key.replaceAll(`${base}/`, '');
