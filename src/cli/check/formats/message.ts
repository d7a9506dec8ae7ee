import type { Finding } from '../../../jobs/check/finding.ts';
import { show } from '../../show.ts';
import type { FindingGroup } from '../report.ts';
import { wordsText } from '../words-text.ts';

/** What one finding says of its place, and what the link should store where that is known. */
export const findingText = ({ says, fix }: Finding): string =>
  fix === undefined ? wordsText(says, show) : `${wordsText(says, show)}; it should store ${show(fix)}`;

/** What a group says in one sentence, and how many more places it has than the first. */
export const groupText = ({ cause, findings }: FindingGroup): string => {
  const [first] = findings as readonly [Finding, ...Finding[]];
  if (!cause || findings.length === 1) return `${show(first.path)} ${findingText(first)}`;
  return `${wordsText(cause.says, show)}; here and in ${places(findings.length - 1, 'more ')}`;
};

export const places = (number: number, more = ''): string =>
  `${number.toLocaleString('en-US')} ${more}place${number === 1 ? '' : 's'}`;
