import { Fault } from '../../fs/fault.ts';
import type { Handle } from '../../fs/fs.ts';
import { dirname } from '../../fs/path.ts';
import { liesIn } from '../../fs/relative.ts';
import type { Candidate } from '../../jobs/repair/candidate.ts';
import { candidatesFor, provenOf, questOf } from '../../jobs/repair/candidates.ts';
import { Finds, notesFor } from '../../jobs/repair/finds.ts';
import { journalMoves, type Moved } from '../../jobs/repair/journal-moves.ts';
import { newText } from '../../jobs/repair/new-text.ts';
import type { Rewrite } from '../../jobs/repair/rewrite.ts';
import { type TextWish, textsFor } from '../../jobs/repair/texts.ts';
import { type Ward, type Wound, wounds } from '../../jobs/repair/wound.ts';
import { readHistory } from '../../plan/history.ts';
import { said } from '../../plan/to-shell.ts';
import type { Memory } from '../../scan/memory/memory.ts';
import { applySteps } from '../apply-steps.ts';
import type { Command, Request, World } from '../command.ts';
import { CommandError, UsageError } from '../command-error.ts';
import { digestOf, digestText, type Hash } from '../memory/digest.ts';
import { type Kept, keepMemories } from '../memory/keep.ts';
import { placeInState, placeInTree } from '../memory/places.ts';
import { recall } from '../memory/recall.ts';
import { candidates as namesOf } from '../names/candidates.ts';
import { walkOptions } from '../options.ts';
import { paced, type Work } from '../paced.ts';
import { stepLines } from '../plan-words.ts';
import { plural } from '../plural.ts';
import type { Rehearsal } from '../rehearsal.ts';
import { choose, type Talk } from '../repair/choose.ts';
import { keptLines, summary, verdictJson, verdictLines } from '../repair/draw.ts';
import type { GitRename } from '../repair/git-renames.ts';
import type { Advice } from '../repair/package-advice.ts';
import { rehearseRewrites } from '../repair/rehearse-rewrites.ts';
import type { Report } from '../repair/report.ts';
import { type Fate, isLeft, type Verdict } from '../repair/verdict.ts';
import { show } from '../show.ts';
import { type OpenState, stateOption } from '../state-directory.ts';
import { blindSpots, type Survey, survey, type WalkAids } from '../survey.ts';

/** What only the running machine has. */
export interface RepairAids {
  readonly rehearsal: Pick<Rehearsal, 'rehearse' | 'random'>;
  readonly openState: OpenState;
  /** The state directory, if it is there. */
  readonly existingState: (world: Pick<World, 'fs'>, request: Request) => Handle | undefined;
  readonly uid: () => number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly hash: Hash;
  readonly gitRenames: (world: World) => (path: string) => GitRename | undefined;
  readonly packageAdvice: (world: World) => (physical: string) => Advice | undefined;
  /** Undefined where nobody sits at a terminal. */
  readonly talk: () => Talk | undefined;
  readonly walk?: WalkAids;
}

/** `lw repair`. */
export const repairCommand = (aids: RepairAids): Command<Report> => ({
  name: 'repair',
  summary: 'mend links that lead nowhere, by evidence of where their targets are now',
  operands: 'DIR…',
  options: {
    search: {
      type: 'string',
      multiple: true,
      value: 'DIR',
      help: 'look for lost targets below DIR too; can be repeated (default: DIR, and where the ways of the links end)',
    },
    prune: { type: 'boolean', help: 'remove the dangling links that cannot be mended' },
    relative: { type: 'boolean', help: 'make absolute texts relative, of links to what lies below DIR' },
    absolute: { type: 'boolean', help: 'make relative texts absolute' },
    shorten: { type: 'boolean', help: 'let links that lead to other links lead to the end of the chain' },
    tidy: { type: 'boolean', help: 'take needless parts out of texts: //, ./, a slash at the end, up and down again' },
    yes: { type: 'boolean', short: 'y', help: 'ask nothing: do what is proven, leave the rest' },
    'dry-run': { type: 'boolean', short: 'n', help: 'say what would be done, and do nothing' },
    remember: { type: 'boolean', help: 'mend nothing; remember how all is now, and that it is right' },
    contents: {
      type: 'string',
      value: 'SIZE',
      help: 'remember the contents of targets up to SIZE too (as 64K, 10M), which reads them',
    },
    'no-memory': { type: 'boolean', help: 'neither use nor keep what is remembered' },
    state: stateOption,
    ...walkOptions,
  },
  details: `A link dangles where what it leads to was renamed, moved or removed. For each dangling link below DIR this \
looks for its target and says what speaks for each place, the best first: Linkwright's own journal of moves; the same \
file (device, inode number, birth time), or a directory above it, under another name; its contents; name, size and time; a rename \
in git; one change that would mend many links; another case, spelling or version; the same name elsewhere.

A link is mended without a question only where the evidence tells one file from all others: the journal, the same file \
or directory, its contents, or at least three links of the same group that went the same way on such evidence. Where there \
is less, a terminal asks; otherwise the link is left, and the exit code is 1. Where a Debian package would bring the target, that is \
the answer, and the link stays.

Most of this evidence has to be remembered while the link is whole. A complete run remembers, of each good link below DIR, what it leads to: \
in DIR/.linkwright if you have made such a directory, or else in the state directory. Run it once, or \
lw repair --remember, while all is well. Without that nothing but the journal proves anything. What is known of a link stays \
remembered as long as it is broken. --dry-run remembers nothing.

The new text is written in the manner of the old one: relative or absolute, and through the same links as far as they still lead there. \
All is tried out in memory first, and a link is only changed if it would lead to the very file that was meant. lw undo takes it back.

A link is never touched where it is unknown whether it leads anywhere: behind a directory that may not be searched, below \
a mount point of fstab without its volume, or where its target was on a file system that is not mounted now. --prune \
removes no link after an incomplete scan.

--relative, --absolute, --shorten and --tidy change texts of good links, each only if it leads to the same file \
afterwards, and mend nothing.

Exit code: 0 if no broken link is left; 1 if one is, or DIR could not be walked; 3 if something could not be looked at; 4 if \
something changed meanwhile, and nothing was done. With --null: the links that were changed.`,
  examples: [
    ['lw repair --remember ~', 'once, while all is well'],
    ['lw repair --dry-run ~', 'what can be mended, and on what evidence'],
    ['lw repair ~', 'mend it; on a terminal, after a question'],
    ['lw repair --search /mnt/archive /srv/www', 'targets may have moved there'],
    ['lw repair --prune --yes build/', 'mend what is proven, remove what dangles still'],
    ['lw repair --relative site/', 'links that may move together with site/'],
  ],

  run: (world, request) => paced(world, report(world, request, aids)),

  *render(report, look) {
    if (report.onlyRemembers) return yield* keptLines(report, look);
    if (report.dryRun && report.steps.length > 0) yield* stepLines(report.steps.map(said));
    for (const verdict of report.verdicts) yield* verdictLines(verdict, report.dryRun || report.declined, look);
    for (const { path, text, newText } of report.rewrites)
      if (newText !== undefined && !report.dropped.has(path))
        yield `${look.paint('link', look.show(path))} -> ${look.show(newText)}   ${look.paint('dim', `(was ${look.show(text)})`)}`;
    yield look.paint('dim', summary(report));
    if (report.id !== undefined) yield look.paint('dim', `lw undo ${report.id} takes it back`);
  },

  json: (report) => ({
    complete: isComplete(report),
    roots: report.survey.census.roots.map(({ path }) => path),
    searched: (report.searched?.census.roots ?? []).map(({ path }) => path),
    dryRun: report.dryRun,
    declined: report.declined,
    broken: report.verdicts.filter(isLeft).length + report.otherwise,
    otherwise: report.otherwise,
    pruneRefused: report.pruneRefused,
    links: report.verdicts.map(verdictJson),
    texts: report.rewrites.map(({ path, text, newText }) => ({
      path,
      text,
      newText,
      done: !report.dropped.has(path),
      why: report.dropped.get(path),
    })),
    remembered: {
      recalled: report.recalled.memories.map(({ root, linkCount, head }) => ({
        root,
        links: linkCount,
        made: head.made,
      })),
      kept: report.kept?.places ?? [],
    },
    id: report.id ?? null,
    commands: stepLines(report.steps.map(said)),
    blind: report.survey.census.blind,
  }),

  *paths({ verdicts, rewrites, dropped }) {
    for (const { wound, fate } of verdicts)
      if (fate === 'mended' || fate === 'chosen' || fate === 'pruned') yield wound.path;
    for (const { path } of rewrites) if (!dropped.has(path)) yield path;
  },

  exitCode(report) {
    if (report.survey.failed.length > 0) return 1;
    if (!isComplete(report)) return 3;
    const left = report.verdicts.some(isLeft) || report.otherwise > 0;
    return !report.onlyRemembers && (left || report.dropped.size > 0) ? 1 : 0;
  },

  *problems({ survey, searched, recalled, kept, pruneRefused, otherwise, dropped }) {
    yield* survey.failed;
    yield* searched?.failed ?? [];
    yield* blindSpots(survey.census.blind);
    yield* recalled.unusable;
    yield* kept?.failed ?? [];
    for (const [path, why] of dropped) yield `${show(path)} is left as it is: it ${why}`;
    if (pruneRefused) yield 'nothing is removed, since something could not be looked at';
    if (otherwise > 0)
      yield `${plural(otherwise, 'link')} ${otherwise === 1 ? 'is' : 'are'} broken in another way (a circle, too many links)\ntry: lw map --list broken`;
  },
});

const isComplete = ({ survey, searched }: Report): boolean =>
  survey.census.complete && survey.failed.length === 0 && (searched?.census.complete ?? true);

function* report(world: World, request: Request, aids: RepairAids): Work<Report> {
  const wish = wishOf(request);
  const onlyRemembers = request.flag('remember');
  const most = contentsOf(request);
  using stack = new DisposableStack();
  const state = aids.existingState(world, request);
  if (state) stack.use(state);
  const level = onlyRemembers ? 'full' : 'symlinks';
  const walked = yield* survey(world, request, request.operands, { level, remembers: true }, aids.walk);
  const { census } = walked;
  const roots = census.roots.map(({ physical }) => physical);
  const forgets = request.flag('no-memory');
  const recalled = forgets ? { memories: [], unusable: [] } : recall(world, roots, state, aids.uid(), show);
  const keep = (seen: Survey): Work<Kept | undefined> =>
    keepAll(world, request, aids, seen, recalled.memories, { accept: onlyRemembers, most });
  const nothing = {
    survey: walked,
    searched: undefined,
    verdicts: [],
    rewrites: [],
    dropped: new Map<string, string>(),
    otherwise: 0,
    recalled,
    kept: undefined,
    steps: [],
    dryRun: request.flag('dry-run'),
    declined: false,
    onlyRemembers,
    pruneRefused: false,
    id: undefined,
  };
  if (onlyRemembers) return { ...nothing, kept: yield* keep(walked) };

  const ward: Ward = { ...world, memories: recalled.memories };
  const texts: Rewrite[] = [];
  if (wish.texts) yield* collect(world, textsFor(world.fs, world.root, census, wish.texts), texts);
  const hurt: Wound[] = [];
  if (wish.mends) yield* collect(world, wounds(ward, census), hurt);
  const searched = hurt.length > 0 ? yield* search(world, request, aids, ward, roots, hurt) : undefined;
  const found = searched
    ? yield* working(
        world,
        'looking at what was found',
        candidatesFor(
          {
            ward,
            finds: searched.finds,
            moves: movesOf(world, request, aids, state),
            renamed: aids.gitRenames(world),
            digest: digestsOf(world, aids),
          },
          hurt,
        ),
      )
    : new Map<Wound, readonly Candidate[]>();

  const pruneRefused = wish.prunes && hurt.length > 0 && !(census.complete && walked.failed.length === 0);
  const talk =
    request.flag('yes') || request.flag('dry-run') || request.flag('json') || request.flag('null')
      ? undefined
      : aids.talk();
  const proven = new Map(
    [...found].flatMap(([wound, candidates]) => {
      const candidate = provenOf(candidates);
      return candidate ? [[wound, candidate] as const] : [];
    }),
  );
  const open = [...found].filter(([wound, candidates]) => !proven.has(wound) && candidates.length > 0);
  const chosen: ReadonlyMap<Wound, Candidate> =
    talk && !wish.prunes && open.length > 0 ? choose(talk, open) : new Map();
  const mends = hurt.flatMap((wound) => mendOf(world, wound, proven.get(wound) ?? chosen.get(wound)));
  const mended = new Set(mends.map(({ path }) => path));
  const pruned =
    wish.prunes && !pruneRefused ? hurt.filter((wound) => !mended.has(wound.physical) && isPrunable(wound)) : [];
  const wanted = [...texts, ...mends, ...pruned.map(removal)];
  const trial = rehearseRewrites(
    aids.rehearsal,
    world,
    wanted,
    hurt.map(({ physical }) => physical),
  );
  const advice = aids.packageAdvice(world);
  const byPath = new Map(wanted.map((each) => [each.path, each]));
  const verdicts = hurt.map((wound): Verdict => {
    const candidate = proven.get(wound) ?? chosen.get(wound);
    const rewrite = byPath.get(wound.physical);
    const why = trial.dropped.get(wound.physical);
    const done = rewrite !== undefined && why === undefined;
    const told = done || candidate ? undefined : advice(wound.physical);
    const fate = fateOf(wound, found.get(wound) ?? [], {
      done,
      failed: why !== undefined,
      removed: rewrite !== undefined && rewrite.newText === undefined,
      asked: chosen.has(wound),
      whole: trial.whole.has(wound.physical),
      told: told !== undefined,
    });
    return {
      wound,
      candidates: found.get(wound) ?? [],
      fate,
      chosen: done ? candidate : undefined,
      newText: done ? rewrite.newText : undefined,
      advice: told,
      why,
    };
  });
  const declined = talk !== undefined && trial.steps.length > 0 && !confirmed(talk, wanted, trial.dropped);
  const dryRun = nothing.dryRun;
  const id = dryRun || declined ? undefined : applySteps(aids.openState, world, request, trial.steps);
  const after =
    id === undefined ? walked : yield* survey(world, request, request.operands, { level, remembers: true }, aids.walk);
  const kept = dryRun ? undefined : yield* keep(after);
  return {
    ...nothing,
    searched: searched?.survey,
    verdicts: declined ? verdicts.map((each) => (isLeft(each) ? each : { ...each, fate: 'choice' })) : verdicts,
    rewrites: texts,
    dropped: new Map([...trial.dropped].filter(([path]) => texts.some((each) => each.path === path))),
    otherwise: wish.mends ? otherwiseBroken(walked) : 0,
    kept,
    steps: trial.steps,
    declined,
    pruneRefused,
    id,
  };
}

interface Wish {
  readonly texts: TextWish | undefined;
  readonly mends: boolean;
  readonly prunes: boolean;
}

const wishOf = (request: Request): Wish => {
  const [relative, absolute, shorten, tidy] = ['relative', 'absolute', 'shorten', 'tidy'].map((name) =>
    request.flag(name),
  );
  if (relative && absolute) throw new UsageError('--relative and --absolute exclude each other: give one of them');
  const changesTexts = relative || absolute || shorten || tidy;
  const prunes = request.flag('prune');
  for (const [name, given] of [
    ['--prune', prunes],
    ['--remember', request.flag('remember')],
  ] as const)
    if (given && changesTexts)
      throw new UsageError(`${name} does not go together with a change of texts: give them one after the other`);
  if (prunes && request.flag('remember')) throw new UsageError('--remember changes nothing: give --prune without it');
  return {
    texts: changesTexts
      ? {
          form: relative ? 'relative' : absolute ? 'absolute' : undefined,
          shorten: shorten === true,
          tidy: tidy === true,
        }
      : undefined,
    mends: !changesTexts,
    prunes,
  };
};

const contentsOf = (request: Request): number | undefined => {
  const given = request.value('contents');
  if (given === undefined) return undefined;
  const [, number, unit = ''] = /^(\d{1,9})([KMG]?)$/i.exec(given) ?? [];
  if (number === undefined) throw new UsageError(`--contents takes a size, as 64K or 10M: ${show(given)}`);
  return Number(number) * 1024 ** ' KMG'.indexOf(unit.toUpperCase() || ' ');
};

/** Takes all that long work yields, and lets the world breathe where it yields nothing. */
function* collect<T>(world: World, work: Iterable<T | undefined>, into: T[]): Work<void> {
  for (const each of work) {
    if (each !== undefined) into.push(each);
    else {
      if (world.interrupted()) throw new CommandError('interrupted; nothing was changed', [], 130);
      world.progress(() => 'following links');
      yield;
    }
  }
}

function* working<T>(world: World, what: string, work: Generator<void, T>): Work<T> {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
    if (world.interrupted()) throw new CommandError('interrupted; nothing was changed', [], 130);
    world.progress(() => what);
    yield;
  }
}

function* search(
  world: World,
  request: Request,
  aids: RepairAids,
  ward: Ward,
  roots: readonly string[],
  hurt: readonly Wound[],
): Work<{ readonly survey: Survey; readonly finds: Finds }> {
  const quest = questOf(ward, hurt);
  const files = quest.identities.map((id) => ({ ...id, mountId: -1 }));
  const notes = notesFor(quest, namesOf(world, files));
  const walked = yield* survey(
    world,
    request,
    searchRoots(world, request, roots, hurt),
    { level: 'names', notes },
    aids.walk,
  );
  return { survey: walked, finds: new Finds(walked.census, quest) };
}

/** Where the user says, and where the ways of the links end, unless that is all there is. */
const searchRoots = (
  world: World,
  request: Request,
  roots: readonly string[],
  hurt: readonly Wound[],
): readonly string[] => {
  const given = [...request.operands, ...request.values('search')];
  const ends = [
    ...new Set(hurt.filter(({ absent }) => absent === undefined).map(({ gap }) => nearestDirectory(world, gap))),
  ];
  const outermost = ends
    .filter((dir) => dir !== '/' && !roots.some((root) => liesIn(root, dir)))
    .filter((dir) => !ends.some((other) => other !== dir && other !== '/' && liesIn(other, dir)));
  return [...new Set([...given, ...outermost])];
};

const nearestDirectory = ({ fs, root }: World, path: string): string => {
  for (let at = dirname(path); at !== '/'; at = dirname(at)) {
    const stat = fs.stat(root.handle, at.slice(1));
    if (!(stat instanceof Fault) && stat.kind === 'dir') return at;
  }
  return '/';
};

/** Renames that Linkwright has done; the journal is not made to be asked. */
const movesOf = (
  world: World,
  request: Request,
  { openState }: RepairAids,
  state: Handle | undefined,
): readonly Moved[] => {
  if (!state) return [];
  using ledger = openState(world, request);
  const history = readHistory(ledger);
  const root = world.fs.stat(world.root.handle, '');
  return history instanceof Fault || root instanceof Fault ? [] : journalMoves(history, root);
};

const digestsOf = (world: World, { hash }: RepairAids): ((path: string) => string | undefined) => {
  const known = new Map<string, string | undefined>();
  return (path) => {
    if (known.has(path)) return known.get(path);
    const digest = digestOf(world, path, hash);
    const text = digest && digestText(digest);
    known.set(path, text);
    return text;
  };
};

const mendOf = ({ fs, root }: World, wound: Wound, candidate: Candidate | undefined): readonly Rewrite[] => {
  if (!candidate) return [];
  const text = newText(fs, root, wound, candidate.path);
  return text === undefined
    ? []
    : [{ path: wound.physical, text: wound.text, link: wound.stat, newText: text, target: candidate.stat }];
};

/** Links of which it is certain that they dangle, by their own text. */
const isPrunable = ({ because, absent }: Wound): boolean => because === undefined && absent === undefined;

const removal = ({ physical, text, stat }: Wound): Rewrite => ({
  path: physical,
  text,
  link: stat,
  newText: undefined,
  target: undefined,
});

const fateOf = (
  { because, absent }: Wound,
  candidates: readonly Candidate[],
  is: Readonly<Record<'done' | 'failed' | 'removed' | 'asked' | 'whole' | 'told', boolean>>,
): Fate => {
  if (is.failed) return 'failed';
  if (is.done) return is.removed ? 'pruned' : is.asked ? 'chosen' : 'mended';
  if (is.whole) return 'along';
  if (absent !== undefined) return 'absent';
  if (because !== undefined) return 'waits';
  if (is.told) return 'package';
  return candidates.length > 0 ? 'choice' : 'lost';
};

const confirmed = (talk: Talk, wanted: readonly Rewrite[], dropped: ReadonlyMap<string, string>): boolean => {
  const done = wanted.filter(({ path }) => !dropped.has(path));
  const most = 30;
  const lines = done
    .slice(0, most)
    .map(({ path, text, newText }) =>
      newText === undefined
        ? `remove ${show(path)} -> ${show(text)}`
        : `${show(path)} -> ${show(newText)}   (was ${show(text)})`,
    );
  const more = done.length > most ? [`and ${plural(done.length - most, 'link')} more`] : [];
  return /^y(es)?$/i.test(talk([...lines, ...more], `change ${plural(done.length, 'link')}? [y/N] `)?.trim() ?? '');
};

const otherwiseBroken = ({ census }: Survey): number => {
  let otherwise = 0;
  for (let row = 0; row < census.links.count; row++)
    if (['loop', 'too-many-links', 'name-too-long'].includes(census.endOf(row))) otherwise++;
  return otherwise;
};

function* keepAll(
  world: World,
  request: Request,
  aids: RepairAids,
  seen: Survey,
  memories: readonly Memory[],
  { accept, most }: { readonly accept: boolean; readonly most: number | undefined },
): Work<Kept | undefined> {
  if (request.flag('no-memory') || world.interrupted()) return undefined;
  const uid = aids.uid();
  using ledger = aids.openState(world, request);
  return yield* keepMemories(world, seen, {
    placeOf: (physical) =>
      placeInTree(world, physical, uid) ?? placeInState(world, ledger.state, physical, uid, 'make'),
    memories,
    accept,
    random: aids.rehearsal.random,
    now: aids.now(),
    ...(most !== undefined && { contents: { most, hash: aids.hash } }),
  });
}
