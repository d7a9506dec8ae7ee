import { isProven } from '../../jobs/repair/candidate.ts';
import type { Look } from '../command.ts';
import { plural } from '../plural.ts';
import { count } from '../survey.ts';
import { candidateLine, candidateWords } from './evidence-words.ts';
import type { Report } from './report.ts';
import { type Fate, isLeft, type Verdict } from './verdict.ts';

/** What an answer is that only remembers. */
export function* keptLines({ kept, survey }: Report, { paint }: Look): Iterable<string> {
  if (kept && kept.places.length > 0)
    yield paint('dim', `${plural(survey.census.counts.links, 'link')} seen and remembered`);
  else if (!survey.census.complete) yield 'nothing is remembered, since something could not be looked at';
}

/** Candidates that people are shown. */
const shownMost = 5;

/** A dangling link and what became of it. `planned`: nothing was done. */
export function* verdictLines(verdict: Verdict, planned: boolean, look: Look): Iterable<string> {
  const { wound, candidates, fate, chosen, newText, advice, why } = verdict;
  const { paint } = look;
  const link = paint('link', look.show(wound.path));
  const before = `${link} -> ${look.show(wound.text)}`;
  switch (fate) {
    case 'mended':
    case 'chosen':
      yield `${paint('good', planned ? 'would mend' : 'mended')} ${link} -> ${look.show(newText ?? '')}   ${paint('dim', `(was ${look.show(wound.text)}; ${chosen ? candidateWords(chosen, look.show) : ''})`)}`;
      return;
    case 'pruned':
      yield `${paint('doubt', planned ? 'would remove' : 'removed')} ${before}`;
      return;
    case 'along':
      yield `${paint('good', planned ? 'would mend' : 'mended')} ${before}   ${paint('dim', 'by another link')}`;
      return;
    case 'failed':
      yield `${paint('bad', 'left')} ${before}   ${paint('dim', why ?? '')}`;
      return;
    case 'waits':
      yield `${paint('bad', 'left')} ${before}   ${paint('dim', `because of ${look.show(wound.because ?? '')}`)}`;
      return;
    case 'absent':
      yield `${paint('doubt', 'left')} ${before}   ${paint('dim', `what was mounted at ${look.show(wound.absent ?? '')} is not there now`)}`;
      return;
    case 'package':
      yield `${paint('bad', 'left')} ${before}`;
      yield `    ${advice?.because ?? ''}`;
      if (advice?.command !== undefined) yield `    try: ${advice.command}`;
      return;
    case 'lost':
      yield `${paint('bad', 'left')} ${before}   ${paint('dim', 'nothing like its target was found')}`;
      return;
    case 'choice':
      yield `${paint('bad', 'left')} ${before}`;
      for (const candidate of candidates.slice(0, shownMost)) yield `    ${candidateLine(candidate, look)}`;
      if (candidates.length > shownMost)
        yield paint('dim', `    and ${plural(candidates.length - shownMost, 'place')} more`);
  }
}

/** All of it in a line. */
export const summary = ({ verdicts, rewrites, dropped, survey, recalled, kept, dryRun, declined }: Report): string => {
  const number = (...fates: readonly Fate[]): number => verdicts.filter(({ fate }) => fates.includes(fate)).length;
  const would = dryRun || declined ? 'would be ' : '';
  const changed = rewrites.length - dropped.size;
  const parts = [
    `${count(survey.census.counts.links)} links`,
    ...(number('mended', 'chosen', 'along') > 0 ? [`${number('mended', 'chosen', 'along')} ${would}mended`] : []),
    ...(changed > 0 ? [`${changed} ${would}changed`] : []),
    ...(number('pruned') > 0 ? [`${number('pruned')} ${would}removed`] : []),
    ...(verdicts.some(isLeft) ? [`${verdicts.filter(isLeft).length} left broken`] : []),
  ];
  if (verdicts.length === 0 && changed === 0) parts.push('nothing to do');
  const noMemory =
    verdicts.some(isLeft) &&
    recalled.memories.length === 0 &&
    verdicts.some(({ candidates }) => !candidates.some(isProven));
  if (noMemory) parts.push('nothing was remembered of them');
  else if (kept && kept.places.length > 0) parts.push('remembered');
  return parts.join(', ');
};

export const verdictJson = ({
  wound,
  candidates,
  fate,
  chosen,
  newText,
  advice,
  why,
}: Verdict): Record<string, unknown> => ({
  path: wound.path,
  physical: wound.physical,
  text: wound.text,
  wanted: wound.wanted,
  missing: wound.gap,
  fate,
  newText,
  target: chosen?.path,
  because: wound.because,
  absent: wound.absent,
  why,
  remembered: wound.was && { path: wound.was.target.path, kind: wound.was.target.kind, since: wound.was.since },
  advice: advice && { because: advice.because, command: advice.command },
  candidates: candidates.map((candidate) => ({
    path: candidate.path,
    kind: candidate.stat.kind,
    proven: isProven(candidate),
    evidence: candidate.evidence,
  })),
});
