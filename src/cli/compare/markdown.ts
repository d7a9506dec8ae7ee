import { escapeHidden } from '../show.ts';
import type { Difference, Experiment } from './comparison.ts';
import { valueText } from './draw.ts';

/** The whole comparison as a document in CommonMark, with a table as GitHub has it. */
export function* markdown(place: string, differences: readonly Difference[]): Generator<string> {
  yield '# Hard links and symbolic links';
  yield '';
  yield plain(place);
  yield '';
  yield '| difference | hard link | symbolic link |';
  yield '|---|---|---|';
  for (const { title, hard, soft } of differences) yield `| ${plain(title)} | ${plain(hard)} | ${plain(soft)} |`;
  for (const { title, experiments } of differences) {
    yield '';
    yield `## ${plain(title)}`;
    for (const each of experiments) yield* ofExperiment(each);
  }
}

function* ofExperiment({ title, commands, observed, outcome }: Experiment): Generator<string> {
  yield '';
  yield `### ${plain(title)}`;
  yield '';
  yield outcome.kind === 'measured' ? plain(outcome.verdict) : `*Not measured:* ${plain(outcome.why)}`;
  yield '';
  yield '```sh';
  for (const command of commands) for (const line of command.split('\n')) yield escapeHidden(line);
  yield '```';
  if (observed.length > 0) yield '';
  for (const { what, value } of observed) yield `- ${plain(what)}: ${plain(valueText(value, (text) => text))}`;
}

/** Text in which nothing is markup. */
const plain = (text: string): string => escapeHidden(text).replace(/[\\`*_[\]<>#|&~]/g, '\\$&');
