import { wrap } from '../../jobs/make/layout.ts';
import type { Look } from '../command.ts';
import { displayWidth } from '../display-width.ts';
import { type Difference, type Experiment, type Observation, spreadText } from './comparison.ts';

const headings = ['difference', 'hard link', 'symbolic link'] as const;

/** The seven at a glance: a table, or where the terminal is too narrow for it, three lines each. */
export function* drawTable(differences: readonly Difference[], look: Look): Generator<string> {
  const rows = differences.map(({ title, hard, soft }) => [title, hard, soft] as const);
  const widths = [0, 1, 2].map((column) =>
    Math.max(displayWidth(headings[column] as string), ...rows.map((row) => displayWidth(row[column] as string))),
  ) as [number, number, number];
  const whole = widths[0] + widths[1] + widths[2] + 4;
  if (whole > (look.width ?? whole)) {
    for (const [title, hard, soft] of rows) {
      yield look.paint('bold', title);
      yield* folded(`hard: ${hard}`, look, 2);
      yield* folded(`symbolic: ${soft}`, look, 2);
    }
    return;
  }
  const line = (row: readonly [string, string, string]): string =>
    `${padded(row[0], widths[0])}  ${padded(row[1], widths[1])}  ${row[2]}`.trimEnd();
  yield look.paint('dim', line(headings));
  for (const row of rows) yield line(row);
}

const padded = (text: string, width: number): string => text + ' '.repeat(width - displayWidth(text));

/** The details of one difference. */
export function* drawDifference({ title, experiments }: Difference, look: Look): Generator<string> {
  yield look.paint('bold', title);
  for (const [index, each] of experiments.entries()) {
    if (index > 0) yield '';
    yield* drawExperiment(each, look);
  }
}

function* drawExperiment({ title, commands, observed, outcome }: Experiment, look: Look): Generator<string> {
  yield `  ${look.paint('link', title)}`;
  if (outcome.kind === 'not-measured') {
    yield* folded(`${look.paint('doubt', 'not measured:')} ${outcome.why}`, look, 4);
    return;
  }
  yield* folded(outcome.verdict, look, 4);
  for (const command of commands) yield look.paint('dim', `      $ ${command.replaceAll('\n', '\n      > ')}`);
  if (observed.length > 0) yield* folded(observationText(observed, look.show), look, 6);
}

const observationText = (observed: readonly Observation[], show: (text: string) => string): string =>
  observed.map(({ what, value }) => `${show(what)} ${valueText(value, show)}`).join(', ');

export const valueText = (value: Observation['value'], show: (text: string) => string): string => {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'string') return show(value);
  return typeof value === 'object' ? spreadText(value) : String(value);
};

/** A sentence in the lines that it takes, each indented. */
export const folded = (text: string, { width }: Look, indent: number): readonly string[] =>
  wrap(text, width === undefined ? Infinity : Math.max(width - indent, 20)).map((line) => ' '.repeat(indent) + line);
