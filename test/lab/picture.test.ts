import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { drawPicture } from '../../src/lab/picture/draw-picture.ts';
import { type Box, layOut, type Point, sizes } from '../../src/lab/picture/layout.ts';
import type { Hop, InodeCard, Picture, Row } from '../../src/lab/picture/picture.ts';
import type { PictureOptions } from '../../src/lab/picture/picture-of.ts';
import { sessionPicture } from '../../src/lab/picture/session-picture.ts';
import { tableOf } from '../../src/lab/picture/table-of.ts';
import { newSession } from '../../src/lab/session.ts';
import { runLine } from '../../src/lab/shell/run-line.ts';
import { Scene } from './picture-scenes.ts';
import { type Element, elementsOf, readXml, textOf } from './read-xml.ts';

const rowsOf = ({ bands }: Picture): readonly Row[] =>
  bands.flatMap(({ frames }) => frames.flatMap(({ rows }) => rows));
const cardsOf = ({ bands }: Picture): readonly InodeCard[] => bands.flatMap(({ inodes }) => inodes);
const hopsOf = (picture: Picture): readonly Hop[] =>
  cardsOf(picture).flatMap(({ data }) => (data?.kind === 'link' ? data.hops : []));
const rowAt = (picture: Picture, path: string): Row => {
  const found = rowsOf(picture).find((row) => row.path === path && row.kind !== 'root');
  assert.ok(found, `${path} is not shown`);
  return found;
};
const cardAt = (picture: Picture, path: string): InodeCard => {
  const { inode } = rowAt(picture, path);
  return cardsOf(picture).find(({ id }) => id === inode) as InodeCard;
};
const hopFrom = (picture: Picture, path: string): Hop => {
  const found = hopsOf(picture).find(({ from }) => from === path);
  assert.ok(found, `no hop from ${path}`);
  return found;
};

const hardLinks = (): Scene => new Scene().dir('d').file('a', 'one\n').link('a', 'd/b').link('a', 'c').file('other');

test('a file has as many lines as its link count says', () => {
  const picture = hardLinks().picture();
  const card = cardAt(picture, '/a');
  assert.equal(card.links, 3);
  assert.deepEqual(card.names, ['/a', '/c', '/d/b']);
  const svg = readXml(drawPicture(picture));
  const rows = rowsOf(picture).filter(({ inode }) => inode === card.id);
  const lines = rows.flatMap(({ id }) => elementsOf(part(svg, id), 'path'));
  assert.equal(lines.length, 3);
  assert.equal(new Set(lines.map((line) => line.attributes.d?.split(' ').at(-1))).size, 3, 'they come in apart');
  assert.equal(
    elementsOf(part(svg, card.id), 'text').find((text) => /count/.test(text.attributes.class ?? ''))?.text,
    '3',
  );
  assert.match(part(svg, card.id).attributes['aria-label'] ?? '', /^inode \d+, a file, 3 names: a, c, b/);
});

test('names that are not shown are told on the card', () => {
  const card = cardAt(hardLinks().picture({ root: '/d' }), '/d/b');
  assert.equal(card.hidden, 2);
});

test('with . and .. a directory has as many lines as its link count says', () => {
  const picture = new Scene().dir('a', 'a/b', 'a/c', 'a/b/d').file('a/f').picture({ dots: true });
  for (const card of cardsOf(picture)) {
    const lines = rowsOf(picture).filter(({ inode, kind }) => inode === card.id && kind !== 'root');
    assert.equal(lines.length, card.links, `#${card.ino}`);
  }
});

test('the hops of a chain are numbered and lead to names, never to an inode', () => {
  const scene = new Scene().dir('r', 'r/v2').file('r/v2/app').symlink('r/v2', 'current').symlink('current/app', 'app');
  const picture = scene.symlink('app', 'start').symlink('app', 'begin').picture();
  assert.deepEqual(
    ['/start', '/begin', '/app', '/current'].map((path) => {
      const { number, next, via, end } = hopFrom(picture, path);
      return { number, next, via, end };
    }),
    [
      { number: 1, next: '/app', via: [], end: '/r/v2/app' },
      { number: 1, next: '/app', via: [], end: '/r/v2/app' },
      { number: 2, next: '/r/v2/app', via: ['/current'], end: '/r/v2/app' },
      { number: 1, next: '/r/v2', via: [], end: '/r/v2' },
    ],
  );
  for (const width of [960, 358]) {
    const { hops, rows } = layOut(picture, width);
    for (const hop of hopsOf(picture)) {
      const target = rows.get(hop.to ?? '');
      const end = hops.get(hop.id)?.at(-1) as Point;
      assert.ok(
        target && Math.abs(end[0] - target.x - target.width) < 4 && Math.abs(end[1] - target.y) < sizes.pill / 2,
      );
    }
  }
});

test('one link with names in two directories leads to two places', () => {
  const scene = new Scene().dir('d').symlink('x', 'link').link('link', 'd/link').file('x').file('d/x');
  const picture = scene.picture();
  assert.equal(cardAt(picture, '/link').links, 2);
  assert.deepEqual(
    hopsOf(picture).map(({ from, next }) => [from, next]),
    [
      ['/d/link', '/d/x'],
      ['/link', '/x'],
    ],
  );
});

test('a dangling link leads to a ghost where the name would be made', () => {
  const scene = new Scene().dir('d').symlink('../d/none', 'd/link').symlink('no/where', 'far');
  const picture = scene.picture();
  assert.equal(hopFrom(picture, '/d/link').ending, 'ghost');
  assert.deepEqual([rowAt(picture, '/d/none').kind, rowAt(picture, '/d/none').depth], ['ghost', 2]);
  assert.equal(rowAt(picture, '/no').kind, 'ghost');
  const before = rowAt(picture, '/d/none').id;
  const after = rowAt(scene.file('d/none').picture(), '/d/none');
  assert.deepEqual([after.kind, after.id === before], ['name', false]);
});

test('a loop is a cycle that says ELOOP', () => {
  const picture = new Scene().symlink('b', 'a').symlink('a', 'b').symlink('a', 'in').symlink('self', 'self').picture();
  assert.deepEqual(
    ['/in', '/a', '/b', '/self'].map((path) => {
      const { number, ending, next, errno } = hopFrom(picture, path);
      return [number, ending, next, errno];
    }),
    [
      [1, 'name', '/a', 'ELOOP'],
      [2, 'loop', '/b', 'ELOOP'],
      [3, 'loop', '/a', 'ELOOP'],
      [1, 'loop', '/self', 'ELOOP'],
    ],
  );
  assert.equal(drawPicture(picture).match(/>ELOOP after 40</g)?.length, 3);
});

test('a chain of 50 links is drawn to its end', () => {
  const scene = new Scene().file('f0');
  for (let n = 1; n <= 50; n++) scene.symlink(`f${n - 1}`, `f${n}`);
  const picture = scene.picture();
  assert.equal(hopFrom(picture, '/f1').number, 50);
  assert.deepEqual([hopFrom(picture, '/f50').next, hopFrom(picture, '/f50').errno], ['/f49', 'ELOOP']);
});

test('two devices are two bands, and one inode number may be in both', () => {
  const picture = new Scene().dir('mnt').file('a').mount('/mnt', 'tmpfs').file('/mnt/a').file('/mnt/b').picture();
  assert.deepEqual(
    picture.bands.map(({ type, device }) => [type, device]),
    [
      ['ext4', '8:1'],
      ['tmpfs', '8:2'],
    ],
  );
  const [first, second] = picture.bands.map(({ inodes }) => inodes.find(({ ino }) => ino === 4n));
  assert.ok(first && second && first.id !== second.id);
  assert.equal(rowAt(picture, '/mnt').mounted, 'tmpfs mount');
});

test('a bind mount shows the same entries, which are no more names', () => {
  const scene = new Scene().dir('d', 'view').file('d/a').link('d/a', 'd/b').symlink('../view/a', 'd/to-view');
  const picture = scene.bind('/d', '/view').picture();
  assert.equal(picture.bands.length, 1);
  assert.equal(picture.bands[0]?.frames[1]?.same, '/d');
  assert.deepEqual([rowAt(picture, '/view/a').kind, rowAt(picture, '/view/a').inode], ['view', undefined]);
  assert.equal(rowAt(picture, '/view').mounted, 'bind mount');
  assert.equal(cardAt(picture, '/d/a').names.length, 2);
  assert.equal(hopFrom(picture, '/d/to-view').to, rowAt(picture, '/view/a').id);
});

test('a file without names that is still open lies apart, until it is closed', () => {
  const scene = new Scene().file('log', 'text');
  const processes = [{ name: 'tail', process: scene.process }];
  {
    using _held = scene.open('/log');
    assert.deepEqual(cardAt(scene.picture({ processes }), '/log').opens, ['tail: reads (fd 4)']);
    const [, orphan] = cardsOf(scene.unlink('/log').picture({ processes }));
    assert.ok(orphan?.orphan);
    assert.deepEqual([orphan.links, orphan.names, orphan.opens], [0, [], ['tail: reads (fd 4)']]);
    assert.match(drawPicture(scene.picture({ processes })), /No name left/);
    assert.match(tableOf(scene.picture({ processes })), /no name left.*tail: reads \(fd 4\)/);
  }
  assert.equal(cardsOf(scene.picture({ processes })).length, 1);
});

test('in a session, what the shell and its jobs hold open is told by their own numbers and lines', () => {
  const session = newSession({ tree: 'log "one\\n"' });
  for (const line of ['tail -f log &', 'exec 7<log', 'rm log']) runLine(session, line);
  const orphan = cardsOf(sessionPicture(session)).find((card) => card.orphan);
  assert.deepEqual(orphan?.opens, ['bash: reads (fd 7)', 'tail -f log: reads']);
  const shown = sessionPicture(session, { root: '/home/me' });
  assert.deepEqual(
    rowsOf(shown).map(({ path, here }) => [path, here]),
    [['/home/me', true]],
  );
});

test('a directory that was removed under somebody’s feet is an orphan too', () => {
  const scene = new Scene().dir('d');
  scene.process.chdir('/d');
  scene.process.rmdir(scene.process.cwd, '/d');
  const orphan = cardsOf(scene.picture({ processes: [{ name: 'bash', process: scene.process }] })).at(-1);
  assert.deepEqual([orphan?.kind, orphan?.orphan, orphan?.opens], ['dir', true, ['bash works here']]);
});

test('a refused change is a stopped arrow with its errno and why', () => {
  const scene = new Scene().dir('d', 'mnt').file('a').mount('/mnt', 'tmpfs');
  const refused: PictureOptions['refused'] = [
    { call: 'linkat', errno: 'EXDEV', paths: ['/a', '/mnt/a'] },
    { call: 'linkat', errno: 'EPERM', paths: ['/d', '/d2'] },
    { call: 'mkdirat', errno: 'EEXIST', paths: ['/d'] },
    { call: 'unlinkat', errno: 'ENOENT', paths: ['/no/such/place'] },
  ];
  const picture = scene.picture({ refused });
  const stopped = rowsOf(picture).filter(({ kind }) => kind === 'refused');
  assert.deepEqual(
    stopped.map(({ path, stopped: why }) => [path, why?.call, why?.errno, why?.crosses]),
    [
      ['/d', 'mkdir', 'EEXIST', false],
      ['/d2', 'link', 'EPERM', false],
      ['/no/such/place', 'unlink', 'ENOENT', false],
      ['/mnt/a', 'link', 'EXDEV', true],
    ],
  );
  const svg = readXml(drawPicture(picture));
  const arrow = part(svg, stopped[3]?.id as string);
  assert.equal(arrow.attributes['aria-label'], 'refused: link /mnt/a: EXDEV, names stay within one mount');
  assert.equal(elementsOf(arrow, 'path').filter(({ attributes }) => attributes.class === 'arrow').length, 1);
  assert.equal(stopped[1]?.stopped?.reason, 'a directory has one name only');
});

test('in a session an arrow stops only where a program was refused in the end, and in the directory it was refused in', () => {
  const tree = `a "1"
b "2"
d/ 0755 @root
  b @root
e/
  b
ro/ mount tmpfs ro
  x
`;
  for (const [line, ...stopped] of [
    ['rm a nodir/x b', 'unlink nodir/x ENOENT'],
    ['touch c; ln a b c e', 'link e/b EEXIST'],
    ['ln -f a e/b; ln -s a b; touch b', 'symlink b EEXIST'],
    ['ln -f a b d', 'link d/b EACCES', 'link d/a EACCES'],
    ['ln -f a d/b', 'link d/b EACCES'],
    ['cp a d', 'open d/a EACCES'],
    ['touch d/y e/no/such/y a/y', 'open d/y EACCES', 'open e/no/such/y ENOENT', 'open a/y ENOTDIR'],
    ['mv a ro/b', 'unlink ro/b EROFS'],
    ['mv -f a b; mkdir -p e/f ro/y', 'mkdir ro/y EROFS'],
    ['rmdir e; rm -r e ./ro/x', 'rmdir e ENOTEMPTY', 'unlink ro/x EROFS'],
    ['ln a b; ln a b', 'link b EEXIST'],
    ['ln nothing c', 'link c ENOENT'],
    ['lw make a b', 'lw make b EEXIST'],
    ['lw make a c; lw make a c'],
    ['lw make --hard e f', 'link f EPERM'],
    ['lw make a no/b', 'lw make no/b ENOENT'],
    ['lw make --hard a ro/b', 'link ro/b EROFS'],
    ['lw make --symbolic l l', 'lw make l ELOOP'],
  ] as const) {
    const session = newSession({ tree });
    const { refused } = runLine(session, line);
    const rows = rowsOf(sessionPicture(session, { refused, root: '/home/me' })).filter(
      ({ kind }) => kind === 'refused',
    );
    assert.deepEqual(
      rows.map(({ path, stopped: why }) => `${why?.call} ${path.replace('/home/me/', '')} ${why?.errno}`),
      stopped,
      line,
    );
  }
  const session = newSession({ tree: 'a\n' });
  const { refused } = runLine(session, 'lw make l l');
  const row = rowsOf(sessionPicture(session, { refused })).find(({ kind }) => kind === 'refused');
  assert.equal(row?.stopped?.reason, 'it would lead to itself');
});

test('system directories are folded until something happens in them or leads there', () => {
  const scene = new Scene().dir('etc', 'usr', 'home').file('etc/hosts').file('etc/passwd');
  const since = scene.time;
  assert.deepEqual(paths(scene.picture({ since })), ['/', '/home', '/ folded etc/ usr/']);
  scene.symlink('/etc/hosts', 'home/h');
  assert.deepEqual(paths(scene.picture({ since })), [
    '/',
    '/etc',
    '/etc/hosts',
    '/etc folded passwd',
    '/home',
    '/home/h',
    '/ folded usr/',
  ]);
  scene.file('etc/new');
  assert.ok(paths(scene.picture({ since })).includes('/etc/passwd'));
});

const paths = (picture: Picture): readonly string[] =>
  rowsOf(picture).map(({ path, kind, name }) => (kind === 'folded' ? `${path} folded ${name}` : path));

test('names that links lead to outside of what is shown are told apart', () => {
  const scene = new Scene().dir('home', 'srv').file('srv/x').symlink('/srv/x', 'home/x').symlink('/srv/y', 'home/y');
  const picture = scene.picture({ root: '/home' });
  assert.deepEqual(
    rowsOf(picture).map(({ kind, path }) => [kind, path]),
    [
      ['root', '/home'],
      ['name', '/home/x'],
      ['name', '/home/y'],
      ['elsewhere', '/srv/x'],
      ['ghost', '/srv/y'],
    ],
  );
});

test('to look changes nothing', () => {
  const scene = everything();
  const told = (): string =>
    JSON.stringify(cardsOf(scene.picture()).map(({ id }) => id)) +
    [...scene.sketch.root.inode.entries.values()]
      .map((inode) => `${inode?.atime} ${inode?.ctime} ${inode?.opens}`)
      .join();
  const before = told();
  drawPicture(scene.picture());
  assert.equal(told(), before);
  assert.equal(scene.process.openFiles.length, 0);
});

const hostile = [
  '<img src=x onerror=alert(1)>',
  'esc\x1b[31m',
  '\u202egnp.exe',
  '\udcff',
  '"\'&amp;',
  '\ufffe\uffff',
  '\n',
  ' ',
  'ê\u0301'.repeat(60),
];

test('hostile names and texts appear escaped, in well-formed XML that has nothing to run', () => {
  const scene = new Scene();
  for (const name of hostile)
    scene.file(name, name).symlink(name, `${name}-link`).dir(`${name}-dir`).file(`${name}-dir/x`, '</script>');
  const refused = hostile.map((name) => ({
    call: 'linkat',
    errno: 'EEXIST' as const,
    paths: [`/${name}`, `/${name}-link`],
  }));
  const processes = [{ name: hostile[0] as string, process: scene.process }];
  using _held = scene.open(`/${hostile[1]}`);
  const picture = scene.picture({ refused, processes, userName: () => hostile[0] });
  for (const text of [drawPicture(picture), drawPicture(picture, undefined, { width: 358 }), tableOf(picture)]) {
    const root = readXml(text);
    for (const element of elementsOf(root)) {
      assert.ok(!/^(img|script|foreignObject|style|a)$/i.test(element.name), element.name);
      for (const name of Object.keys(element.attributes)) assert.doesNotMatch(name, /^(on|style|href|xlink)/i);
    }
    assert.doesNotMatch(text, /[\p{Cc}\p{Cf}\p{Cs}]/u);
    assert.match(textOf(root), /\$'esc\\e\[31m'/);
    assert.match(textOf(root), /\$'\\xff'/);
    assert.match(textOf(root), /\\u202egnp/);
  }
});

test('each part can have the focus and says in words what it is', () => {
  const svg = readXml(drawPicture(everything().picture()));
  assert.equal(svg.attributes.role, 'group');
  const parts = elementsOf(svg).filter(({ attributes }) => attributes.tabindex !== undefined);
  assert.ok(parts.length > 20);
  for (const { attributes, children } of parts) {
    assert.deepEqual([attributes.tabindex, attributes.role], ['0', 'img']);
    assert.ok(attributes['aria-label'], attributes.id ?? '');
    assert.equal(children[0]?.text, attributes['aria-label'], 'the title is for who points at it');
  }
});

test('ids are the same before and after, and classes tell what is new, changed and gone', () => {
  const scene = new Scene().file('a', 'one').file('b').file('c');
  const before = scene.picture();
  assert.deepEqual(marked(drawPicture(before), 'new', 'changed', 'gone'), []);
  const after = scene.link('a', 'x').unlink('b').file('c', 'two').picture();
  const svg = drawPicture(after, before);
  const { id: link } = rowAt(after, '/x');
  assert.deepEqual(marked(svg, 'new'), [link]);
  assert.deepEqual(
    marked(svg, 'changed').toSorted(),
    [cardAt(after, '/a').id, cardAt(after, '/c').id, `data-${cardAt(after, '/c').id}`].toSorted(),
  );
  const b = cardAt(before, '/b').id;
  assert.deepEqual(marked(svg, 'gone').toSorted(), [rowAt(before, '/b').id, b, `data-${b}`].toSorted());
  assert.equal(cardAt(after, '/a').id, cardAt(before, '/a').id);
  const gone = elementsOf(readXml(svg)).filter(({ attributes }) => / gone$/.test(attributes.class ?? ''));
  assert.ok(gone.every(({ attributes }) => attributes.tabindex === undefined));
  // A renamed file keeps its card: only its name is another.
  scene.process.rename(scene.process.cwd, '/c', scene.process.cwd, '/renamed');
  assert.deepEqual(marked(drawPicture(scene.picture(), after), 'gone'), [rowAt(after, '/c').id]);
});

const marked = (svg: string, ...classes: readonly string[]): readonly string[] =>
  elementsOf(readXml(svg)).flatMap(({ attributes: { class: all = '', id = '' } }) =>
    all.split(' ').some((one) => classes.includes(one)) ? [id] : [],
  );

test('the table says what the picture shows', () => {
  for (const options of [{}, { dots: true }]) {
    const picture = everything().picture(options);
    const [, body] = readXml(tableOf(picture)).children.slice(1) as [Element, Element];
    const lines = body.children.map(({ children }) => children.map(textOf));
    assert.equal(lines.length, rowsOf(picture).length + cardsOf(picture).filter(({ orphan }) => orphan).length);
    rowsOf(picture).forEach((row, index) => {
      const [name = '', inode = '', links = '', , , , , leads = ''] = lines[index] ?? [];
      assert.ok(name.includes(row.path), `${name} is ${row.path}`);
      const card = cardsOf(picture).find(({ id }) => id === row.inode);
      assert.equal(inode.split(' ')[0], card ? `#${card.ino}` : '');
      assert.equal(links, card ? String(card.links) : '');
      const hop = row.kind === 'name' ? hopsOf(picture).find(({ from }) => from === row.path) : undefined;
      if (hop) assert.ok(leads.startsWith(`hop ${hop.number}: ${hop.next}`), leads);
    });
  }
});

test('nothing overlaps, and no line passes through a text', () => {
  for (const width of [280, 358, 700, 960, 1400])
    for (const picture of [everything().picture(), everything().picture({ dots: true }), hardLinks().picture()])
      checkRoom(picture, width);
});

test('nothing overlaps in random trees either', (t) => {
  const seed = Number(process.env.LINKWRIGHT_SEED ?? Math.floor(Math.random() * 2 ** 31));
  t.diagnostic(`LINKWRIGHT_SEED=${seed}`);
  const random = randomFrom(seed);
  for (let n = 0; n < (process.env.LINKWRIGHT_FULL ? 2000 : 40); n++) {
    const picture = randomScene(random).picture({ dots: random() < 0.2 });
    checkRoom(picture, 280 + Math.floor(random() * 1000));
    readXml(drawPicture(picture));
    for (const { kind, links, names, hidden } of cardsOf(picture))
      if (kind !== 'dir') assert.equal(names.length + hidden, links);
  }
});

test('thousands of names are folded, not drawn', () => {
  const scene = new Scene();
  for (let n = 0; n < 3000; n++) scene.file(`f${n}`);
  const rows = rowsOf(scene.picture());
  assert.ok(rows.length < 1600);
  assert.equal(rows.at(-1)?.kind, 'folded');
  const deep = new Scene();
  for (let n = 0, path = ''; n < 200; n++) {
    path += '/d';
    deep.dir(path);
  }
  assert.ok(rowsOf(deep.picture()).length < 100);
});

test('texts have enough contrast in light and in dark', () => {
  const css = readFileSync(join(import.meta.dirname, '../../src/lab/picture/picture.css'), 'utf8');
  const colours = new Map(
    [...css.matchAll(/--picture-([\w-]+): light-dark\((#\w+), (#\w+)\)/g)].map(([, name, light, dark]) => [
      name,
      [light, dark],
    ]),
  );
  const pairs = [
    ...['text', 'quiet', 'dir', 'file', 'link', 'bad', 'data'].map((name) => [name, 'band']),
    ...['text', 'quiet', 'dir', 'link', 'other', 'orphan'].map((name) => [name, 'card']),
    ['quiet', 'paper'],
    ...['dir', 'file', 'link', 'other', 'data', 'bad'].map((name) => [name, `${name}-fill`]),
    ...['dir-fill', 'data-fill', 'link-fill'].map((fill) => ['quiet', fill]),
  ];
  for (const [text, ground] of pairs)
    for (const scheme of [0, 1]) {
      const [a, b] = [colours.get(text)?.[scheme], colours.get(ground)?.[scheme]];
      assert.ok(a && b, `${text} on ${ground}`);
      assert.ok(contrast(a, b) >= 4.5, `${text} on ${ground}: ${contrast(a, b)}`);
    }
});

/** WCAG 2.2's contrast ratio. */
const contrast = (a: string, b: string): number => {
  const luminance = (hex: string): number => {
    const [r = 0, g = 0, blue = 0] = [1, 3, 5].map((at) => {
      const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * blue;
  };
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].toSorted((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
};

const part = (svg: Element, id: string): Element => {
  const found = elementsOf(svg).find(({ attributes }) => attributes.id === id);
  assert.ok(found, `${id} is not drawn`);
  return found;
};

/** All that there is to draw, in one scene. */
const everything = (): Scene =>
  new Scene()
    .dir('home', 'home/me', 'home/me/d', 'mnt', 'mnt/usb', 'view', 'etc')
    .file('home/me/a', 'text\n')
    .link('home/me/a', 'home/me/d/b')
    .link('home/me/a', 'home/c')
    .symlink('a', 'home/me/one')
    .symlink('one', 'home/me/two')
    .symlink('../me/two', 'home/me/d/three')
    .symlink('nothing', 'home/me/dangling')
    .symlink('y', 'home/me/x')
    .symlink('x', 'home/me/y')
    .symlink('/etc/none', 'home/none')
    .symlink('a/b', 'home/me/through-file')
    .mount('/mnt/usb', 'tmpfs')
    .file('/mnt/usb/a')
    .symlink('/home/me/a', '/mnt/usb/home')
    .bind('/home/me', '/view')
    .symlink('/view/d', 'home/viewed');

interface Solid extends Box {
  readonly of: string;
}

/** Asserts that boxes stand apart within the picture, and that lines pass between them. */
const checkRoom = (picture: Picture, width: number): void => {
  const { lanes, bands, hops, rows, cards, height } = layOut(picture, width);
  const solids: Solid[] = bands.flatMap((band) => [
    ...band.rows.map((row) => ({
      of: row.row.id,
      x: row.x,
      width: row.width,
      y: row.y - sizes.pill / 2,
      height: sizes.pill,
    })),
    ...band.cards.flatMap(({ card, box, data }) => [
      { of: card.id, ...box },
      ...(data ? [{ of: `data-${card.id}`, ...data }] : []),
    ]),
  ]);
  solids.forEach((one, index) => {
    assert.ok(one.x >= 0 && one.x + one.width <= lanes.width && one.y + one.height <= height, `${one.of} is outside`);
    for (const other of solids.slice(index + 1))
      assert.ok(!meet(one, other), `${one.of} and ${other.of} overlap at ${width}`);
  });
  for (const { row, x, width: pill } of rows.values()) {
    assert.ok(x + pill <= lanes.lines.x, `${row.path} leaves its lane at ${width}`);
    if (row.inode !== undefined) assert.ok(cards.has(row.inode), `${row.path} leads to a card that is not drawn`);
  }
  for (const hop of hopsOf(picture)) {
    const points = hops.get(hop.id);
    if (!points) continue;
    const ends = [`data-${hop.inode}`, hop.to];
    points.slice(1).forEach((to, index) => {
      const from = points[index] as Point;
      const line = {
        x: Math.min(from[0], to[0]),
        y: Math.min(from[1], to[1]),
        width: Math.abs(from[0] - to[0]),
        height: Math.abs(from[1] - to[1]),
      };
      for (const solid of solids)
        if (!ends.includes(solid.of)) assert.ok(!meet(line, solid), `${hop.id} passes through ${solid.of} at ${width}`);
    });
  }
};

const meet = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
const randomFrom = (seed: number) => {
  let state = seed;
  return (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
};

const randomScene = (random: () => number): Scene => {
  const scene = new Scene();
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const dirs = ['/'];
  const files: string[] = [];
  const names = ['a', 'b', 'link', 'a-long-name-that-takes-room.tar.gz', 'ä', '日本', '-', '\n', 'x'.repeat(200)];
  for (let n = 0; n < 5 + random() * 40; n++) {
    const path = `${pick(dirs)}/${pick(names)}${n}`.replace('//', '/');
    const what = random();
    if (what < 0.15) {
      scene.dir(path);
      dirs.push(path);
      if (random() < 0.2) scene.mount(path, 'tmpfs');
      else if (random() < 0.15) scene.bind(pick(dirs), path);
    } else if (what < 0.5 || files.length === 0) {
      scene.file(path, random() < 0.5 ? '' : 'text\n'.repeat(random() * 30));
      files.push(path);
    } else if (what < 0.7) {
      const from = pick(files);
      if (scene.process.link(scene.process.cwd, from, scene.process.cwd, path) === undefined) files.push(path);
    } else {
      scene.symlink(pick([...files, ...dirs, path, 'none', 'no/such', '../..', pick(names)]), path);
      files.push(path);
    }
  }
  return scene;
};
