/** ln while somebody else changes the tree between any two of its calls. Runs in a process of its own, in ROOT. */
import {
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Fs } from '../../src/fs/fs.ts';
import { linkText } from '../../src/fs/link-text.ts';
import { isTemporaryName } from '../../src/fs/temporary-name.ts';
import { ln } from '../../src/jobs/make/ln.ts';
import { kernel } from '../../src/kernel/kernel.ts';
import { random } from '../conformance/random.ts';
import { runHere } from '../ln/trial.ts';
import { actingFs, type Call } from './acting-fs.ts';
import { canaryState, contentOf, namesBelow, plantCanary } from './canary.ts';

export interface Verdict {
  readonly attack: string;
  readonly trials: number;
  /** What went wrong, in which trial. */
  readonly wrong: readonly string[];
}

interface Form {
  readonly args: readonly string[];
  readonly input?: string;
  /** The name that it makes. */
  readonly name: string;
  /** What the name holds afterwards. */
  readonly made: string;
  /** What has the name before. */
  readonly old: 'nothing' | 'file' | 'link';
  readonly keeps?: true;
}

const name = 'sub/dir/name';
const onto = (old: Form['old'], args: readonly string[], more: Partial<Form> = {}): Form => ({
  args,
  name,
  made: args.some((arg) => /^-s/.test(arg)) ? '-> text' : 'source',
  old,
  ...more,
});
const pairs = ['text', name, 'text', 'sub/dir/second', 'text', 'sub/third', ''].join('\0');

const forms: readonly Form[] = [
  onto('nothing', ['-s', 'text', name]),
  onto('nothing', ['src', name]),
  onto('nothing', ['src', 'sub/dir'], { name: 'sub/dir/src' }),
  onto('nothing', ['-t', 'sub/dir', 'src'], { name: 'sub/dir/src' }),
  onto('file', ['-f', 'src', name]),
  onto('file', ['-sf', 'text', name]),
  onto('link', ['-sfn', 'text', name]),
  onto('link', ['-fT', 'src', name]),
  onto('link', ['-sfbn', 'text', name], { keeps: true }),
  onto('file', ['-fb', 'src', name], { keeps: true }),
  onto('file', ['-f', '--backup=numbered', 'src', name], { keeps: true }),
  onto('file', ['-si', 'text', name], { input: 'y\n' }),
  onto('file', ['-sf', '--fsync', 'text', name]),
  onto('file', ['-sf', '--from0=-'], { input: pairs }),
  onto('nothing', ['-s', '--from0=-'], { input: pairs }),
];

const contents = { nothing: 'nothing', file: 'old', link: '-> inner' } as const;

/** A tree to work in, beside the canary. */
class Ground implements Disposable {
  readonly canary: string;
  readonly yard: string;
  readonly #before: readonly string[];

  constructor(top: string) {
    this.canary = join(top, 'outside');
    this.yard = join(top, 'yard');
    plantCanary(this.canary);
    this.#before = canaryState(this.canary);
  }

  /** The tree of one trial, in which the process works from then on. */
  plant(old: Form['old']): string {
    process.chdir('/');
    rmSync(this.yard, { recursive: true, force: true });
    const root = join(this.yard, 'root');
    mkdirSync(join(root, 'sub/dir/inner'), { recursive: true });
    mkdirSync(join(this.yard, 'theirs'));
    writeFileSync(join(root, 'src'), 'source');
    if (old === 'file') writeFileSync(join(root, name), contents.file);
    if (old === 'link') symlinkSync('inner', join(root, name));
    process.chdir(root);
    return root;
  }

  run({ args, input }: Pick<Form, 'args' | 'input'>, fs: Fs = kernel, env: Readonly<Record<string, string>> = {}) {
    return runHere('ln', ln, { args, env, ...(input !== undefined && { input }) }, fs);
  }

  /** What is wrong after every attack, whatever came of it. */
  harm(err: string): readonly string[] {
    const after = canaryState(this.canary);
    const touched = after.filter((line, index) => line !== this.#before[index]);
    const left = namesBelow(this.yard).filter((path) => {
      const last = path.slice(path.lastIndexOf('/') + 1);
      return isTemporaryName(last) && !err.includes(last);
    });
    return [
      ...(after.length === this.#before.length ? touched : ['names outside']).map((line) => `outside: ${line}`),
      ...left.map((path) => `left: ${path}`),
      ...(/descriptor/.test(err) ? [err] : []),
    ];
  }

  /** All that the files and links of the tree hold. */
  holdings(): readonly string[] {
    return namesBelow(this.yard).map((path) => contentOf(join(this.yard, path)));
  }

  [Symbol.dispose](): void {
    process.chdir('/');
    rmSync(this.yard, { recursive: true, force: true });
    rmSync(this.canary, { recursive: true, force: true });
  }
}

/** Which of the series of trials are run. */
const oneIn = Number(process.env.ONE_IN ?? 1);
const dice = random(Number(process.env.SEED ?? 1));

/** Runs a form again and again, with the attack before call 1, 2, 3 … until there is no such call. */
const atEveryCall = (trial: (at: number) => boolean): number => {
  if (!dice.oneIn(oneIn)) return 0;
  let at = 1;
  while (trial(at)) at++;
  return at;
};

/** The directory of the name, wherever it was moved. */
const placesOf = (root: string): string =>
  ['sub/dir', 'sub/dir.away', 'sub.away/dir'].map((path) => join(root, path)).find(isRealPath) as string;

const isRealPath = (path: string): boolean =>
  [join(path, '..'), path].every((part) => lstatSync(part, { throwIfNoEntry: false })?.isDirectory());

const parentSwapped = (ground: Ground): Verdict => {
  const wrong: string[] = [];
  let trials = 0;
  for (const form of forms)
    for (const part of ['sub', 'sub/dir'])
      for (const back of [false, true])
        trials += atEveryCall((at) => {
          const root = ground.plant(form.old);
          let acted = false;
          const there = join(root, part);
          const fs = actingFs(kernel, ({ number }) => {
            if (number === at) {
              renameSync(there, `${there}.away`);
              symlinkSync(ground.canary, there);
              acted = true;
            } else if (back && number === at + 1) {
              unlinkSync(there);
              renameSync(`${there}.away`, there);
            }
          });
          const { code, err } = ground.run({ ...form, args: ['--beneath=.', ...form.args] }, fs);
          const now = contentOf(join(placesOf(root), form.name.slice('sub/dir/'.length)));
          const found = [...ground.harm(err)];
          if (now !== contents[form.old] && now !== form.made) found.push(`the name is ${now}`);
          if (code === 0 && now !== form.made) found.push(`ended well, but the name is ${now}`);
          if (code !== 0 && err === '') found.push('failed without a word');
          if (form.keeps && !ground.holdings().includes(contents[form.old])) found.push('the old one is lost');
          wrong.push(
            ...found.map(
              (what) => `${form.args.join(' ')}, ${part} swapped at ${at}, ${back}: ${what} (${err.trim()})`,
            ),
          );
          return acted;
        });
  return { attack: 'a parent swapped for a link that leads out, at every call', trials, wrong };
};

const theirKinds = ['file', 'link', 'pipe', 'directory', 'nothing', 'same inode'] as const;
type TheirKind = (typeof theirKinds)[number];

/** Puts something of an outsider's at the name, as rename does, and keeps what was there. What it holds; undefined where he could not. */
const intrude = (ground: Ground, root: string, kind: TheirKind, mark: string): string | undefined => {
  const theirs = join(ground.yard, 'theirs', mark);
  const there = join(root, name);
  const holds = `theirs ${mark}`;
  switch (kind) {
    case 'file':
      writeFileSync(theirs, holds);
      break;
    case 'link':
      symlinkSync(join(ground.canary, 'secret'), theirs);
      break;
    case 'pipe':
      kernel.mknod(kernel.cwd, theirs, 'fifo', 0o600);
      break;
    case 'directory':
      mkdirSync(theirs);
      writeFileSync(join(theirs, 'full'), holds);
      break;
    case 'nothing':
      if (lstatSync(there, { throwIfNoEntry: false })) renameSync(there, theirs);
      return 'nothing';
    case 'same inode': {
      const old = lstatSync(there, { throwIfNoEntry: false });
      if (!old) return undefined;
      unlinkSync(there);
      for (let i = 0; i < 8; i++) {
        writeFileSync(`${theirs}-${i}`, holds);
        if (lstatSync(`${theirs}-${i}`).ino !== old.ino) continue;
        reused++;
        renameSync(`${theirs}-${i}`, there);
        break;
      }
      for (const other of readdirSync(join(ground.yard, 'theirs'))) unlinkSync(join(ground.yard, 'theirs', other));
      return contentOf(there) === holds ? holds : undefined;
    }
  }
  const exchanged = kernel.rename(kernel.cwd, theirs, kernel.cwd, there, 'exchange');
  if (exchanged?.errno === 'ENOENT') renameSync(theirs, there);
  return kind === 'file' ? holds : kind === 'link' ? contentOf(there) : kind === 'pipe' ? 'a pipe' : holds;
};

/** How often an inode number was had again. */
let reused = 0;

const nameSwapped = (ground: Ground): Verdict => {
  const wrong: string[] = [];
  let trials = 0;
  let said = 0;
  const before = reused;
  for (const form of forms.filter(({ old }) => old !== 'nothing'))
    for (const kind of theirKinds)
      for (const again of [0, 1, 2, 3])
        trials += atEveryCall((at) => {
          if (again > 0 && kind === 'same inode') return false;
          const root = ground.plant(form.old);
          const unseen = new Set<string>();
          let acted = false;
          let changed = false;
          const fs = actingFs(kernel, (call) => {
            if (call.number === at || (again > 0 && call.number === at + again)) {
              acted ||= call.number === at;
              const holds = intrude(ground, root, kind, `${call.number}`);
              if (holds !== undefined && holds !== 'nothing') unseen.add(holds);
            }
            // What ln has looked at it may replace: that is what -f asks for.
            if (call.name === 'rename' && !changed) changed = true;
            if (!changed && looksAtName(call)) unseen.clear();
          });
          const { code, err } = ground.run(form, fs);
          if (/somebody else/.test(err)) said++;
          const holdings = ground.holdings();
          const found = [...ground.harm(err)];
          for (const lost of [...unseen].filter((holds) => !holdings.includes(holds))) found.push(`lost: ${lost}`);
          if (form.keeps && kind !== 'same inode' && !holdings.includes(contents[form.old]))
            found.push('the old one is lost');
          if (kind !== 'nothing' && kind !== 'same inode' && contentOf(join(root, name)) === 'nothing')
            found.push('the name is missing');
          if (code !== 0 && !/name/.test(err)) found.push('failed without naming it');
          wrong.push(
            ...found.map(
              (what) =>
                `${form.args.join(' ')}, ${kind} put there at ${at}, again +${again}: ${what} (${code} ${err.trim()})`,
            ),
          );
          return acted;
        });
  if (said === 0 && oneIn === 1) wrong.push('ln never met an outsider: the attack does not attack');
  return {
    attack: `the name replaced at every call, once and twice (an inode number had again ${reused - before} times)`,
    trials,
    wrong,
  };
};

const looksAtName = ({ name: call, args }: Call): boolean =>
  (call === 'stat' || call === 'open') && typeof args[1] === 'string' && args[1].endsWith('name');

const temporarySwapped = (ground: Ground): Verdict => {
  const wrong: string[] = [];
  let trials = 0;
  let met = 0;
  const tricks: readonly ((temp: string, theirs: string) => void)[] = [
    (temp) => unlinkSync(temp),
    (temp, theirs) => {
      symlinkSync(join(ground.canary, 'secret'), theirs);
      renameSync(theirs, temp);
    },
    (temp, theirs) => {
      renameSync(temp, theirs);
      linkSync(join(ground.yard, 'root/src'), temp);
    },
    (temp, theirs) => {
      mkdirSync(theirs);
      writeFileSync(join(theirs, 'full'), 'theirs');
      kernel.rename(kernel.cwd, theirs, kernel.cwd, temp, 'exchange');
    },
    (temp, theirs) => {
      renameSync(temp, theirs);
      kernel.mknod(kernel.cwd, temp, 'fifo', 0o600);
    },
  ];
  for (const form of forms.filter(({ old }) => old !== 'nothing'))
    for (const [number, trick] of tricks.entries())
      trials += atEveryCall((at) => {
        const root = ground.plant(form.old);
        let reached = false;
        const fs = actingFs(kernel, (call) => {
          if (call.number !== at) return;
          reached = true;
          const temp = readdirSync(join(root, 'sub/dir')).find(isTemporaryName);
          if (temp === undefined) return;
          met++;
          trick(join(root, 'sub/dir', temp), join(ground.yard, 'theirs/mine'));
        });
        const { err } = ground.run(form, fs);
        const found = ground.harm(err).filter((what) => what.startsWith('outside'));
        if (contentOf(join(root, name)) === 'nothing') found.push('the name is missing');
        wrong.push(...found.map((what) => `${form.args.join(' ')}, trick ${number} at ${at}: ${what} (${err.trim()})`));
        return reached;
      });
  if (met === 0 && oneIn === 1) wrong.push('no temporary name was ever met: the attack does not attack');
  return { attack: 'the temporary name removed or replaced at every call', trials, wrong };
};

const backupPlanted = (ground: Ground): Verdict => {
  const wrong: string[] = [];
  let trials = 0;
  const plants: Readonly<Record<string, (path: string) => void>> = {
    link: (path) => symlinkSync(join(ground.canary, 'secret'), path),
    'link to a directory': (path) => symlinkSync(join(ground.canary, 'dir'), path),
    pipe: (path) => void kernel.mknod(kernel.cwd, path, 'fifo', 0o600),
    directory: (path) => mkdirSync(path),
    'full directory': (path) => mkdirSync(join(path, 'full'), { recursive: true }),
  };
  for (const form of forms.filter(({ keeps }) => keeps))
    for (const [what, plant] of Object.entries(plants))
      trials += atEveryCall((at) => {
        const root = ground.plant(form.old);
        let acted = false;
        const fs = actingFs(kernel, ({ number }) => {
          if (number !== at) return;
          acted = true;
          for (const suffix of ['~', '.~1~', '.~2~'])
            if (!lstatSync(join(root, name + suffix), { throwIfNoEntry: false })) plant(join(root, name + suffix));
        });
        const { code, err } = ground.run(form, fs);
        const now = contentOf(join(root, name));
        const found = [...ground.harm(err)];
        if (now !== contents[form.old] && now !== form.made) found.push(`the name is ${now}`);
        if (!ground.holdings().includes(contents[form.old])) found.push('the old one is lost');
        if (code !== 0 && now !== contents[form.old]) found.push('failed, but the name is new');
        if (code !== 0 && !/cannot backup/.test(err)) found.push('does not say why');
        wrong.push(
          ...found.map(
            (text) => `${form.args.join(' ')}, a ${what} as backup at ${at}: ${text} (${code} ${err.trim()})`,
          ),
        );
        return acted;
      });
  for (const suffix of ['../x', '/x', `/../../../../outside/name`, 'a/b', '/', '..', '.'])
    for (const how of ['option', 'variable']) {
      trials++;
      const root = ground.plant('file');
      const args = how === 'option' ? ['-f', '-S', suffix, 'src', name] : ['-fb', 'src', name];
      const { code, err } = ground.run({ args }, kernel, how === 'option' ? {} : { SIMPLE_BACKUP_SUFFIX: suffix });
      const backup = join(root, name + (suffix.includes('/') ? '~' : suffix));
      const found = [...ground.harm(err)];
      if (code !== 0 || contentOf(backup) !== 'old') found.push(`${code} ${err}, the backup is ${contentOf(backup)}`);
      wrong.push(...found.map((text) => `suffix ${suffix} as ${how}: ${text}`));
    }
  return { attack: 'backup names planted at every call, and suffixes that lead out', trials, wrong };
};

/** Ways out of ROOT that stand there before; and ways that stay inside, which must not be refused. */
const escapes = (ground: Ground): Verdict => {
  const wrong: string[] = [];
  const outside = ground.canary;
  const links: Readonly<Record<string, string>> = {
    esc: outside,
    up: '../../outside',
    chain: 'chain2',
    chain2: 'sub/chain3',
    'sub/chain3': '../esc',
    toSecret: join(outside, 'secret'),
    upToSecret: '../../outside/secret',
    root: '/',
    self: '/proc/self/cwd',
    around: `..//../yard/../outside`,
    inside: 'sub/dir',
    'sub/back': '..',
    toSource: 'src',
    loop: 'loop',
  };
  const refused: readonly (readonly string[])[] = [
    ...[
      'esc',
      'up',
      'chain',
      'around',
      'self/../../outside',
      'root',
      'sub/back/up',
      'inside/../../../../outside',
      '..',
      '../../outside',
      outside,
    ].flatMap((dir) => [
      ['-s', 'x', `${dir}/pwned`],
      ['-sf', 'x', `${dir}/name`],
      ['-sfb', 'x', `${dir}/name`],
      ['src', `${dir}/pwned`],
      ['-f', 'src', `${dir}/name`],
      ['-fb', 'src', `${dir}/name`],
      ['-t', dir, 'src'],
      ['-s', 'x', 'y', dir],
      [`${dir}/secret`, 'stolen'],
      [`${dir}/link`, 'stolen'],
      ['-L', `${dir}/link`, 'stolen'],
    ]),
    ...['toSecret', 'upToSecret', 'esc/link'].map((source) => ['-L', source, 'stolen']),
    ['toSecret/', 'stolen'],
    ['-L', 'loop', 'stolen'],
    ['loop/x', 'stolen'],
    ['-s', 'x', 'loop/y'],
    ['-f', 'src', 'esc/'],
    ['/etc/hostname', 'stolen'],
    ['-L', '/proc/self/root/etc/hostname', 'stolen'],
    ['-s', 'x', '/tmp/pwned'],
  ];
  const allowed: readonly (readonly string[])[] = [
    ['-s', 'x', 'inside/made'],
    ['-sf', '/etc/passwd', 'sub/back/made'],
    ['src', 'inside/../made'],
    ['-L', 'toSource', 'made'],
    ['toSecret', 'made'],
    ['-P', 'upToSecret', 'inside/made'],
    ['-sfn', 'x', 'esc'],
    ['-fT', 'src', 'chain'],
    ['-t', 'inside', 'src'],
    ['-s', '../../outside', 'sub/made'],
  ];
  for (const [expected, lines] of [
    [1, refused],
    [0, allowed],
  ] as const)
    for (const args of lines) {
      const root = ground.plant('file');
      for (const [link, text] of Object.entries(links)) symlinkSync(text, join(root, link));
      const { code, err } = ground.run({ args: ['--beneath=.', ...args] });
      const found = [...ground.harm(err)];
      if (code !== expected) found.push(`ended with ${code}`);
      if (lstatSync(join(root, 'stolen'), { throwIfNoEntry: false })) found.push('stolen');
      wrong.push(...found.map((text) => `${args.join(' ')}: ${text} (${err.trim()})`));
    }
  return {
    attack: 'ways out by .., absolute paths and links, in names and sources',
    trials: refused.length + allowed.length,
    wrong,
  };
};

/** One pair plants a link, a later one goes through it: in one run and in two. */
const twoSteps = (ground: Ground): Verdict => {
  const wrong: string[] = [];
  const deep = 'd'.repeat(200);
  const plans: readonly (readonly [first: readonly string[], later: readonly string[]])[] = [
    [
      [ground.canary, 'esc'],
      ['x', 'esc/pwned'],
    ],
    [
      ['../../outside', 'esc'],
      ['x', 'esc/pwned'],
    ],
    [
      ['../esc2', 'sub/esc', '../../outside', 'esc2'],
      ['x', 'sub/esc/pwned', 'x', 'esc2/name'],
    ],
    [
      ['.', 'here', 'here/here/../../../outside', 'esc'],
      ['x', 'esc/pwned'],
    ],
    [
      ['..', 'sub/dir/up', 'sub/dir/up/up/../../outside', 'esc'],
      ['x', 'sub/dir/up/../esc/pwned', 'x', 'esc/pwned'],
    ],
    [
      [`${`${deep}/`.repeat(19)}../`.concat('../'.repeat(20), 'outside'), 'esc'],
      ['x', 'esc/pwned'],
    ],
    [
      [`${'./'.repeat(2000)}../../outside`, 'esc'],
      ['x', 'esc/pwned'],
    ],
  ];
  for (const [first, later] of plans.filter(([[text]]) => (text as string).length <= textMax))
    for (const runs of [1, 2]) {
      const root = ground.plant('nothing');
      const texts = [first, later].map((fields) => fields.map((field) => `${field}\0`).join(''));
      const answers = (runs === 1 ? [texts.join('')] : texts).map((input) =>
        ground.run({ args: ['--beneath=.', '-sf', '--from0=-'], input }),
      );
      const err = answers.map((answer) => answer.err).join('');
      const found = [...ground.harm(err)];
      if (answers.at(-1)?.code !== 1) found.push('was not refused');
      if (contentOf(join(root, first.at(-1) as string)) === 'nothing') found.push('the first link is not there');
      wrong.push(...found.map((text) => `${first.at(-1)}, ${runs} runs: ${text} (${err.slice(0, 200)})`));
    }
  return { attack: 'a link planted first and used later', trials: 2 * plans.length, wrong };
};

const limits = (ground: Ground): Verdict => {
  const wrong: string[] = [];
  let trials = 0;
  const expect = (
    what: string,
    form: Pick<Form, 'args' | 'input'>,
    check: (answer: ReturnType<Ground['run']>, root: string) => boolean,
    setUp: (root: string) => void = () => {},
  ): void => {
    trials++;
    const root = ground.plant('file');
    setUp(root);
    const answer = ground.run(form);
    const found = [...ground.harm(answer.err)];
    if (!check(answer, root)) found.push('not as expected');
    wrong.push(...found.map((text) => `${what}: ${text} (${answer.code} ${JSON.stringify(answer.err.slice(0, 300))})`));
  };
  const chain =
    (length: number) =>
    (root: string): void => {
      symlinkSync('sub', join(root, 'c1'));
      for (let i = 2; i <= length; i++) symlinkSync(`c${i - 1}`, join(root, `c${i}`));
    };
  const [long, longer] = ['n'.repeat(255), 'n'.repeat(256)];
  const made =
    (path: string, what: string) =>
    ({ code }: { code: number | null }, root: string): boolean =>
      code === 0 && contentOf(join(root, path)) === what;
  const failed =
    (reason: string) =>
    ({ code, err }: { code: number | null; err: string }): boolean =>
      code === 1 && err.includes(reason);

  expect('40 links on the way', { args: ['-s', 'x', 'c40/made'] }, made('sub/made', '-> x'), chain(40));
  expect(
    '41 links on the way',
    { args: ['-s', 'x', 'c41/made'] },
    failed('Too many levels of symbolic links'),
    chain(41),
  );
  expect('40 links beneath', { args: ['--beneath=.', '-s', 'x', 'c40/made'] }, made('sub/made', '-> x'), chain(40));
  expect(
    '41 links beneath',
    { args: ['--beneath=.', '-s', 'x', 'c41/made'] },
    failed('Too many levels of symbolic links'),
    chain(41),
  );
  expect('a text of 4095 bytes', { args: ['-sf', 't'.repeat(textMax), name] }, made(name, `-> ${'t'.repeat(textMax)}`));
  expect(
    'a text of 4096 bytes',
    { args: ['-sf', 't'.repeat(4096), name] },
    (answer, root) => failed('File name too long')(answer) && contentOf(join(root, name)) === 'old',
  );
  for (const option of ['-sf', '-f', '-sfb', '-fb', '-sS.orig', '-f --backup=numbered']) {
    const hard = !option.includes('s');
    const args = [...option.split(' '), hard ? 'src' : 'text', long];
    expect(
      `${option} over a name of 255 bytes`,
      { args },
      (answer, root) =>
        made(long, hard ? 'source' : '-> text')(answer, root) &&
        (!/b|S/.test(option) || ground.holdings().includes('precious')),
      (root) => writeFileSync(join(root, long), 'precious'),
    );
    expect(
      `${option} with a name of 256 bytes`,
      { args: [...option.split(' '), hard ? 'src' : 'text', longer] },
      failed('File name too long'),
    );
  }
  expect(
    'two long names whose numbered backups are the same',
    {
      args: ['-f', '--backup=numbered', '--from0=-'],
      input: ['a', 'b'].map((end) => `src\0${long.slice(1)}${end}\0`).join(''),
    },
    ({ code }) => ground.holdings().filter((held) => /precious/.test(held)).length === 2 && code === 1,
    (root) => {
      for (const end of ['a', 'b']) writeFileSync(join(root, long.slice(1) + end), `precious ${end}`);
    },
  );
  // Unknown options are not among them: GNU's getopt prints them as they are, and so do we.
  for (const locale of ['C.UTF-8', 'C'])
    for (const hostile of hostileNames)
      for (const args of [
        ['-sv', 'x', hostile],
        ['-sv', hostile, 'made'],
        ['nope/', hostile],
        [hostile, 'made'],
        ['-s', 'x', `nope/${hostile}`],
        ['--beneath=.', 'src', `../${hostile}`],
        ['-sbv', 'x', hostile],
        ['-sT', 'x', hostile],
        ['-fT', 'src', hostile],
        ['--explain', hostile, 'made'],
        ['--backup', hostile],
        [`--backup=${hostile}`, 'x', 'y'],
        ['-t', hostile, 'x'],
      ]) {
        trials++;
        ground.plant('file');
        if (/^-.T$/.test(args[0] as string)) kernel.mkdir(kernel.cwd, hostile, 0o755);
        if (args[0] === '-sbv') kernel.symlink(linkText('old'), kernel.cwd, hostile);
        const answer = ground.run({ args }, kernel, { LC_ALL: locale });
        if (printsRaw(answer)) wrong.push(`${locale} ${JSON.stringify(args)} prints raw: ${JSON.stringify(answer)}`);
      }
  return { attack: 'chains, lengths and hostile names', trials, wrong };
};

export const hostileNames = [
  'new\nline',
  '\x1b[31mred\x1b]0;title\x07',
  '\udcff\udcfe',
  '\x9b31m',
  '\u0085',
  '\x7f',
  'tab\there',
  '\r',
];

const printsRaw = ({ out, err }: { out: string; err: string }): boolean =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is about them.
  /[\x00-\x09\x0b-\x1f\x7f-\x9f\udc80-\udcff]/.test(out + err) ||
  /\n(?!ln: |Valid |Try | {2})./.test(err) ||
  /\n./.test(out);

/** xfs stores at most 1023 bytes. */
const textMax = process.env.GROUND === 'xfs' ? 1023 : 4095;

export const attacks = (top: string): readonly Verdict[] => {
  using ground = new Ground(top);
  return [parentSwapped, nameSwapped, temporarySwapped, backupPlanted, escapes, twoSteps, limits].map((attack) =>
    attack(ground),
  );
};
