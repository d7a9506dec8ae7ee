import { linkText } from '../../src/fs/link-text.ts';
import type { GitIndex } from '../../src/jobs/check/scene.ts';
import type { SceneOptions } from './scene.ts';

export interface Known {
  /** The rule that it is about. */
  readonly rule: string;
  readonly tree: string;
  readonly options?: SceneOptions;
  /** All that the rules of resolution, portability and hygiene find, all of them switched on: `rule path`, and `=> text` for a fix. */
  readonly finds: readonly string[];
  /** Links that look like a hit of this rule and are none. */
  readonly misses: readonly string[];
}

/** So many links, one after the other, from `PREFIX0` on. */
const chain = (prefix: string, length: number, end: string): string =>
  Array.from({ length }, (_, i) => `${prefix}${i} -> ${i + 1 < length ? `${prefix}${i + 1}` : end}`).join('\n    ');

/** An index of git that keeps these paths: a mode of six digits, or the text of a link. */
export function gitOf(top: string, kept: Readonly<Record<string, string>>, ignored: readonly string[]): GitIndex {
  const isMode = (mode: string): boolean => /^\d{6}$/.test(mode);
  const modeOf = (path: string): string | undefined => {
    const known = kept[path];
    return known === undefined || isMode(known) ? known : '120000';
  };
  return {
    top,
    mode: modeOf,
    hasBelow: (path) => Object.keys(kept).some((each) => each.startsWith(`${path}/`)),
    isIgnored: (path) => ignored.includes(path),
    storedText: (path) => (modeOf(path) === '120000' ? linkText(kept[path] as string) : undefined),
    tracked: () => Object.keys(kept).map((path) => ({ path, mode: modeOf(path) as string })),
  };
}

export const corpus: readonly Known[] = [
  {
    rule: 'dangling',
    tree: `
    docs/
      guide
      $'caf\\xe9'
    a -> docs/gone
    b -> docs/gone/further/down
    c -> /nowhere
    d -> a
    ${'e'.repeat(200)} -> ${'n'.repeat(256)}
    good -> docs/guide
    dir -> docs/.
    through -> dir/guide
    latin -> $'docs/caf\\xe9'
    up -> ../../docs/guide
    dots -> docs/../good`,
    finds: [
      'above-root /up',
      'dangling /a',
      'dangling /b',
      'dangling /c',
      'dangling /d',
      `dangling /${'e'.repeat(200)}`,
      'messy /dir => docs',
      'messy /dots => good',
    ],
    misses: ['/good', '/dir', '/through', '/latin', '/up', '/dots'],
  },
  {
    rule: 'loop',
    tree: `
    self -> self
    a -> b
    b -> c/../a
    c/
      x -> ../x/y
      y -> ./y/z
    into -> a
    x -> c/x
    twice -> dir/dir/dir/file
    dir -> .
    file
    gone -> away`,
    finds: [
      'ancestor-cycle /dir',
      'dangling /gone',
      'loop /a',
      'loop /b',
      'loop /c/x',
      'loop /c/y',
      'loop /into',
      'loop /self',
      'loop /x',
    ],
    misses: ['/twice', '/dir', '/gone'],
  },
  {
    rule: 'too-deep',
    tree: `
    ${chain('a', 43, 'file')}
    ${chain('b', 40, 'file')}
    d -> .
    n -> ${'d/'.repeat(39)}file
    o -> ${'d/'.repeat(40)}file
    loop -> loop
    file`,
    options: { more: { thresholds: { hops: 40, machinePaths: [], textLength: 255 } } },
    finds: ['ancestor-cycle /d', 'loop /loop', 'too-deep /a0', 'too-deep /a1', 'too-deep /a2', 'too-deep /o'],
    misses: ['/a3', '/b0', '/n', '/loop'],
  },
  {
    rule: 'deep-chain',
    tree: `
    ${chain('a', 7, 'file')}
    ${chain('b', 5, 'file')}
    d -> e
    e -> dir
    dir/
      x -> ../file
    n -> d/../d/x
    o -> d/x
    gone0 -> gone1
    gone1 -> gone2
    gone2 -> gone3
    gone3 -> gone4
    gone4 -> gone5
    gone5 -> gone6
    file`,
    finds: [
      'dangling /gone0',
      'dangling /gone1',
      'dangling /gone2',
      'dangling /gone3',
      'dangling /gone4',
      'dangling /gone5',
      'deep-chain /a0',
      'deep-chain /a1',
      'deep-chain /n',
      'messy /n => d/x',
    ],
    misses: ['/a2', '/b0', '/o', '/gone0'],
  },
  {
    rule: 'not-a-directory',
    tree: `
    file
    pipe fifo
    dir/
    a -> file/x
    b -> file/
    c -> link/x/y
    d -> pipe/.
    link -> file
    good -> dir/
    gone -> dir/x/y
    self -> file.d`,
    finds: [
      'dangling /gone',
      'dangling /self',
      'messy /good => dir',
      'not-a-directory /a',
      'not-a-directory /b',
      'not-a-directory /c',
      'not-a-directory /d',
    ],
    misses: ['/link', '/good', '/gone', '/self'],
  },
  {
    rule: 'unreadable',
    tree: `
    closed/ 0700
      key
      deeper/
    half/ 0744
      file
    a -> closed/key
    b -> closed/gone
    c -> closed/deeper/../key
    d -> half/file
    e -> a
    self -> closed
    open/ 0711
      file
      own -> file
    good -> open/file
    gone -> open/other`,
    options: { uid: 65534 },
    finds: ['dangling /gone', 'unreadable /a', 'unreadable /b', 'unreadable /c', 'unreadable /d', 'unreadable /e'],
    misses: ['/self', '/good', '/gone', '/open/own'],
  },
  {
    rule: 'volume-absent',
    tree: `
    mnt/
      disk/
      diskette/
      here/
        film
    a -> mnt/disk/film
    b -> /mnt/disk/series/one
    c -> a
    d -> mnt/cdrom/track
    point -> mnt/disk
    e -> mnt/diskette/film
    f -> mnt/here/film
    g -> mnt/here/gone`,
    options: { absentVolumes: ['/mnt/disk', '/mnt/cdrom'] },
    finds: [
      'dangling /e',
      'dangling /g',
      'volume-absent /a',
      'volume-absent /b',
      'volume-absent /c',
      'volume-absent /d',
    ],
    misses: ['/point', '/e', '/f', '/g'],
  },
  {
    rule: 'odd-text',
    tree: `
    a -> '*.conf'
    b -> '$HOME/file'
    c -> '\${DIR}/file'
    d -> $'file\\r'
    e -> $'file\\n'
    f -> 'file '
    g -> '~/file'
    h -> '"file"'
    i -> $'good\\t'
    j -> $'file\\u202egnp.exe'
    $'good\\t'
    file
    'star*'
    'Foo$Bar.class'
    'trailing '
    ok1 -> 'star*'
    ok2 -> 'Foo$Bar.class'
    ok3 -> 'trailing '
    gone1 -> 'Foo$Baz.class'
    gone2 -> 'song [live].mp3'
    gone3 -> 'it is here'
    gone4 -> '$RECYCLE.BIN/file'
    gone5 -> 'backup~'
    gone6 -> \u00e9t\u00e9`,
    finds: [
      'dangling /gone1',
      'dangling /gone2',
      'dangling /gone3',
      'dangling /gone4',
      'dangling /gone5',
      'dangling /gone6',
      'odd-text /a',
      'odd-text /b',
      'odd-text /c',
      'odd-text /d',
      'odd-text /e',
      'odd-text /f',
      'odd-text /g',
      'odd-text /h',
      'odd-text /i',
      'odd-text /j',
    ],
    misses: ['/ok1', '/ok2', '/ok3', '/gone1', '/gone2', '/gone3', '/gone4', '/gone5', '/gone6'],
  },
  {
    rule: 'absolute-inside-root',
    tree: `
    etc/
      conf
    www -> srv/app
    srv/
      app/
        shared/
          log
          alias -> /www/shared/log
        current -> releases/two
        releases/
          two/
            log -> /srv/app/shared/log
            own -> /srv/app/current/file
            file
            conf -> /etc/conf
            gone -> /srv/app/gone
            rel -> ../../shared/log
            across -> /srv/other/../app/shared/log
        top -> /srv/app
        outer -> /srv/other/file
      other/
        file
        back -> /srv/app/shared/log`,
    options: { roots: ['/srv/app'] },
    finds: [
      'absolute-inside-root /srv/app/releases/two/across => ../../shared/log',
      'absolute-inside-root /srv/app/releases/two/log => ../../shared/log',
      'absolute-inside-root /srv/app/releases/two/own => ../../current/file',
      'absolute-inside-root /srv/app/shared/alias => log',
      'ancestor-cycle /srv/app/top',
      'dangling /srv/app/releases/two/gone',
      'escapes-root /srv/app/outer',
      'escapes-root /srv/app/releases/two/conf',
      'escapes-root /srv/app/top',
    ],
    misses: ['/srv/app/outer', '/srv/app/releases/two/conf', '/srv/app/releases/two/gone', '/srv/app/releases/two/rel'],
  },
  {
    rule: 'absolute-inside-root',
    tree: `
    bin -> usr/bin
    etc/
      alternatives/
        vi -> /usr/bin/vim
        ed -> /etc/alternatives/vi
    usr/
      bin/
        vim
        vi -> /etc/alternatives/vi
        view -> /usr/bin/vim
        rvim -> /bin/vim
        again -> //usr/bin/./vim
      share/
        vim -> /usr/bin`,
    finds: [
      'absolute-inside-root /etc/alternatives/ed => vi',
      'absolute-inside-root /usr/bin/again => vim',
      'absolute-inside-root /usr/bin/view => vim',
      'absolute-inside-root /usr/share/vim => ../bin',
    ],
    misses: ['/bin', '/etc/alternatives/vi', '/usr/bin/vi', '/usr/bin/rvim'],
  },
  {
    rule: 'machine-path',
    tree: `
    home/
      ann/
        tool
        own -> /home/ann/tool
      homer
    tmp/
      x
      y -> /tmp/x
    homes/
      file
    usr/
      a -> /home/ann/tool
      b -> ../tmp/x
      c -> /tmp/../home/ann
      d -> /homes/file
      e -> /home/ann/gone
      f -> ../homes/file
      g -> ../usr/d`,
    options: { roots: ['/usr', '/home', '/tmp'] },
    finds: [
      'absolute-inside-root /home/ann/own => tool',
      'absolute-inside-root /tmp/y => x',
      'dangling /usr/e',
      'escapes-root /usr/d',
      'escapes-root /usr/f',
      'escapes-root /usr/g => d',
      'messy /usr/c => /home/ann',
    ],
    misses: ['/home/ann/own', '/tmp/y', '/usr/d', '/usr/f'],
  },
  {
    rule: 'machine-path',
    tree: `
    home/
      ann/
        tool
    tmp/
      x
      y -> /tmp/x
      z -> ../home/ann/tool
    homes/
      file
    usr/
      a -> /home/ann/tool
      b -> ../tmp/x
      c -> /home/ann
      d -> /homes/file
      e -> /home/ann/gone
      f -> ../homes/file`,
    finds: [
      'absolute-inside-root /tmp/y => x',
      'dangling /usr/e',
      'machine-path /tmp/z',
      'machine-path /usr/a',
      'machine-path /usr/b',
      'machine-path /usr/c',
    ],
    misses: ['/tmp/y', '/usr/d', '/usr/e', '/usr/f'],
  },
  {
    rule: 'escapes-root',
    tree: `
    etc/
      conf
    app/
      a -> ../etc/conf
      b -> /etc/conf
      c -> ../app/file
      d -> ../../../etc/conf
      e -> /etc/gone
      f -> ..
      g -> dir/../../etc/conf
      file
      dir/
        ok1 -> ../file
        ok2 -> ../dir/file
        ok3 -> /app/file
        file
      ok4 -> dir/../file
      ok5 -> a
      gone -> dir/gone`,
    options: { roots: ['/app'] },
    finds: [
      'above-root /app/d',
      'absolute-inside-root /app/dir/ok3 => ../file',
      'ancestor-cycle /app/f',
      'dangling /app/gone',
      'escapes-root /app/a',
      'escapes-root /app/b',
      'escapes-root /app/c => file',
      'escapes-root /app/d',
      'escapes-root /app/e',
      'escapes-root /app/f',
      'escapes-root /app/g',
      'lengthy /app/dir/ok2 => file',
      'messy /app/ok4 => file',
    ],
    misses: ['/app/dir/ok1', '/app/dir/ok2', '/app/dir/ok3', '/app/ok4', '/app/ok5', '/app/gone'],
  },
  {
    rule: 'above-root',
    tree: `
    etc/
      conf
    usr/
      lib/
        a -> ../../../etc/conf
        b -> /../etc/conf
        c -> ../../lib/../../../etc/conf
        d -> ../../etc/conf
        e -> ../../../gone
        f -> ../..
        g -> ../../../../../../usr/lib/d
    lib -> usr/lib`,
    finds: [
      'above-root /usr/lib/a',
      'above-root /usr/lib/b',
      'above-root /usr/lib/c',
      'above-root /usr/lib/g',
      'ancestor-cycle /usr/lib/f',
      'dangling /usr/lib/e',
    ],
    misses: ['/usr/lib/d', '/usr/lib/e', '/usr/lib/f', '/lib'],
  },
  {
    rule: 'case-mismatch',
    tree: `
    Docs/
      Guide
      README
      Readme
      $'caf\\u00e9'
    a -> docs/Guide
    b -> Docs/guide
    c -> /docs//guide
    d -> Docs/readme
    e -> $'Docs/cafe\\u0301'
    f -> b
    gone -> docs/other
    gone2 -> Docs/Guides
    gone3 -> docs/Guide/x
    good -> Docs/README`,
    finds: [
      'case-mismatch /a => Docs/Guide',
      'case-mismatch /b => Docs/Guide',
      'case-mismatch /c',
      'case-mismatch /d',
      'case-mismatch /e => Docs/caf\u00e9',
      'case-mismatch /f',
      'dangling /gone',
      'dangling /gone2',
      'dangling /gone3',
    ],
    misses: ['/gone', '/gone2', '/gone3', '/good'],
  },
  {
    rule: 'target-too-long',
    tree: `
    d/
      f
    a -> ${'./'.repeat(128)}d
    b -> /${'d/../'.repeat(60)}d/f
    c -> ${'/'.repeat(254)}d/f
    ok -> ${'./'.repeat(127)}d
    gone -> ${'./'.repeat(128)}x
    short -> d`,
    finds: [
      'dangling /gone',
      'messy /a => d',
      'messy /b => /d/f',
      'messy /c => /d/f',
      'messy /ok => d',
      'target-too-long /a',
      'target-too-long /b',
      'target-too-long /c',
    ],
    misses: ['/ok', '/gone', '/short'],
  },
  {
    rule: 'messy',
    tree: `
    docs/
      guide
      more/
    a -> ./docs/guide
    b -> docs//guide
    c -> docs/
    d -> docs/./guide
    e -> docs/../docs/guide
    f -> docs/more/..
    g -> ../../docs/guide
    link -> docs/more
    dot -> .
    up -> docs/more/../../docs
    h -> link/../guide
    gone -> .//x
    hidden -> .hidden
    .hidden`,
    finds: [
      'above-root /g',
      'ancestor-cycle /dot',
      'dangling /gone',
      'dotdot-through-link /h',
      'messy /a => docs/guide',
      'messy /b => docs/guide',
      'messy /c => docs',
      'messy /d => docs/guide',
      'messy /e => docs/guide',
      'messy /f => docs',
      'messy /up => docs',
    ],
    misses: ['/g', '/dot', '/h', '/gone', '/hidden', '/link'],
  },
  {
    rule: 'lengthy',
    tree: `
    a/
      b/
        file
        one -> ../b/file
        two -> ../../a/b/file
        three -> ../../a/x
        four -> .././b//file
        ok1 -> ../x
        ok2 -> ../../b/file
        ok3 -> ../b
        gone -> ../b/none
      x
      bb/
        file
        ok4 -> ../b/file
    b/
      file
    linked -> a/b`,
    finds: [
      'ancestor-cycle /a/b/ok3',
      'dangling /a/b/gone',
      'lengthy /a/b/four => file',
      'lengthy /a/b/one => file',
      'lengthy /a/b/three => ../x',
      'lengthy /a/b/two => file',
    ],
    misses: ['/a/b/ok1', '/a/b/ok2', '/a/b/ok3', '/a/b/gone', '/a/bb/ok4'],
  },
  {
    rule: 'dotdot-through-link',
    tree: `
    releases/
      two/
        file
      file
      only
      itself
    file
    here
    current -> releases/two
    a -> current/../file
    b -> current/../only
    c -> current/../here
    d -> /current/../file
    same -> releases/../file
    itself -> current/../itself
    beside -> releases
    ok1 -> beside/../file
    e -> current/../../file
    gone -> current/../none`,
    finds: [
      'dangling /gone',
      'dotdot-through-link /a',
      'dotdot-through-link /b',
      'dotdot-through-link /c',
      'dotdot-through-link /d',
      'dotdot-through-link /e',
      'dotdot-through-link /itself',
      'messy /ok1 => file',
      'messy /same => file',
    ],
    misses: ['/same', '/ok1', '/beside', '/gone'],
  },
  {
    rule: 'ancestor-cycle',
    tree: `
    a/
      b/
        c/
          one -> .
          two -> ../..
          three -> /a
          four -> down
          ok1 -> ../../x
          down -> ../
      x/
        file
        ok2 -> ../b
    ok3 -> a/b
    gone -> gone/..`,
    finds: [
      'absolute-inside-root /a/b/c/three => ../..',
      'ancestor-cycle /a/b/c/down',
      'ancestor-cycle /a/b/c/four',
      'ancestor-cycle /a/b/c/one',
      'ancestor-cycle /a/b/c/three',
      'ancestor-cycle /a/b/c/two',
      'loop /gone',
      'messy /a/b/c/down => ..',
    ],
    misses: ['/a/b/c/ok1', '/a/x/ok2', '/ok3', '/gone'],
  },
  {
    rule: 'cross-filesystem',
    tree: `
    disk/ mount tmpfs
      film
      best -> film
      out -> ../file
    file
    a -> disk/film
    b -> /disk
    ok1 -> file
    ok2 -> disk/../file
    ok3 -> disk/out
    gone -> disk/none`,
    finds: [
      'cross-filesystem /a',
      'cross-filesystem /b',
      'cross-filesystem /disk/out',
      'dangling /gone',
      'messy /ok2 => file',
    ],
    misses: ['/ok1', '/ok2', '/ok3', '/gone', '/disk/best'],
  },
  {
    rule: 'root-dependent',
    tree: `
    etc/
      conf
      only
    usr/
      file
    image/
      etc/
        conf
      usr/
        file
        a -> /etc/conf
        b -> /etc/only
        c -> ../../etc/only
        d -> ../../../usr/file
        ok1 -> ../etc/conf
        ok2 -> /etc/gone
        ok3 -> a
        ok4 -> /usr/alone
        alone`,
    options: { image: '/image' },
    finds: [
      'above-root /usr/d',
      'absolute-inside-root /usr/ok4 => alone',
      'dangling /usr/ok2',
      'root-dependent /usr/a',
      'root-dependent /usr/b',
      'root-dependent /usr/c',
      'root-dependent /usr/d',
    ],
    misses: ['/usr/ok1', '/usr/ok2', '/usr/ok3', '/usr/ok4'],
  },
  {
    rule: 'untracked-target',
    tree: `
    repo/
      docs/
        guide
        draft
      build/
        out
      vendor/
        lib/
          file
      local
      a -> local
      b -> build/out
      c -> hop
      d -> docs/draft
      e -> vendor/lib/file
      hop -> docs/guide
      ok1 -> docs/guide
      ok2 -> docs
      ok3 -> vendor/lib
      ok4 -> local
      ok5 -> .
      gone -> docs/gone
      out -> ../else
    else`,
    options: {
      roots: ['/repo'],
      more: {
        git: gitOf(
          '/repo',
          {
            'docs/guide': '100644',
            'vendor/lib': '160000',
            a: 'local',
            b: 'build/out',
            c: 'hop',
            d: 'docs/draft',
            e: 'vendor/lib/file',
            ok1: 'docs/guide',
            ok2: 'docs',
            ok3: 'vendor/lib',
            ok5: '.',
            gone: 'docs/gone',
            out: '../else',
          },
          ['build/out'],
        ),
      },
    },
    finds: [
      'ancestor-cycle /repo/ok5',
      'dangling /repo/gone',
      'escapes-root /repo/out',
      'untracked-target /repo/a',
      'untracked-target /repo/b',
      'untracked-target /repo/c',
      'untracked-target /repo/d',
      'untracked-target /repo/e',
    ],
    misses: ['/repo/ok1', '/repo/ok2', '/repo/ok3', '/repo/ok4', '/repo/ok5', '/repo/gone', '/repo/out'],
  },
  {
    rule: 'destroyed-symlink',
    tree: `
    repo/
      docs/
        guide
        deep "../docs/guide"
      a "docs/guide"
      b "docs/guide\\n"
      c "docs/guide\\r\\n"
      ok1 -> docs/guide
      ok2 "docs/guide"
      ok3 "something else"
      ok4/
      ok5 "docs/guide and more"
    else "docs/guide"`,
    options: {
      roots: ['/repo'],
      more: {
        git: gitOf(
          '/repo',
          {
            'docs/guide': '100644',
            'docs/deep': '../docs/guide',
            a: 'docs/guide',
            b: 'docs/guide',
            c: 'docs/guide',
            ok1: 'docs/guide',
            ok2: '100644',
            ok3: 'docs/guide',
            ok4: 'docs/guide',
            ok5: 'docs/guide',
            gone: 'docs/guide',
          },
          [],
        ),
      },
    },
    finds: [
      'destroyed-symlink /repo/a',
      'destroyed-symlink /repo/b',
      'destroyed-symlink /repo/c',
      'destroyed-symlink /repo/docs/deep',
    ],
    misses: ['/repo/ok1', '/repo/ok2', '/repo/ok3', '/repo/ok4', '/repo/ok5', '/repo/gone'],
  },
];
