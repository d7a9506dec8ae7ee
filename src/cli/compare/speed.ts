import { Fault } from '../../fs/fault.ts';
import { type Bench, hardRefused } from './bench.ts';
import {
  type Difference,
  type Experiment,
  experiment,
  Hindrance,
  mainExperiment,
  type Observation,
  type Spread,
  saw,
  sentence,
  spreadText,
} from './comparison.ts';
import { type Ground, needSymlink, newGround, writeFile } from './ground.ts';
import { type Quartiles, quartilesOf } from './quartiles.ts';

/** What it costs to open a file through links. */
export const speed = ({ ground }: Bench): Difference => {
  const { hard, soft, experiment: main } = opening(ground);
  return { name: 'speed', title: 'Speed', hard, soft, experiments: [main, limit(ground)] };
};

const hops = [1, 10, 40] as const;
const roundsMost = 400;
/** Enough for quartiles; more only while there is time. */
const roundsLeast = 20;
const limitMilliseconds = 3000;
/** Until the compiler and the caches know the way. */
const warmUp = 40;
const opensPerRound = 16;

/** Names of equal length: a longer one takes longer to hash. */
const nameOf = (links: number): string => `file-${String(links).padStart(2, '0')}`;
const hardName = 'file-hl';

const chain =
  'echo hello > file-00; ln file-00 file-hl; for n in $(seq 40); do ln -s $(printf "file-%02d file-%02d" $((n-1)) $n); done';

const opening = (ground: Ground) =>
  mainExperiment(
    'Opening through 0, 1, 10 and 40 links',
    [
      chain,
      'for f in file-00 file-hl file-01 file-10 file-40; do\n  echo $f; time for i in {1..100000}; do : < $f; done\ndone',
    ],
    () => {
      using here = newGround(ground, 'speed');
      const noHard = makeChain(here, 40);
      const names = [nameOf(0), ...hops.map(nameOf), ...(noHard ? [] : [hardName])];
      const times = measure(here, names);
      const [direct, ...linked] = times as readonly [readonly number[], ...(readonly number[])[]];
      const ratioTo = (other: readonly number[]): Quartiles =>
        quartilesOf(other.map((time, round) => time / (direct[round] as number)));
      const ratios = hops.map((_, index) => ratioTo(linked[index] as readonly number[]));
      const farthest = linked[hops.length - 1] as readonly number[];
      const perHop = quartilesOf(farthest.map((time, round) => ((time - (direct[round] as number)) * 1e6) / 40));
      const hard = noHard ? undefined : ratioTo(linked[hops.length] as readonly number[]);
      return judged({
        direct: quartilesOf(direct.map((time) => time * 1e6)),
        ratios,
        perHop,
        hard,
        noHard,
        rounds: direct.length,
      });
    },
  );

/** A file, its second name, and links of which each leads to the one before. */
const makeChain = (here: Ground, links: number): Fault | undefined => {
  writeFile(here, nameOf(0), 'hello\n');
  for (let link = 1; link <= links; link++) needSymlink(here, nameOf(link - 1), nameOf(link));
  return here.fs.link(here.dir, nameOf(0), here.dir, hardName);
};

/** Milliseconds an open of each name in each round. Each round opens every name, in turns of order, so noise meets all alike. */
const measure = (here: Ground, names: readonly string[]): readonly (readonly number[])[] => {
  const times: number[][] = names.map(() => []);
  const end = performance.now() + limitMilliseconds;
  for (let round = -warmUp; round < roundsMost; round++) {
    if (round >= roundsLeast && performance.now() > end) break;
    for (let turn = 0; turn < names.length; turn++) {
      const index = (turn + round + warmUp) % names.length;
      const started = performance.now();
      for (let i = 0; i < opensPerRound; i++) openWell(here, names[index] as string);
      if (round >= 0) times[index]?.push((performance.now() - started) / opensPerRound);
    }
  }
  return times;
};

/**
 * A lookup that the kernel has to begin anew, because something was mounted or renamed meanwhile, goes on counting
 * its links from where it was (do_filp_open() in fs/namei.c). So through more than 20 of them one may be refused
 * that would pass: it is asked again.
 */
const openWell = (here: Ground, name: string): void => {
  let answer: 'opened' | Fault = 'opened';
  for (let asked = 0; asked < 100; asked++) {
    answer = openOnce(here, name);
    if (answer === 'opened') return;
  }
  if (answer !== 'opened') throw new Hindrance(`${name} cannot be opened: ${answer.reason} (${answer.errno})`, true);
};

const openOnce = ({ fs, dir }: Ground, name: string): 'opened' | Fault => {
  const opened = fs.open(dir, name, { access: 'read' });
  if (opened instanceof Fault) return opened;
  opened[Symbol.dispose]();
  return 'opened';
};

interface Timing {
  /** Nanoseconds of one open and close, our own share included. */
  readonly direct: Quartiles;
  /** Time through 1, 10 and 40 links in terms of the direct one. */
  readonly ratios: readonly Quartiles[];
  /** Nanoseconds of one link. */
  readonly perHop: Quartiles;
  readonly hard: Quartiles | undefined;
  readonly noHard: Fault | undefined;
  readonly rounds: number;
}

/** Wider than what it tells, or on both sides of nothing: then there is nothing to tell. */
const isTooWide = ({ low, median, high }: Quartiles): boolean => low <= 0 || high - low > median;

export const judged = ({ direct, ratios, perHop, hard, noHard, rounds }: Timing) => {
  if (isTooWide(perHop))
    throw new Hindrance(
      `the spread is too large to tell: a link costs ${nanoseconds(perHop)} in the middle half of ${rounds} rounds; try again on a quieter machine`,
      true,
    );
  const observed: Observation[] = [
    saw('rounds', rounds),
    saw('direct open and close, our call of them included', inNanoseconds(direct)),
    ...hops.map((links, index) =>
      saw(`through ${links} symbolic ${links === 1 ? 'link' : 'links'}`, inTimes(ratios[index] as Quartiles)),
    ),
    ...(hard ? [saw('through a hard link', inTimes(hard))] : []),
    saw('one symbolic link', inNanoseconds(perHop)),
  ];
  const [one, , forty] = ratios as readonly [Quartiles, Quartiles, Quartiles];
  return {
    observed,
    verdict: sentence(
      noHard
        ? hardRefused(noHard)
        : hard &&
            `a hard link opens ${isEven(hard) ? 'as fast as the first name' : `in ${times(hard)} of the time of the first name`}`,
      `each symbolic link on the way costs ${nanoseconds(perHop)}, so 40 of them take ${times(forty)} of the direct time and one ${
        one.low <= 1 ? 'alone is lost in the spread' : times(one)
      }`,
    ),
    hard: noHard
      ? `refused (${noHard.errno})`
      : hard
        ? `${isEven(hard) ? 'as fast' : 'not as fast'}: ${hard.median.toFixed(2)} times`
        : '',
    soft: `${perHop.median.toFixed(0)} ns a link; 40: ${forty.median.toFixed(1)} times`,
  };
};

/** Within a twentieth, or on both sides of 1. */
const isEven = ({ low, median, high }: Quartiles): boolean => Math.abs(median - 1) < 0.05 || (low <= 1 && high >= 1);

const inTimes = (quartiles: Quartiles): Spread => ({ ...quartiles, unit: 'times' });
const inNanoseconds = (quartiles: Quartiles): Spread => ({ ...quartiles, unit: 'ns' });
const times = (quartiles: Quartiles): string => spreadText(inTimes(quartiles));
const nanoseconds = (quartiles: Quartiles): string => spreadText(inNanoseconds(quartiles));

const linksMax = 40;
const manyOpens = 1000;

const limit = (ground: Ground): Experiment =>
  experiment('How many links one lookup passes', [chain, 'ln -s file-40 file-41', 'cat file-40', 'cat file-41'], () => {
    using here = newGround(ground, 'limit');
    makeChain(here, linksMax + 1);
    let passed = 0;
    let refusal: Fault | undefined;
    for (let links = 1; links <= linksMax + 1 && !refusal; links++) {
      const answers = Array.from({ length: 100 }, () => openOnce(here, nameOf(links)));
      if (answers.includes('opened')) passed = links;
      else refusal = answers.find((answer) => answer instanceof Fault);
    }
    const chance = Array.from({ length: manyOpens }, () => openOnce(here, nameOf(passed)));
    return {
      observed: [
        saw('links passed', passed),
        saw(
          `opens through ${passed} links of ${manyOpens} that were refused by chance`,
          chance.filter((answer) => answer !== 'opened').length,
        ),
        saw(`through ${passed + 1}`, refusal ? refusal.errno : 'works'),
      ],
      verdict: sentence(
        refusal
          ? `one lookup passes ${passed} symbolic links, the next is refused (${refusal.errno})`
          : `${passed} symbolic links were passed`,
      ),
    };
  });
