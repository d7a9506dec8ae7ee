/** Plans while somebody else changes the tree, the journal or the state directory. Runs in a process of its own, in ROOT. */
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Fault } from '../../src/fs/fault.ts';
import { linkText } from '../../src/fs/link-text.ts';
import { kernel } from '../../src/kernel/kernel.ts';
import { openLedger } from '../../src/plan/ledger.ts';
import { apply, type Outcome } from '../../src/plan/plan.ts';
import { findUndo, performUndo } from '../../src/plan/undo.ts';
import { random } from '../conformance/random.ts';
import { everyKind, plant } from '../plan/every-kind.ts';
import { must, newWho, Yard } from '../plan/yard.ts';
import { actingFs } from './acting-fs.ts';
import { canaryState, contentOf, namesBelow, plantCanary } from './canary.ts';
import type { Verdict } from './ln-attacks.ts';

const oneIn = Number(process.env.ONE_IN ?? 1);
const dice = random(Number(process.env.SEED ?? 1));

interface Ground {
  readonly top: string;
  readonly canary: string;
  /** What is wrong outside of the tree. */
  harm(): readonly string[];
}

/** What plans of every kind of step are made on, beside the canary. */
const withYard = <T>({ top }: Ground, work: (yard: Yard) => T): T => {
  using yard = new Yard(top);
  plant(yard);
  return work(yard);
};

/** Files are kept when they are displaced: whatever happens, each content is still somewhere. */
const lost = (yard: Yard, before: readonly string[]): readonly string[] => {
  const now = new Set(namesBelow(yard.scratch.path).map((path) => contentOf(yard.scratch.at(path))));
  return before.filter((holds) => !now.has(holds)).map((holds) => `lost: ${holds}`);
};

const filesOf = (yard: Yard): readonly string[] =>
  namesBelow(yard.at(''))
    .map((path) => contentOf(yard.at(path)))
    .filter((holds) => holds !== 'a directory');

type Attack = (yard: Yard, canary: string) => void;

/** Directories swapped for links that lead out, names for other things; whatever is not there yet or no more is left alone. */
const swaps: Readonly<Record<string, Attack>> = Object.fromEntries([
  ...['a', 'b', 'made', 'made/b', 'renamed', 'lone'].map((dir): [string, Attack] => [
    `${dir}/ for a link`,
    (yard, canary) => {
      if (!lstatSync(yard.at(dir), { throwIfNoEntry: false })) return;
      renameSync(yard.at(dir), yard.scratch.at('displaced'));
      symlinkSync(canary, yard.at(dir));
    },
  ]),
  ...['a/file', 'b/gone', 'a/one', 'made/b/file', 'renamed/b/file', 'made/link'].flatMap((name): [string, Attack][] => [
    [
      `${name} for a link`,
      (yard, canary) => {
        if (!lstatSync(yard.at(name), { throwIfNoEntry: false })) return;
        renameSync(yard.at(name), yard.scratch.at('displaced'));
        symlinkSync(join(canary, 'secret'), yard.at(name));
      },
    ],
    [
      `${name} for a file`,
      (yard) => {
        if (!lstatSync(yard.at(name), { throwIfNoEntry: false })) return;
        writeFileSync(yard.scratch.at('theirs'), 'theirs');
        must(kernel.rename(kernel.cwd, yard.scratch.at('theirs'), kernel.cwd, yard.at(name), 'exchange') ?? true);
      },
    ],
  ]),
  ...['b/new', 'made', 'renamed', 'a/again'].map((name): [string, Attack] => [
    `${name} appears`,
    (yard) => {
      if (lstatSync(yard.at(name), { throwIfNoEntry: false })) return;
      try {
        writeFileSync(yard.at(name), 'theirs');
      } catch {
        // Its directory has gone by now.
        return;
      }
    },
  ]),
  [
    'a kept file for a link',
    (yard: Yard, canary: string) => {
      for (const kept of namesBelow(yard.scratch.at('state/aside'))) {
        const path = yard.scratch.at('state/aside', kept);
        if (!lstatSync(path).isFile()) continue;
        renameSync(path, yard.scratch.at('displaced'));
        symlinkSync(join(canary, 'secret'), path);
        return;
      }
    },
  ],
]);

const swapped = (ground: Ground, what: 'apply' | 'undo'): Verdict => {
  const wrong: string[] = [];
  let trials = 0;
  const ends = new Map<string, number>();
  for (const [name, attack] of Object.entries(swaps))
    for (let at = 1 + dice.below(oneIn); ; at += oneIn) {
      trials++;
      const acted = withYard(ground, (yard) => {
        const steps = yard.steps(everyKind);
        if (what === 'undo') yard.apply(steps);
        let before = filesOf(yard);
        let acted = false;
        const fs = actingFs(kernel, ({ number }) => {
          if (number !== at) return;
          acted = true;
          attack(yard, ground.canary);
          // Inside there may be something of theirs by now, and that may not be lost either.
          if (/file|appears/.test(name)) before = [...before, ...filesOf(yard).filter((holds) => holds === 'theirs')];
        });
        const ledger = { ...yard.ledger, fs };
        const outcome =
          what === 'apply' ? apply(ledger, { root: yard.root, steps, words: ['test'] }) : undoNewest(ledger, yard);
        ends.set(outcome.ended, (ends.get(outcome.ended) ?? 0) + 1);
        const kept = new Set(before.filter((holds) => !holds.startsWith('-> ')));
        const found = [...ground.harm(), ...lost(yard, [...kept])];
        if (outcome.ended === 'stuck' && !outcome.stuck) found.push('stuck, and does not say why');
        wrong.push(...found.map((text) => `${name} at ${at}: ${text} (${outcome.ended})`));
        return acted;
      });
      if (!acted) break;
    }
  if ((ends.get('rolled-back') ?? 0) + (ends.get('stuck') ?? 0) === 0)
    wrong.push('no plan was ever refused: the attack does not attack');
  return {
    attack: `${what} with the tree changed at every call (${[...ends].map(([end, count]) => `${count} ${end}`).join(', ')})`,
    trials,
    wrong,
  };
};

const undoNewest = (ledger: Yard['ledger'], yard: Yard): Outcome => {
  const undo = findUndo(ledger, undefined, ['undo']);
  if (undo instanceof Fault || 'cannot' in undo) throw new Error(`nothing to undo: ${JSON.stringify(undo)}`);
  return performUndo(ledger, yard.root, undo);
};

/** Between plan and apply everything may change, also to what has the same inode number. */
const staleGround = (ground: Ground): Verdict => {
  const wrong: string[] = [];
  let trials = 0;
  let reused = 0;
  const refused = (what: string, change: (yard: Yard) => boolean): void => {
    withYard(ground, (yard) => {
      const steps = yard.steps((fs) => {
        must(fs.unlink(fs.cwd, '/b/gone') ?? true);
        must(fs.link(fs.cwd, '/a/file', fs.cwd, '/b/more') ?? true);
        must(fs.symlink(linkText('x'), fs.cwd, '/a/new') ?? true);
      });
      if (!change(yard)) return;
      trials++;
      const before = yard.tree();
      const outcome = yard.apply(steps);
      const found = [...ground.harm()];
      if (outcome.ended !== 'rolled-back' || outcome.refusal.refused !== 'changed')
        found.push(`ended ${outcome.ended}`);
      if (yard.tree().join() !== before.join()) found.push('the tree is not as it was');
      wrong.push(...found.map((text) => `${what}: ${text}`));
    });
  };
  /** The same number for a new file of the same name. */
  const again = (yard: Yard, name: string): boolean => {
    const { ino } = lstatSync(yard.at(name), { bigint: true });
    unlinkSync(yard.at(name));
    for (let i = 0; i < 50; i++) {
      writeFileSync(yard.at(`${name}-${i}`), 'another');
      if (lstatSync(yard.at(`${name}-${i}`), { bigint: true }).ino !== ino) continue;
      reused++;
      renameSync(yard.at(`${name}-${i}`), yard.at(name));
      return true;
    }
    return false;
  };
  const wait = (): void => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 12);
  for (const name of ['b/gone', 'a/file'])
    refused(`${name} has an inode number again`, (yard) => {
      wait();
      return again(yard, name);
    });
  refused('the file is a link now', (yard) => {
    unlinkSync(yard.at('a/file'));
    symlinkSync(join(ground.canary, 'secret'), yard.at('a/file'));
    return true;
  });
  refused('the directory is a link now', (yard) => {
    renameSync(yard.at('a'), yard.scratch.at('away'));
    symlinkSync(ground.canary, yard.at('a'));
    return true;
  });
  refused('the directory is another one now', (yard) => {
    renameSync(yard.at('a'), yard.scratch.at('away'));
    mkdirSync(yard.at('a'));
    writeFileSync(yard.at('a/file'), 'another');
    return true;
  });
  refused('something stands where a link should be', (yard) => {
    symlinkSync(ground.canary, yard.at('a/new'));
    return true;
  });
  return { attack: `plans on a ground that has changed (an inode number had again ${reused} times)`, trials, wrong };
};

/** A journal that says something else than was done; whoever wrote it, it leads nowhere out of the root. */
const tampered = (ground: Ground): Verdict => {
  const wrong: string[] = [];
  let trials = 0;
  const edits: readonly (readonly [what: string, edit: (line: string) => string, kept: 'checksum' | 'none'])[] = [
    ...['/../../outside', '/..', '../outside', ground.canary, '/a/../../../outside', '//..//..//outside'].map(
      (path): [string, (line: string) => string, 'checksum'] => [
        `paths are ${path}`,
        (line) => line.replaceAll(/"path":"\/(a|b|made|renamed)[^"]*"/g, `"path":${JSON.stringify(path)}`),
        'checksum',
      ],
    ),
    ...['../outside/secret', '../../outside/name', '..', '.', '', '/etc/hostname', 'b/../../outside/name'].map(
      (name): [string, (line: string) => string, 'checksum'] => [
        `names are ${name}`,
        (line) => line.replaceAll(/"name":"[^"]*"/g, `"name":${JSON.stringify(name)}`),
        'checksum',
      ],
    ),
    ['homes are exchanged', (line) => line.replaceAll('"home":"tree"', '"home":"state"'), 'checksum'],
    ['numbers of files are out of range', (line) => line.replaceAll(/"file":\d+/g, '"file":9999'), 'checksum'],
    ['numbers of directories are out of range', (line) => line.replaceAll(/"dir":\d+/g, '"dir":-1'), 'checksum'],
    ['inode numbers are others', (line) => line.replaceAll(/"int":"(\d+)"/g, '"int":"1$1"'), 'checksum'],
    ['a letter is another', (line) => line.replace('rename', 'remame'), 'none'],
    ['a line is missing', (line) => (/"move"/.test(line) ? '' : line), 'none'],
    ['it is not JSON', (line) => line.replace('{', '['), 'checksum'],
    ['it is null', () => 'null', 'checksum'],
    ['it is a number', () => '1', 'checksum'],
    ['it is deep', () => `{"plan":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, 'checksum'],
  ];
  for (const [what, edit, kept] of edits)
    for (const part of ['every line', 'moves', 'files'] as const)
      withYard(ground, (yard) => {
        trials++;
        yard.apply(yard.steps(everyKind));
        const [id] = readdirSync(yard.scratch.at('state/journals')).filter((name) => name !== 'lock') as [string];
        const journal = yard.scratch.at('state/journals', id);
        const lines = readFileSync(journal, 'utf8')
          .split('\n')
          .filter((line) => line !== '')
          .map((line) => {
            const text = line.slice(9);
            if (part === 'moves' && !text.includes('"move"')) return line;
            if (part === 'files' && !text.includes('"file":{')) return line;
            const edited = edit(text);
            return `${kept === 'checksum' ? checksum(edited) : line.slice(0, 8)} ${edited}`;
          });
        writeFileSync(journal, `${lines.join('\n')}\n`);
        const before = filesOf(yard);
        let ended = '';
        try {
          ended = yard.undo().ended;
        } catch (error) {
          ended = String(error);
        }
        const found = [
          ...ground.harm(),
          ...lost(
            yard,
            before.filter((holds) => !holds.startsWith('-> ')),
          ),
        ];
        if (/TypeError|RangeError|SyntaxError/.test(ended)) found.push('a panic');
        wrong.push(...found.map((text) => `${what}, ${part}: ${text} (${ended.slice(0, 200)})`));
      });
  return { attack: 'journals that were tampered with', trials, wrong };
};

/** FNV-1a, as journals have it: whoever tampers with them can count. */
const checksum = (text: string): string => {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
};

/** The state directory, or a directory in it, is not ours. */
const foreignState = (ground: Ground): Verdict => {
  const wrong: string[] = [];
  let trials = 0;
  const isRoot = process.geteuid?.() === 0;
  const plants: Readonly<Record<string, (path: string) => void>> = {
    'a link': (path) => symlinkSync(join(ground.canary, 'empty'), path),
    'a dangling link': (path) => symlinkSync(join(ground.canary, 'made'), path),
    'a file': (path) => writeFileSync(path, ''),
    'open to its group': (path) => {
      mkdirSync(path);
      chmodSync(path, 0o770);
    },
    'open to all': (path) => {
      mkdirSync(path);
      chmodSync(path, 0o1777);
    },
    ...(isRoot && {
      'of another user': (path: string) => {
        mkdirSync(path, { mode: 0o700 });
        chownSync(path, 65534, 65534);
      },
    }),
  };
  for (const [what, plantState] of Object.entries(plants))
    for (const part of ['', 'journals', 'aside'])
      withYard(ground, (yard) => {
        trials++;
        const state = yard.scratch.at('planted');
        if (part !== '') mkdirSync(state, { mode: 0o700 });
        plantState(join(state, part));
        const ledger = openLedger(kernel, kernel.cwd, state, newWho());
        const found = [...ground.harm()];
        if ('fs' in ledger) {
          ledger[Symbol.dispose]();
          found.push('was taken');
        }
        wrong.push(...found.map((text) => `${part || 'the state directory'} is ${what}: ${text}`));
      });
  return { attack: 'a state directory that is not ours', trials, wrong };
};

export const attacks = (top: string): readonly Verdict[] => {
  const canary = join(top, 'outside');
  plantCanary(canary);
  const before = canaryState(canary);
  const ground: Ground = {
    top,
    canary,
    harm() {
      const after = canaryState(canary);
      return after.length === before.length
        ? after.filter((line, index) => line !== before[index]).map((line) => `outside: ${line}`)
        : ['names outside'];
    },
  };
  return [
    swapped(ground, 'apply'),
    swapped(ground, 'undo'),
    staleGround(ground),
    tampered(ground),
    foreignState(ground),
  ];
};
