import type { Job, Session } from '../../session.ts';
import { type Builtin, complain } from '../builtin.ts';

/** What runs in the background; `-l` with process numbers and the files that are open. */
export const jobs: Builtin = (io, args) => {
  const { session } = io.run;
  const long = args.includes('-l');
  for (const job of jobsOf(session)) {
    io.out(jobLine(session, job, long));
    if (job.state === 'done') session.jobs.delete(job.number);
  }
  return 0;
};

/** As bash shows a job. */
export const jobLine = (session: Session, job: Job, long = false, state?: string): string => {
  const numbers = jobsOf(session).map(({ number }) => number);
  const mark = job.number === numbers.at(-1) ? '+' : job.number === numbers.at(-2) ? '-' : ' ';
  const runs = job.state === 'running' && state === undefined;
  const pid = long ? `${String(job.pid).padStart(5)} ` : ' ';
  return `[${job.number}]${mark} ${pid}${(state ?? (runs ? 'Running' : 'Done')).padEnd(24)}${job.line}${runs ? ' &' : ''}\n`;
};

const jobsOf = ({ jobs: all, process }: Session): readonly Job[] =>
  [...all.values()].filter(({ uid }) => uid === process.who.uid);

/** `%1`, `%+`, a process number. */
const find = (session: Session, word: string): Job | undefined => {
  const all = jobsOf(session);
  if (word === '%' || word === '%+' || word === '%%') return all.at(-1);
  if (word === '%-') return all.at(-2);
  if (/^%\d+$/.test(word)) return all.find(({ number }) => number === Number(word.slice(1)));
  if (word.startsWith('%')) return all.find(({ line }) => line.startsWith(word.slice(1)));
  return [...session.jobs.values()].find(({ pid }) => String(pid) === word);
};

/** Ends jobs: their files are closed. The signal does not matter, but for 0, which only asks. */
export const kill: Builtin = (io, args) => {
  const { session } = io.run;
  const signal = args[0]?.startsWith('-') ? args[0] : undefined;
  const words = signal === undefined ? args : args.slice(signal === '-s' ? 2 : 1);
  if (words.length === 0) {
    io.err('kill: usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]\n');
    return 2;
  }
  let code = 0;
  for (const word of words) {
    const job = find(session, word);
    if (!job || job.state === 'done') {
      const isNumber = /^\d+$/.test(word);
      if (word.startsWith('%')) code = complain(io, `${word}: no such job`);
      else if (isNumber) code = complain(io, `(${word}) - No such process`);
      else code = complain(io, `${word}: arguments must be process or job IDs`);
      continue;
    }
    if (session.process.who.uid !== 0 && session.process.who.uid !== job.uid) {
      code = complain(io, `(${word}) - Operation not permitted`);
      continue;
    }
    if (signal === '-0') continue;
    io.err(jobLine(session, job, false, 'Terminated'));
    job.end();
    session.jobs.delete(job.number);
  }
  return code;
};

/** To the foreground, where Ctrl-C ends it at once: nothing else could be typed while it runs. */
export const foreground: Builtin = (io, [word = '%+']) => {
  const { session } = io.run;
  const job = find(session, word);
  if (!job || job.state === 'done') return complain(io, `${word === '%+' ? 'current' : word}: no such job`);
  io.out(`${job.line}\n`);
  io.err('^C\n');
  job.end();
  session.jobs.delete(job.number);
  return 130;
};

export const background: Builtin = (io, [word = '%+']) => {
  const job = find(io.run.session, word);
  if (!job) return complain(io, `${word === '%+' ? 'current' : word}: no such job`);
  return complain(io, `job ${job.number} already in background`, 0);
};
