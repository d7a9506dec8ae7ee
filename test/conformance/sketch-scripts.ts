/** Scripts on which the sketch and the kernel once differed, shrunk by the campaign. */
import type { Item, Script, Spot, Step } from './sketch-script.ts';

const script = (items: readonly Item[], ...steps: readonly Step[]): Script => ({
  umask: 0,
  items,
  steps,
  watched: 'loosely',
});

const cwd = (path: string): Spot => ({ at: 'cwd', path });
const from = (slot: number, path = ''): Spot => ({ at: slot, path });
const dir = (path: string, mode = 0o777, uid = 0): Item => ({ kind: 'dir', path, mode, uid, gid: 0 });
const file = (path: string, mode = 0o777): Item => ({ kind: 'file', path, mode, content: '', uid: 0, gid: 0 });
const link = (path: string, text: string): Item => ({ kind: 'symlink', path, text, mode: 0, uid: 0, gid: 0 });
const own = (path: string, mode: number, uid: number): Item => ({ kind: 'own', path, mode, uid, gid: 0 });

export const scripts: Readonly<Record<string, Script>> = {
  'a descriptor’s file is linked with the credentials that opened it': script(
    [file('t/f'), dir('d')],
    { as: 0, do: 'open', slot: 3, at: cwd('t/f'), how: { access: 'read' } },
    { as: 1, do: 'link', from: from(3), to: cwd('d/e'), follow: false },
  ),
  'anyone makes a whiteout': script([], {
    as: 2,
    do: 'mknod',
    at: cwd('mnt/z'),
    kind: 'char',
    mode: 0o444,
    rdev: 0,
  }),
  'a link to the root crosses to a mount that is not yet known': script([link('s/f', '/gone')], {
    as: 0,
    do: 'open',
    slot: 1,
    at: cwd('s/f'),
    how: { access: 'path', resolve: { noCrossing: true } },
  }),
  'and crosses nothing once the root is known': script([link('s/f', '/gone')], {
    as: 0,
    do: 'open',
    slot: 1,
    at: cwd('s/../s/f'),
    how: { access: 'path', resolve: { noCrossing: true } },
  }),
  'no new owner takes away a set-user-ID bit all the same': script([file('t/f', 0o6777)], {
    as: 1,
    do: 'chown',
    at: cwd('t/f'),
    follow: false,
  }),
  'cutting a file takes away the bits that writing does': script(
    [],
    { as: 0, do: 'open', slot: 0, at: cwd('s/b'), how: { access: 'read-write', create: 'if-missing', mode: 0o4755 } },
    { as: 2, do: 'truncate', slot: 0, size: 9 },
  ),
  'a program gets no group that its maker is not in': script([dir('t/c', 0o2775, 1001)], {
    as: 1,
    do: 'open',
    slot: 4,
    at: cwd('t/c/f'),
    how: { access: 'write', create: 'if-missing', mode: 0o6777 },
  }),
  'whatever the umask leaves of it': {
    ...script([dir('t/c', 0o2775, 1001)], {
      as: 1,
      do: 'open',
      slot: 4,
      at: cwd('t/c/f'),
      how: { access: 'write', create: 'if-missing', mode: 0o6777 },
    }),
    umask: 0o77,
  },
  'somebody’s link in a sticky directory is no file to be made': script([own('t', 0o3777, 1001), link('t/a', 'a')], {
    as: 1,
    do: 'open',
    slot: 2,
    at: cwd('t/a'),
    how: { access: 'read', create: 'if-missing', nofollow: true },
  }),
  'flags that exclude each other are refused before the path is looked at': script(
    [],
    { as: 0, do: 'open', slot: 1, at: cwd('ro'), how: { access: 'path' } },
    {
      as: 0,
      do: 'open',
      slot: 1,
      at: from(1),
      how: { access: 'path', resolve: { inRoot: true, beneath: true } },
    },
  ),
  'an absolute path leaves before it begins': script(
    [file('e')],
    { as: 0, do: 'open', slot: 4, at: cwd('e'), how: { access: 'write' } },
    { as: 0, do: 'open', slot: 0, at: from(4, '/d'), how: { access: 'read', resolve: { beneath: true } } },
  ),
  'a directory that is exchanged into another one': script([dir('t/a', 0o77)], {
    as: 0,
    do: 'rename',
    from: cwd('s'),
    to: cwd('t/a'),
    how: 'exchange',
  }),
  'files that are exchanged': {
    ...script(
      [file('f'), file('t/a'), file('g')],
      {
        as: 0,
        do: 'rename',
        from: cwd('f'),
        to: cwd('t/a'),
        how: 'exchange',
      },
      { as: 0, do: 'rename', from: cwd('f'), to: cwd('g'), how: 'exchange' },
    ),
    watched: 'strictly',
  },
  'a file and a directory that are exchanged': {
    ...script([file('f'), dir('t/a')], { as: 0, do: 'rename', from: cwd('f'), to: cwd('t/a'), how: 'exchange' }),
    watched: 'strictly',
  },
  'a directory that is moved out of what a bind mount shows has no way up': script(
    [dir('s/a'), dir('s/a/b'), file('s/a/b/c')],
    { as: 0, do: 'open', slot: 0, at: cwd('bind/a'), how: { access: 'path' } },
    { as: 0, do: 'open', slot: 1, at: cwd('bind/a/b'), how: { access: 'path' } },
    { as: 0, do: 'rename', from: cwd('s/a'), to: cwd('t/a') },
    { as: 0, do: 'stat', at: from(0, '..'), follow: false },
    { as: 0, do: 'stat', at: from(1, '..'), follow: false },
    { as: 0, do: 'stat', at: from(1, '../..'), follow: false },
    { as: 0, do: 'open', slot: 2, at: from(1, '../../..'), how: { access: 'path', resolve: { beneath: true } } },
    { as: 0, do: 'open', slot: 2, at: from(1, '..'), how: { access: 'path', resolve: { inRoot: true } } },
    { as: 0, do: 'link', from: from(1, 'c'), to: cwd('bind/d'), follow: false },
    { as: 0, do: 'link', from: from(1, 'c'), to: cwd('t/d'), follow: false },
    { as: 0, do: 'rename', from: from(0, 'b'), to: cwd('bind/b') },
    { as: 0, do: 'mkdir', at: from(0, 'new'), mode: 0o755 },
    { as: 0, do: 'chdir', path: 't/a/b' },
    { as: 0, do: 'stat', at: cwd('..'), follow: false },
  ),
  'a second path that is too long has its turn after the first': script([], {
    as: 0,
    do: 'rename',
    from: cwd('a/c'),
    to: cwd('./'.repeat(2100)),
  }),
  'a removed directory has no names, however long': script(
    [dir('a'), dir('b')],
    { as: 0, do: 'open', slot: 0, at: cwd('a'), how: { access: 'read' } },
    { as: 0, do: 'rename', from: cwd('b'), to: cwd('a') },
    { as: 0, do: 'open', slot: 1, at: from(0, 'n'.repeat(256)), how: { access: 'path' } },
  ),
  'no path is no working directory': script([], { as: 0, do: 'chdir', path: '' }),
};
