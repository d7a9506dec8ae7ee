import { type Candidate, type Evidence, isProven } from '../../jobs/repair/candidate.ts';
import type { Look } from '../command.ts';

/** Why a candidate is one, in a few words. */
export const candidateWords = ({ evidence }: Candidate, show: Look['show']): string =>
  evidence
    .slice(0, 3)
    .map((each) => evidenceWords(each, show))
    .join('; ');

export const candidateLine = (candidate: Candidate, { show, paint }: Look): string =>
  `${show(candidate.path)}   ${paint(isProven(candidate) ? 'good' : 'dim', candidateWords(candidate, show))}`;

const evidenceWords = (evidence: Evidence, show: Look['show']): string => {
  switch (evidence.kind) {
    case 'journal':
      return `moved there by ${evidence.plan}`;
    case 'identity':
      return evidence.certain ? 'the same file' : 'the same file, but it did not go there from where the link leads';
    case 'link-moved':
      return `the same file: the link has moved, from ${show(evidence.from)}`;
    case 'directory':
      return `${show(evidence.from)} is ${show(evidence.to)} now`;
    case 'contents':
      return evidence.certain ? 'the same contents' : 'the same contents, as other files have';
    case 'likeness':
      return evidence.mtime ? 'the same name, size and time' : 'the same name and size';
    case 'git':
      return evidence.commit === '' ? 'renamed in git, not committed' : `renamed in git by ${evidence.commit}`;
    case 'group':
      return evidence.proven > 0
        ? `${show(evidence.from)} became ${show(evidence.to)} for ${evidence.proven} of ${evidence.links} links`
        : `${show(evidence.to)} in place of ${show(evidence.from)} would mend ${evidence.links} links`;
    case 'near':
      return nearWords[evidence.how];
    case 'name':
      return 'the same name';
  }
};

const nearWords: Readonly<Record<Extract<Evidence, { kind: 'near' }>['how'], string>> = {
  'stray-space': 'another space',
  'other-case': 'another case',
  'unicode-form': 'the same letters in other bytes',
  'other-version': 'another version',
  'other-ending': 'another ending',
  spelling: 'another spelling',
};
