import { patternWork, patternWorkMax } from '../commands/linear-expression.ts';
import { Exhausted } from '../exhausted.ts';
import { callsMax } from '../lab-process.ts';
import type { Answer, Piece, Session } from '../session.ts';
import { jobLine } from './builtins/jobs.ts';
import { runLines, terminalRun } from './execute.ts';
import { expandHistory } from './history-expansion.ts';
import { parse, SyntaxFault } from './parse.ts';
import { Leave, type Run } from './run.ts';
import { release, write } from './streams.ts';

/** Runs what was typed: one line, or several where a command needs more than one. */
export const runLine = (session: Session, line: string): Answer => {
  session.clock.tick();
  session.output.length = 0;
  session.tally.refused.length = 0;
  session.tally.settled = 0;
  session.tally.calls = callsMax;
  patternWork.left = patternWorkMax;
  const run = terminalRun(session);
  try {
    runTyped(run, line);
  } catch (error) {
    if (error instanceof Leave) leave(run, error);
    else if (isTooMuch(error)) stop(session, error);
    else throw error;
  }
  keepFiles(run);
  tellOfJobs(session);
  const answered = answer(session);
  // Whoever looks at the tree between two lines may look as long as it takes.
  session.tally.calls = Infinity;
  patternWork.left = Infinity;
  return answered;
};

/** Whether a text is the beginning of a command that more lines are needed for. */
export const needsMore = (session: Session, text: string): boolean => {
  const list = parse(text, session.aliases);
  return (list instanceof SyntaxFault && list.incomplete) || /(^|[^\\])(\\\\)*\\$/.test(text);
};

const runTyped = (run: Run, typed: string): void => {
  const { session } = run;
  const expanded = expandHistory(typed, session.history);
  if ('complaint' in expanded) {
    say(run, `bash: ${expanded.complaint}\n`);
    session.status = 1;
    return;
  }
  const { line } = expanded;
  if (line !== typed) say(run, `${line}\n`);
  if (line.trim() !== '' && !line.startsWith(' ')) session.history.push(line);
  if (!session.alive) {
    say(run, 'The last shell has ended.\n');
    return;
  }
  const list = parse(line, session.aliases);
  const isWrong = list instanceof SyntaxFault;
  runLines(run, isWrong ? list.before : list);
  if (isWrong) {
    say(run, `bash: ${list.message}\n`);
    session.status = 2;
  }
};

/** What `exec` opened stays open for the lines to come. */
const keepFiles = ({ session, fds, owned }: Run): void => {
  session.files.clear();
  for (const [fd, stream] of fds) if (stream.kind === 'file') session.files.set(fd, stream.file);
  const kept = new Set(session.files.values());
  for (const file of owned) if (!kept.has(file)) release(file);
};

const say = (run: Run, text: string): void => {
  write(run, run.fds.get(2), text);
};

/** What left the line: `exit` ends the uppermost shell. */
const leave = ({ session }: Run, { kind, count }: Leave): void => {
  if (kind === 'break' || kind === 'continue') return;
  session.status = count;
  if (kind !== 'exit') return;
  session.output.push({ stream: 'err', text: 'exit\n' });
  const below = session.below.pop();
  if (!below) {
    session.alive = false;
    return;
  }
  const { process, directory, positional } = below;
  Object.assign(session, { process, directory, positional });
  for (const name of ['variables', 'aliases', 'functions'] as const) {
    const map = session[name] as Map<string, unknown>;
    map.clear();
    for (const [key, value] of below[name]) map.set(key, value);
  }
  for (const name of ['exported', 'options'] as const) {
    session[name].clear();
    for (const value of below[name]) session[name].add(value);
  }
};

/** JavaScript's own limits are limits too, also while files are closed: a pattern or a nesting that is too deep. */
const isTooMuch = (error: unknown): boolean =>
  error instanceof Exhausted ||
  error instanceof RangeError ||
  // A SuppressedError, which not every browser has a name for.
  (error instanceof Error && 'suppressed' in error && isTooMuch(error.suppressed));

const stop = (session: Session, error: unknown): void => {
  const why = error instanceof Exhausted ? error.message : 'this line is too deep';
  session.output.push({ stream: 'err', text: `lab: stopped: ${why}\n` });
  session.status = 130;
};

const tellOfJobs = (session: Session): void => {
  for (const job of session.jobs.values()) {
    try {
      job.turn();
    } catch (error) {
      if (!isTooMuch(error)) throw error;
      job.end();
      session.jobs.delete(job.number);
      stop(session, error);
    }
    if (job.state !== 'done') continue;
    session.output.push({ stream: 'err', text: jobLine(session, job) });
    session.jobs.delete(job.number);
  }
};

const answer = ({ output, status, tally }: Session): Answer => {
  const text = (wanted: Piece['stream']): string =>
    output
      .filter(({ stream }) => stream === wanted)
      .map((piece) => piece.text)
      .join('');
  return { out: text('out'), err: text('err'), output: [...output], code: status, refused: [...tally.refused] };
};
