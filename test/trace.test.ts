/** What `trace` says of each kind of end, and that it is what the kernel answers. */
import assert from 'node:assert/strict';
import { closeSync, mkdirSync, openSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Fault } from '../src/fs/fault.ts';
import { kernel } from '../src/kernel/kernel.ts';
import { type End, health, type Route } from '../src/trace/route.ts';
import { type TraceOptions, trace } from '../src/trace/trace.ts';
import { canMount, nobody, openPlace, runScript, Scratch } from './scratch.ts';

/** A tree: a text for a link, undefined for a directory, bytes for a file. */
const plant = (tree: Readonly<Record<string, string | Uint8Array | undefined>>): Scratch => {
  const scratch = new Scratch();
  for (const [path, what] of Object.entries(tree)) {
    if (what === undefined) mkdirSync(scratch.at(path));
    else if (typeof what === 'string') symlinkSync(what, scratch.at(path));
    else writeFileSync(scratch.at(path), what);
  }
  return scratch;
};
const file = new Uint8Array();

/** Traces in the tree as its own root, and checks the answer against openat2(2). */
const traceIn = (scratch: Scratch, path: string, options: Partial<TraceOptions> = {}): Route => {
  using place = openPlace(scratch.path);
  const root = { handle: place.handle, path: '/' };
  const route = trace(kernel, path, { from: root, root, ...options });
  const nofollow = options.last === 'stay';
  const opened = kernel.open(place.handle, path, { access: 'path', nofollow, resolve: { inRoot: true } });
  if (opened instanceof Fault) assert.equal('errno' in route.end && route.end.errno, opened.errno, path);
  else {
    using handle = opened;
    assert.deepEqual(route.end.kind === 'found' && route.end.stat, kernel.stat(handle, ''), path);
  }
  return route;
};

/** An end without what differs from run to run. */
const plain = (end: End): object => {
  if (!('stat' in end)) return end;
  const { stat, ...rest } = end;
  return { ...rest, stat: stat.kind };
};
const endOf = (scratch: Scratch, path: string, options?: Partial<TraceOptions>): object =>
  plain(traceIn(scratch, path, options).end);
const hopsOf = (route: Route): readonly string[] => route.hops.map(({ link, text }) => `${link} -> ${text}`);

test('a link that leads somewhere: its hops, and the file', () => {
  using tree = plant({ d: undefined, 'd/f': file, 'd/up': '../l', l: './/d/../d/f', abs: '/d/up' });
  const route = traceIn(tree, 'abs');
  assert.deepEqual(hopsOf(route), ['/abs -> /d/up', '/d/up -> ../l', '/l -> .//d/../d/f']);
  assert.deepEqual(
    route.hops.map(({ style, last, crosses }) => ({ style, last, crosses })),
    [
      { style: 'absolute', last: true, crosses: undefined },
      { style: 'relative', last: true, crosses: undefined },
      { style: 'relative', last: true, crosses: undefined },
    ],
  );
  assert.deepEqual(plain(route.end), { kind: 'found', path: '/d/f', stat: 'file' });
});

test('a link to a directory on the way is not the last component', () => {
  using tree = plant({ d: undefined, 'd/f': file, l: 'd', m: 'l/f' });
  assert.deepEqual(
    traceIn(tree, 'm').hops.map(({ link, last }) => [link, last]),
    [
      ['/m', true],
      ['/l', false],
    ],
  );
});

test('missing: the target', () => {
  using tree = plant({ l: 'gone' });
  const end = { kind: 'missing', errno: 'ENOENT', path: '/gone', parent: '/', name: 'gone', rest: '' };
  assert.deepEqual(endOf(tree, 'l'), end);
});

test('missing: a directory on the way, and what would follow below it', () => {
  using tree = plant({ d: undefined, l: 'd/gone/x/../y' });
  const end = { kind: 'missing', errno: 'ENOENT', path: '/d/gone', parent: '/d', name: 'gone', rest: 'x/../y/z' };
  assert.deepEqual(endOf(tree, 'l/z'), end);
});

test('missing: the target of another link', () => {
  using tree = plant({ d: undefined, l: 'd/m', 'd/m': 'gone' });
  const route = traceIn(tree, 'l');
  assert.deepEqual(hopsOf(route), ['/l -> d/m', '/d/m -> gone']);
  const end = { kind: 'missing', errno: 'ENOENT', path: '/d/gone', parent: '/d', name: 'gone', rest: '' };
  assert.deepEqual(plain(route.end), end);
});

test('a link to itself', () => {
  using tree = plant({ l: 'l' });
  assert.deepEqual(endOf(tree, 'l'), { kind: 'loop', errno: 'ELOOP', cycle: ['/l'] });
  assert.deepEqual(endOf(tree, 'l/x'), { kind: 'loop', errno: 'ELOOP', cycle: ['/l'] });
});

test('loops of two and three: the links of the cycle alone, in order', () => {
  using tree = plant({ d: undefined, a: 'b', b: './a', x: 'd/y', 'd/y': 'z', 'd/z': '/x', in: 'dir/x', dir: '.' });
  assert.deepEqual(endOf(tree, 'a'), { kind: 'loop', errno: 'ELOOP', cycle: ['/a', '/b'] });
  assert.deepEqual(endOf(tree, 'x'), { kind: 'loop', errno: 'ELOOP', cycle: ['/x', '/d/y', '/d/z'] });
  assert.deepEqual(endOf(tree, 'in'), { kind: 'loop', errno: 'ELOOP', cycle: ['/x', '/d/y', '/d/z'] });
});

test('the same link twice is no loop', () => {
  using tree = plant({ d: undefined, 'd/f': file, l: 'd', twice: 'l/../l/f' });
  assert.deepEqual(endOf(tree, 'twice'), { kind: 'found', path: '/d/f', stat: 'file' });
});

test('a link that passes through itself', () => {
  using tree = plant({ l: 'l/x', m: 'd/../m', d: '.' });
  assert.deepEqual(endOf(tree, 'l'), { kind: 'loop', errno: 'ELOOP', cycle: ['/l'] });
  assert.deepEqual(endOf(tree, 'm'), { kind: 'loop', errno: 'ELOOP', cycle: ['/m'] });
});

test('a file where a directory is needed', () => {
  using tree = plant({ f: file, slash: 'f/', below: 'f/x', through: 'slash' });
  const end = { kind: 'not-a-directory', errno: 'ENOTDIR', path: '/f', stat: 'file' };
  assert.deepEqual(endOf(tree, 'slash'), { ...end, rest: '' });
  assert.deepEqual(endOf(tree, 'through'), { ...end, rest: '' });
  assert.deepEqual(endOf(tree, 'below'), { ...end, rest: 'x' });
  assert.deepEqual(endOf(tree, 'f/'), { ...end, rest: '' });
  assert.deepEqual(endOf(tree, 'f/.'), { ...end, rest: '.' });
});

test('a final link stays, unless a slash follows it', () => {
  using tree = plant({ d: undefined, l: 'm', m: 'd', gone: 'no' });
  const stay = { last: 'stay' } as const;
  assert.deepEqual(endOf(tree, 'l', stay), { kind: 'found', path: '/l', stat: 'symlink' });
  assert.deepEqual(endOf(tree, 'l/', stay), { kind: 'found', path: '/d', stat: 'dir' });
  assert.deepEqual(endOf(tree, 'l/../m', stay), { kind: 'found', path: '/m', stat: 'symlink' });
  assert.deepEqual(endOf(tree, 'gone', stay), { kind: 'found', path: '/gone', stat: 'symlink' });
});

test('40 links pass and the 41st does not, however they are met', () => {
  const chain: Record<string, string | Uint8Array> = { f: file, dot: '.' };
  for (let i = 1; i <= 41; i++) chain[`l${i}`] = i === 1 ? 'f' : `l${i - 1}`;
  using tree = plant(chain);
  assert.equal(traceIn(tree, 'l40').hops.length, 40);
  const tooMany = traceIn(tree, 'l41');
  assert.deepEqual(plain(tooMany.end), { kind: 'too-many-links', errno: 'ELOOP', path: '/l1' });
  assert.equal(tooMany.hops.length, 40);
  assert.equal(traceIn(tree, `${'dot/'.repeat(40)}f`).end.kind, 'found');
  assert.deepEqual(endOf(tree, `${'dot/'.repeat(40)}l1`), { kind: 'too-many-links', errno: 'ELOOP', path: '/l1' });
  assert.equal(traceIn(tree, `${'dot/'.repeat(40)}l1`, { last: 'stay' }).end.kind, 'found');
});

test('more than 20 links and a `..` out of the first directory', () => {
  const chain: Record<string, string | Uint8Array | undefined> = { d: undefined, f: file };
  for (let i = 1; i <= 21; i++) chain[`d/l${i}`] = i === 1 ? '../f' : `l${i - 1}`;
  using tree = plant(chain);
  assert.equal(traceIn(tree, 'd/l21').end.kind, 'found');
  using place = openPlace(tree.path);
  assert.equal(trace(kernel, 'd/l21', { from: place, root: place }).end.kind, 'found');
});

test('long names and paths', () => {
  const name = 'n'.repeat(255);
  using tree = plant({ [name]: undefined, long: `${name}n`, l: name });
  assert.deepEqual(endOf(tree, 'l'), { kind: 'found', path: `/${name}`, stat: 'dir' });
  const tooLong = { kind: 'name-too-long', errno: 'ENAMETOOLONG', path: `/${name}n`, what: 'name', bytes: 256 };
  assert.deepEqual(endOf(tree, 'long'), tooLong);
  assert.equal(traceIn(tree, `${'./'.repeat(2047)}l`).end.kind, 'found');
  const path = `${'./'.repeat(2047)}.l`;
  assert.deepEqual(endOf(tree, path), {
    kind: 'name-too-long',
    errno: 'ENAMETOOLONG',
    path,
    what: 'path',
    bytes: 4096,
  });
  const deep = traceIn(tree, `l/../${'é'.repeat(128)}`);
  assert.deepEqual('bytes' in deep.end && deep.end.bytes, 256);
});

test('a place deeper than any path is long', () => {
  const name = 'd'.repeat(200);
  using tree = new Scratch();
  const here = process.cwd();
  process.chdir(tree.path);
  try {
    for (let level = 0; level < 45; level++) {
      mkdirSync(name);
      if (level % 15 === 0) symlinkSync(`${name}/`.repeat(15), 'down');
      process.chdir(name);
    }
  } finally {
    process.chdir(here);
  }
  const { end } = traceIn(tree, 'down/down/down/../');
  assert.ok(end.kind === 'found' && end.path === `/${name}`.repeat(44));
});

test('the empty path', () => {
  using tree = plant({});
  assert.deepEqual(endOf(tree, ''), { kind: 'missing', errno: 'ENOENT', path: '', parent: '/', name: '', rest: '' });
});

test('`/` is the root given, and `..` does not leave it', () => {
  using tree = plant({
    jail: undefined,
    'jail/d': undefined,
    'jail/f': file,
    'jail/d/l': '../../../f',
    'jail/d/abs': '/f',
    f: file,
  });
  using jail = openPlace(tree.at('jail'));
  using from = openPlace(tree.at('jail/d'));
  for (const path of ['l', 'abs', '/f', '../../f']) {
    const { end } = trace(kernel, path, {
      from: { handle: from.handle, path: '/d' },
      root: { handle: jail.handle, path: '/' },
    });
    assert.equal(end.kind === 'found' && end.path, '/f', path);
  }
  // Named as they are seen from outside.
  const { end } = trace(kernel, 'abs', { from, root: jail });
  assert.equal(end.kind === 'found' && end.path, tree.at('jail/f'));
});

test('a name that is not UTF-8', () => {
  using tree = plant({});
  using place = openPlace(tree.path);
  assert.equal(kernel.symlink('\udcff/x' as never, place.handle, 'l'), undefined);
  assert.deepEqual(endOf(tree, 'l'), {
    kind: 'missing',
    errno: 'ENOENT',
    path: '/\udcff',
    parent: '/',
    name: '\udcff',
    rest: 'x',
  });
});

test('missing at or below an absent volume', () => {
  using tree = plant({
    mnt: undefined,
    'mnt/usb': undefined,
    a: 'mnt/usb/f',
    b: 'mnt/disk/f',
    c: '/media/x/f',
    d: 'mnt/usbx',
  });
  const absent = { absentVolumes: ['/mnt/usb', '/mnt/disk', '/media/x'] };
  const end = { kind: 'absent-volume', errno: 'ENOENT' };
  assert.deepEqual(endOf(tree, 'a', absent), { ...end, path: '/mnt/usb/f', mountPoint: '/mnt/usb' });
  assert.deepEqual(endOf(tree, 'b', absent), { ...end, path: '/mnt/disk', mountPoint: '/mnt/disk' });
  assert.deepEqual(endOf(tree, 'c', absent), { ...end, path: '/media', mountPoint: '/media/x' });
  assert.equal(traceIn(tree, 'd', absent).end.kind, 'missing');
});

test('verdicts: what could not be looked at is not broken', () => {
  assert.deepEqual(
    (['found', 'missing', 'loop', 'too-many-links', 'not-a-directory', 'name-too-long'] as const).map(health),
    ['good', 'broken', 'broken', 'broken', 'broken', 'broken'],
  );
  assert.deepEqual((['permission', 'unknown', 'absent-volume'] as const).map(health), [
    'unknown',
    'unknown',
    'unknown',
  ]);
});

test('magic links lead to their file, whatever their text says', () => {
  using tree = plant({ d: undefined, f: file });
  using root = openPlace('/');
  const fd = openSync(tree.at('f'), 'r');
  const options = { from: root, root };
  try {
    const path = `/proc/self/fd/${fd}`;
    const { hops, end } = trace(kernel, path, options);
    assert.deepEqual(
      hops.map(({ style }) => style),
      ['relative', 'magic'],
    );
    assert.deepEqual([hops[1]?.text, end.kind === 'found' && end.path], [tree.at('f'), tree.at('f')]);
    assert.notEqual(hops[1]?.crosses, undefined);
    assert.equal(trace(kernel, `${path}/`, options).end.kind, 'not-a-directory');
    assert.equal(trace(kernel, path, { ...options, last: 'stay' }).hops.length, 1);

    // A name that is gone: the file is still there, and the link is its only path.
    kernel.unlink(kernel.cwd, tree.at('f'));
    const gone = trace(kernel, path, options).end;
    assert.equal(gone.kind === 'found' && gone.path, `/proc/${process.pid}/fd/${fd}`);
  } finally {
    closeSync(fd);
  }
  using d = openPlace(tree.at('d'));
  const up = trace(kernel, `/proc/self/fd/${d.handle.fd}/../d/`, options).end;
  assert.equal(up.kind === 'found' && up.path, tree.at('d'));
  kernel.rmdir(kernel.cwd, tree.at('d'));
  const parent = trace(kernel, `/proc/self/fd/${d.handle.fd}/../`, options).end;
  assert.equal(parent.kind === 'found' && parent.path, `/proc/${process.pid}/fd/${d.handle.fd}/..`);
  assert.equal(trace(kernel, '/proc/self/exe', options).end.kind, 'found');
  assert.equal(trace(kernel, '/proc/self/ns/mnt', options).end.kind, 'found');
});

test('in a root of its own, the kernel follows no magic link', () => {
  using proc = openPlace('/proc');
  const root = { handle: proc.handle, path: '/' };
  const { end } = trace(kernel, 'self/exe', { from: root, root });
  using self = openPlace('/proc/self');
  const kernels = kernel.open(self.handle, 'exe', { access: 'path', resolve: { inRoot: true } });
  assert.ok(kernels instanceof Fault);
  assert.deepEqual(end, { kind: 'unknown', errno: kernels.errno, path: `/${process.pid}/exe`, call: 'openat2' });
});

/** Traces the paths, `/` being the root, in a process with other rights or mounts. */
const traceElsewhere = (paths: readonly string[], setting: Parameters<typeof runScript>[1]): readonly Elsewhere[] => {
  const { status, stdout, stderr } = runScript(
    `import { Fault } from './src/fs/fault.ts';
     import { identityKey } from './src/fs/identity.ts';
     import { health } from './src/trace/route.ts';
     import { kernel } from './src/kernel/kernel.ts';
     import { trace } from './src/trace/trace.ts';
     import { openPlace } from './test/scratch.ts';
     using root = openPlace('/');
     const answers = ${JSON.stringify(paths)}.map((path) => {
       const { hops, end } = trace(kernel, path, { from: root, root });
       const opened = kernel.open(kernel.cwd, path, { access: 'path' });
       const asked = opened instanceof Fault ? opened.errno : identityKey(kernel.stat(opened, ''));
       if (!(opened instanceof Fault)) opened[Symbol.dispose]();
       const { stat, ...rest } = end;
       return {
         end: { ...rest, stat: stat?.kind },
         health: health(end.kind),
         crosses: hops.map((hop) => hop.crosses !== undefined),
         traced: end.errno ?? identityKey(stat),
         asked,
       };
     });
     console.log(JSON.stringify(answers));`,
    { ...setting, env: { LINKWRIGHT_LEAK_CHECK: '1' } },
  );
  assert.equal(status, 0, stderr);
  const answers: readonly Elsewhere[] = JSON.parse(stdout);
  for (const { traced, asked } of answers) assert.equal(traced, asked);
  return answers;
};
interface Elsewhere {
  readonly end: {
    readonly kind: End['kind'];
    readonly errno?: string;
    readonly path?: string;
    readonly cause?: string;
  };
  readonly health: string;
  readonly crosses: readonly boolean[];
  /** An errno or an identity: the answer of `trace`, and that of open(2). */
  readonly traced: string;
  readonly asked: string;
}

if (canMount('traces with other rights and mounts')) {
  test('behind a directory that may not be searched, a link is unknown', () => {
    using tree = plant({ d: undefined, 'd/f': file, l: 'd/f' });
    kernel.mkdir(kernel.cwd, tree.at('shut'), 0o700);
    symlinkSync('shut/f', tree.at('n'));
    const paths = ['n', 'shut/.', 'shut/..', 'l'].map((path) => `${tree.path}/${path}`);
    const answers = traceElsewhere(paths, { uid: nobody });
    const shut = { kind: 'permission', errno: 'EACCES', path: tree.at('shut'), stat: 'dir', cause: 'search' };
    assert.deepEqual(
      answers.slice(0, 3).map(({ end }) => end),
      [shut, shut, shut],
    );
    assert.deepEqual(
      answers.map((answer) => answer.health),
      ['unknown', 'unknown', 'unknown', 'good'],
    );
  });

  test('a mount that follows no links', () => {
    using tree = plant({ mnt: undefined, into: 'mnt/a' });
    const mount = `mount -t tmpfs -o nosymfollow t '${tree.at('mnt')}' && cd '${tree.at('mnt')}' && ln -s f f2 && ln -s b a && ln -s f b && ln -s gone c && ln -s me me && touch f`;
    const at = (name: string): string => join(tree.at('mnt'), name);
    const [a, into, c, me, f] = traceElsewhere([at('a'), tree.at('into'), at('c'), at('me'), at('f')], {
      mounts: mount,
    });
    const end = { kind: 'unknown', errno: 'ELOOP', call: 'openat2' };
    assert.deepEqual(a?.end, { ...end, path: at('a') });
    assert.deepEqual(into?.end, { ...end, path: at('a') });
    assert.deepEqual(c?.end, { ...end, path: at('c') });
    assert.equal(me?.end.kind, 'loop');
    assert.equal(f?.end.kind, 'found');
  });

  test('links into another file system, and into another mount of the same one', () => {
    using tree = plant({
      mnt: undefined,
      d: undefined,
      'd/f': file,
      bind: undefined,
      other: 'mnt/f',
      same: 'bind/f',
      back: 'bind/../d/f',
    });
    const mounts = `mount -t tmpfs t '${tree.at('mnt')}' && touch '${tree.at('mnt/f')}' && mount --bind '${tree.at('d')}' '${tree.at('bind')}'`;
    const answers = traceElsewhere(
      ['other', 'same', 'back'].map((path) => tree.at(path)),
      { mounts },
    );
    assert.deepEqual(
      answers.map(({ crosses }) => crosses),
      [[true], [true], [false]],
    );
    assert.deepEqual(
      answers.map(({ end }) => end.path),
      [tree.at('mnt/f'), tree.at('bind/f'), tree.at('d/f')],
    );
  });

  test('a stranger’s link in a sticky directory that all may write to', () => {
    using tree = plant({ f: file });
    const shared = `mkdir '${tree.at('tmp')}' && chmod 1777 '${tree.at('tmp')}' && ln -s ../f '${tree.at('tmp/l')}' && chown -h ${nobody} '${tree.at('tmp/l')}'`;
    const [link, beyond] = traceElsewhere([tree.at('tmp/l'), `${tree.path}/tmp/l/..`], { mounts: shared });
    const isOn = readFileSync('/proc/sys/fs/protected_symlinks', 'latin1').trim() !== '0';
    assert.equal(link?.end.kind, isOn ? 'permission' : 'found');
    if (isOn) assert.equal(link?.end.cause, 'protected-symlink');
    // On the way to something else it is followed.
    assert.equal(beyond?.end.kind, 'not-a-directory');
  });

  test('what is mounted on demand is mounted for a path that goes on', () => {
    using tree = plant({ debug: undefined });
    const mounts = `mount -t debugfs d '${tree.at('debug')}'`;
    const [inside, itself] = traceElsewhere(
      ['debug/tracing/README', 'debug/tracing'].map((path) => tree.at(path)),
      { mounts },
    );
    const kernelTraces = readFileSync('/proc/filesystems', 'utf8').includes('tracefs');
    assert.equal(inside?.end.kind, kernelTraces ? 'found' : 'missing');
    assert.ok(itself);
  });
}
