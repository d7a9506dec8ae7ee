/** Files with several names: several hits and near misses of each rule, in memory and on the real kernel. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault } from '../../src/fs/fault.ts';
import type { Fs, Handle } from '../../src/fs/fs.ts';
import type { DeclaredGroup, Scene } from '../../src/jobs/check/scene.ts';
import { isRoot, nobody } from '../scratch.ts';
import { onKernel } from './on-kernel.ts';
import { findings, lines, type SceneOptions, sceneFrom } from './scene.ts';

/** The same in a sketch and, by root, on the kernel. */
const finds = (rule: string, tree: string, expected: readonly string[], options: SceneOptions = {}): void => {
  const full = { ...options, level: 'full' } as const;
  const ask = (scene: Scene): readonly string[] =>
    lines(findings(scene, rule)).map((line) => line.slice(rule.length + 1));
  assert.deepEqual(ask(sceneFrom(tree, full)), expected);
  if (!isRoot) return;
  assert.deepEqual(onKernel(tree, full, ask), expected, 'on the kernel');
  const others = { ...full, uid: nobody };
  assert.deepEqual(onKernel(tree, others, ask), ask(sceneFrom(tree, others)), 'by nobody');
};

const group = (from: DeclaredGroup['from'], ...names: readonly string[]): DeclaredGroup => ({ from, names });

const done = <T>(answer: T | Fault): T => {
  if (answer instanceof Fault) throw new Error(`${answer.call} ${answer.path}: ${answer.errno}`);
  return answer;
};

/** Sets when a file was written, in seconds. */
const written = (fs: Fs, at: Handle, path: string, seconds: bigint): void => {
  done(fs.setTimes(at, path, { mtime: seconds * 1_000_000_000n }));
};

test('a group whose names are no longer one file: which one, and how it differs', () => {
  finds(
    'split-group',
    `
    a "one\\n" #1
    b #1
    c "one and two\\n"
    same "text" #2
    like "text"
    pair "12"
    other "34"
    link -> a
    dir/
    whole #3
    half #3`,
    [
      '/c: is no longer one file with /a: 12 bytes, not 4, written 2 hours later',
      '/dir: is no longer one file with /a: it is a directory now',
      '/gone: is gone, and should be one file with /a',
      '/like: is no longer one file with /same: the same contents, written at the same time',
      '/link: is no longer one file with /a: it is a symbolic link now',
      '/other: is no longer one file with /pair: other contents of the same size, written 1 second earlier',
    ],
    {
      more: {
        declaredGroups: [
          group('declared', '/c', '/a', '/b', '/link', '/dir', '/gone'),
          group('remembered', '/like', '/same', '/removed'),
          group('declared', '/pair', '/other'),
          group('declared', '/whole', '/half'),
          group('declared', '/whole'),
        ],
      },
      prepare(fs, at) {
        done(fs.link(at, 'same', at, 'third'));
        for (const path of ['a', 'same', 'like']) written(fs, at, path, 10_000n);
        written(fs, at, 'c', 17_200n);
        written(fs, at, 'pair', 100n);
        written(fs, at, 'other', 99n);
      },
    },
  );
});

test('of a group that is no file any more, what is remembered is forgotten and what is declared is told', () => {
  finds('split-group', 'x', ['/a: is gone', '/b: is gone'], {
    more: { declaredGroups: [group('declared', '/a', '/b'), group('remembered', '/c', '/d')] },
  });
});

test('a group elsewhere is nobody’s matter, and one that reaches elsewhere is', () => {
  const tree = `
    in/
      a
      b
    out/
      a
      b
      c`;
  const declaredGroups = [group('declared', '/out/b', '/out/c'), group('declared', '/in/a', '/out/a')];
  finds(
    'split-group',
    tree,
    ['/out/a: is no longer one file with /in/a: the same contents, written at the same time'],
    {
      roots: ['/in'],
      more: { declaredGroups },
      prepare(fs, at) {
        for (const path of ['in/a', 'out/a']) written(fs, at, path, 5n);
      },
    },
  );
});

test('what may not be looked at is not split', () => {
  finds('split-group', 'closed/ 0700\n  a\nb', [], {
    uid: nobody,
    roots: ['/'],
    more: { declaredGroups: [group('declared', '/closed/a', '/b')] },
  });
});

test('names outside are counted, those that are kept for undo are told apart', () => {
  finds(
    'names-outside',
    `
    tree/
      a #1
      b #1
      both #2
      twin #2
      kept #3
      mixed #4
      one
    store/
      a #1
      mixed #4
      further #4
    .linkwright-0/ 0700
      .lw-abc-1 #3
    var/
      lib/
        linkwright/
          aside/
            .lw-abc-2 #4`,
    [
      '/tree/a: has 3 names, one of them outside',
      '/tree/kept: has 2 names, one of them outside, kept for lw undo',
      '/tree/mixed: has 4 names, 3 of them outside, 1 kept for lw undo',
    ],
    { roots: ['/tree'] },
  );
});

test('settings with several names are told where an editor will part them', () => {
  finds(
    'hardlinked-config',
    `
    etc/
      app.conf #1
      deep/
        below #2
      single
      link #3
      declared #4
      undone #5
      .lw-abc-1 #5
      soft -> app.conf
    home/
      ann/
        .profile #6
        notes #7
        .config/
          app #8
        .cache/
          app #9
        code/
          .git/
            config #10
            hooks #11
          .editorconfig #12
          source #13
          node_modules/
            x/
              .editorconfig #14
        data/
          .hidden #15
    root/
      .bashrc #16
    srv/
      ${Array.from({ length: 16 }, (_, i) => `n${i + 1} #${i + 1}`).join('\n      ')}`,
    [
      '/etc/app.conf: has further names, and an edit parts them: /srv/n1',
      '/etc/deep/below: has further names, and an edit parts them: /srv/n2',
      '/etc/link: has further names, and an edit parts them: /srv/n3',
      '/etc/undone: has further names, and an edit parts them: /etc/.lw-abc-1, /srv/n5',
      '/home/ann/.config/app: has further names, and an edit parts them: /srv/n8',
      '/home/ann/.profile: has further names, and an edit parts them: /srv/n6',
      '/home/ann/code/.editorconfig: has further names, and an edit parts them: /srv/n12',
      '/home/ann/code/.git/config: has further names, and an edit parts them: /srv/n10',
      '/root/.bashrc: has further names, and an edit parts them: /srv/n16',
    ],
    { more: { declaredGroups: [group('declared', '/etc/declared', '/srv/n4')] } },
  );
  finds('hardlinked-config', 'etc/\n  undone #1\n  .lw-abc-1 #1', []);
});

test('further names of programs that run with other rights', () => {
  finds(
    'extra-setuid-name',
    `
    usr/
      bin/
        su 4755 #1
        mount 4755 #2
        umount #2
        passwd 4755
        locked 4644 #3
        locks 2745 #4
        write 2755 @0:5 #5
        plain 0755 #6
        hidden 4755 #7
    home/
      eve/ @1000
        su #1
        own 4755 @1000 #8
        own2 #8
        locked #3
        locks #4
        plain #6
    tmp/ 1777
      write #5
    store/
      hidden #7`,
    [
      '/home/eve/su: is a name of a program that runs as user 0, in a directory of others: /usr/bin/su',
      '/tmp/write: is a name of a program that runs with the rights of its group, in a directory of others: /usr/bin/write',
      '/usr/bin/hidden: runs as user 0, and has further names: 1 outside of what was looked at',
      '/usr/bin/mount: runs as user 0, and has further names: /usr/bin/umount',
    ]
      .concat('/home/eve/own: runs as user 1000, and has further names: /home/eve/own2')
      .sort(),
    { roots: ['/usr', '/home', '/tmp'] },
  );
});

test('how grave a further name is, depends on where it is', () => {
  const scene = sceneFrom(
    `
    bin/
      a 4755 #1
      b #1
      c 4755 #2
      d 4755 #3
    tmp/ 1777
      e #3
    store/
      c #2`,
    { level: 'full', roots: ['/bin', '/tmp'] },
  );
  const graded = findings(scene, 'extra-setuid-name').map(({ path, severity }) => `${path} ${severity}`);
  assert.deepEqual(graded.sort(), ['/bin/a info', '/bin/c warning', '/tmp/e error']);
});

/** Gives a file so many further names. */
const crowd =
  (path: string, names: number): NonNullable<SceneOptions['prepare']> =>
  (fs, at) => {
    for (let i = 1; i <= names; i++) done(fs.link(at, path, at, `${path}.${i}`));
  };

test('nine tenths of the names that a file system allows are near its limit', () => {
  const tree = `
    store/
      one #1
      two #1`;
  for (const [names, near] of [
    [58_498, ['/store/one: has 58,500 names, and ext4 allows 65,000']],
    [58_497, []],
  ] as const) {
    const scene = sceneFrom(tree, { level: 'full', prepare: crowd('store/one', names) });
    const told = (type: string | undefined): readonly string[] =>
      lines(findings({ ...scene, fileSystemType: () => type }, 'link-count-near-limit')).map((line) =>
        line.replace(/^\S+ /, ''),
      );
    assert.deepEqual(told('ext4'), near);
    for (const type of ['xfs', 'tmpfs', 'btrfs', undefined]) assert.deepEqual(told(type), []);
  }
});

const rotation = (conf: string, more: string = ''): string => `
    etc/
      logrotate.conf ${JSON.stringify(conf)}
${more}
    var/
      log/
        app.log #1
        other.log #2
        renamed.log #3
        dir/
          deep.log #4
        app.log.1 #5
        one.log
    keep/
      a #1
      b #2
      c #3
      d #4
      e #5`;

const blocked = (path: string, keep: string, file = '/etc/logrotate.conf'): string =>
  `${path}: is not rotated, since it has further names and allowhardlink is not said: /keep/${keep}; the rule is in ${file}`;

test('a log with several names is not rotated, unless that is allowed; emptied by copytruncate it keeps nothing', () => {
  finds(
    'log-hardlink-blocks-rotation',
    rotation(`weekly
/var/log/app.log {
  rotate 4
  compress # {
  postrotate
    if true; then { echo } ; } fi
  endscript
}
"/var/log/other.log" /var/log/none.log
# a comment with {
{
  allowhardlink copytruncate
}
/var/log/renamed.log {
  allowhardlink
}
/var/log/*/*.log { nocompress missingok }
`),
    [
      blocked('/var/log/app.log', 'a'),
      blocked('/var/log/dir/deep.log', 'd'),
      '/var/log/other.log: is emptied under all its names when it is rotated, by copytruncate: /keep/b; the rule is in /etc/logrotate.conf',
    ],
  );
});

test('options before a log hold for all that come after, in included files too, but not for those before', () => {
  finds(
    'log-hardlink-blocks-rotation',
    rotation(
      `include /etc/logrotate.d
allowhardlink
/var/log/renamed.log {
}
/var/log/[!a-q]ther.log /var/log/o*.log {
  noallowhardlink
}
`,
      `      logrotate.d/
        app "/var/log/app.log {\\n}\\n"
        app.dpkg-old "/var/log/dir/deep.log {\\n}\\n"
        zzz "/var/log/app.log {\\n  allowhardlink\\n}\\n"`,
    ),
    [blocked('/var/log/app.log', 'a', '/etc/logrotate.d/app'), blocked('/var/log/other.log', 'b')],
  );
});

test('a mistake inside of braces skips what they hold, and one outside ends the file', () => {
  finds(
    'log-hardlink-blocks-rotation',
    rotation(`/var/log/app.log {
  /var/log/x {
  }
}
`),
    [],
  );
  finds(
    'log-hardlink-blocks-rotation',
    rotation(`/var/log/{app,other}.log {
  copytruncate
}
/var/log/renamed.log {
}
`),
    [blocked('/var/log/renamed.log', 'c')],
  );
  finds('log-hardlink-blocks-rotation', rotation('/var/log/other.log {\n}\n}\n/var/log/app.log {\n}\n'), [
    blocked('/var/log/other.log', 'b'),
  ]);
});

test('logs are found where links lead, by a pattern with odd characters too; no configuration, no rotation', () => {
  finds(
    'log-hardlink-blocks-rotation',
    `
    etc/
      logrotate.conf "/var/adm/*.log /srv/a\\\\ b/x {\\n}\\n'/srv/it is' {\\n}\\n"
    var/
      adm -> log
      log/
        app.log #1
        .hidden.log #2
    srv/
      'a b'/
        x #3
      'it is' #4
    keep/
      a #1
      b #2
      c #3
      d #4`,
    [blocked('/srv/a b/x', 'c'), blocked('/srv/it is', 'd'), blocked('/var/log/app.log', 'a')],
  );
  finds('log-hardlink-blocks-rotation', 'var/\n  log/\n    app.log #1\n    keep #1', []);
});
