/** Who may do what in a sketch, and what modes, owners and times become. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hand, machine, second } from './hand.ts';

test('the first class that fits decides, even where a later one would allow', () => {
  const { root, ann, bob } = machine();
  root.file('f');
  const ends = (mode: number, owner: { uid: number; gid: number }) => {
    root.chown('f', owner);
    root.chmod('f', mode);
    return [ann.opens('f'), bob.opens('f')];
  };
  assert.deepEqual(ends(0o077, { uid: 1001, gid: 2000 }), ['EACCES', 'done']);
  assert.deepEqual(ends(0o707, { uid: 0, gid: 2000 }), ['EACCES', 'EACCES']);
  assert.deepEqual(ends(0o070, { uid: 0, gid: 2000 }), ['done', 'done']);
  assert.deepEqual(ends(0o070, { uid: 0, gid: 1002 }), ['EACCES', 'done']);
  assert.deepEqual(ends(0o004, { uid: 0, gid: 0 }), ['done', 'done']);
  assert.deepEqual(ends(0o400, { uid: 1001, gid: 0 }), ['done', 'EACCES']);
});

test('root reads and writes anything, and runs what anyone may run', () => {
  const { root } = machine();
  root.file('f', 0o000);
  assert.equal(root.opens('f', { access: 'read-write' }), 'done');
  assert.equal(root.access('f', 'search'), 'EACCES');
  root.chmod('f', 0o001);
  assert.equal(root.access('f', 'search'), 'done');
  root.mkdir('d', 0o000);
  assert.equal(root.access('d', 'search'), 'done');
  assert.equal(root.mkdir('d/e'), 'done');
});

test('access says what the three bits say', () => {
  const { root, ann } = machine();
  root.file('f', 0o644);
  root.chmod('f', 0o604);
  assert.equal(ann.access('f', 'read'), 'done');
  assert.equal(ann.access('f', 'write'), 'EACCES');
  assert.equal(ann.access('f', 'search'), 'EACCES');
  root.chmod('f', 0o603);
  assert.equal(ann.access('f', 'read'), 'EACCES');
  assert.equal(ann.access('f', 'write'), 'done');
  assert.equal(ann.access('f', 'search'), 'done');
  assert.equal(ann.access('gone', 'read'), 'ENOENT');
});

test('opening asks for what it is going to do; to cut a file is to write', () => {
  const { root, ann } = machine();
  root.file('f');
  root.write('f', 'text');
  assert.equal(ann.opens('f'), 'done');
  assert.equal(ann.opens('f', { access: 'write' }), 'EACCES');
  assert.equal(ann.opens('f', { access: 'read-write' }), 'EACCES');
  assert.equal(ann.opens('f', { truncate: true }), 'EACCES');
  assert.equal(ann.opens('f', { access: 'path' }), 'done');
  assert.equal(root.read('f'), 'text');
  assert.equal(root.opens('f', { truncate: true }), 'done');
  assert.equal(root.stat('f').size, 0);
  root.chmod('f', 0o222);
  assert.equal(ann.opens('f'), 'EACCES');
  assert.equal(ann.opens('f', { access: 'write' }), 'done');
});

test('what is new has the umask taken off, its maker’s user and group', () => {
  const { root, ann } = machine();
  root.chmod('/', 0o777);
  ann.fs.umask = 0o027;
  ann.file('f', 0o6777);
  ann.mkdir('d', 0o1777);
  ann.mkdir('e', 0o6777);
  ann.mknod('p', 'fifo', 0o666);
  ann.symlink('x', 'l');
  assert.deepEqual(['f', 'd', 'e', 'p'].map(ann.mode), ['6750', '1750', '750', '640']);
  assert.equal(ann.lstat('l').mode, 0o777);
  for (const name of ['f', 'd', 'p', 'l']) assert.deepEqual([ann.lstat(name).uid, ann.lstat(name).gid], [1001, 1001]);
});

test('a set-group-ID directory hands on its group, and the bit to directories', () => {
  const { root, ann } = machine();
  root.mkdir('g');
  root.chown('g', { gid: 2000 });
  root.chmod('g', 0o2777);
  ann.file('g/f');
  ann.mkdir('g/d');
  ann.symlink('x', 'g/l');
  assert.deepEqual([ann.stat('g/f').gid, ann.stat('g/d').gid, ann.lstat('g/l').gid], [2000, 2000, 2000]);
  assert.deepEqual([ann.mode('g/f'), ann.mode('g/d')], ['644', '2755']);
  ann.mkdir('g/d/e');
  root.chown('g', { gid: 3000 });
  root.chmod('g', 0o2777);
  ann.file('g/program', 0o2775);
  ann.file('g/no-program', 0o2765);
  assert.deepEqual([ann.mode('g/program'), ann.mode('g/no-program')], ['755', '2745']);
  assert.equal(ann.mode('g/d/e'), '2755');
});

test('chmod is the owner’s; the set-group-ID bit only for members of the group', () => {
  const { root, ann, bob } = machine();
  root.chmod('/', 0o777);
  ann.file('f');
  assert.equal(bob.chmod('f', 0o666), 'EPERM');
  assert.equal(ann.chmod('f', 0o2755), 'done');
  assert.equal(ann.mode('f'), '2755');
  root.chown('f', { gid: 2000 });
  ann.chmod('f', 0o2755);
  assert.equal(ann.mode('f'), '2755');
  root.chown('f', { gid: 3000 });
  ann.chmod('f', 0o6755);
  assert.equal(ann.mode('f'), '4755');
  root.chmod('f', 0o2755);
  assert.equal(ann.mode('f'), '2755');
  root.symlink('f', 'l');
  const [onLink] = [root.fs.chmod(root.fs.cwd, 'l', 0o600)];
  assert.equal(onLink?.errno, 'EOPNOTSUPP');
  assert.equal(root.chmod('l', 0o600), 'done');
  assert.equal(root.mode('f'), '600');
});

test('chown gives away for root alone, and takes away set-ID bits of a file', () => {
  const { root, ann, bob } = machine();
  root.chmod('/', 0o777);
  ann.file('f');
  assert.equal(ann.chown('f', { uid: 1002 }), 'EPERM');
  assert.equal(ann.chown('f', { gid: 3000 }), 'EPERM');
  assert.equal(bob.chown('f', { gid: 2000 }), 'EPERM');
  assert.equal(bob.chown('f', { uid: 1001 }), 'EPERM');
  assert.equal(ann.chown('f', { uid: 1001, gid: 2000 }), 'done');
  assert.equal(ann.stat('f').gid, 2000);
  root.chmod('f', 0o6755);
  assert.equal(root.chown('f', { uid: 1002 }), 'done');
  assert.equal(root.mode('f'), '755');
  root.chmod('f', 0o6745);
  root.chown('f', {});
  assert.equal(root.mode('f'), '2745');
  root.mkdir('d');
  root.chmod('d', 0o6755);
  root.chown('d', { uid: 1002 });
  assert.equal(root.mode('d'), '6755');
});

test('writing by anyone but root takes away set-ID bits', () => {
  const { root, ann } = machine();
  root.chmod('/', 0o777);
  ann.file('f');
  root.chmod('f', 0o6777);
  root.write('f', 'x');
  assert.equal(root.mode('f'), '6777');
  ann.write('f', 'x');
  assert.equal(root.mode('f'), '777');
});

test('times: who may set them', () => {
  const { root, ann, bob } = machine();
  root.chmod('/', 0o777);
  ann.file('f');
  assert.equal(ann.touch('f', { atime: 5n * second, mtime: 7n * second }), 'done');
  assert.deepEqual([ann.stat('f').atime, ann.stat('f').mtime], [5n * second, 7n * second]);
  assert.equal(bob.touch('f', { mtime: 9n * second }), 'EPERM');
  assert.equal(bob.touch('f', { mtime: 'now' }), 'EPERM');
  assert.equal(bob.touch('f', { atime: 'now', mtime: 'now' }), 'EACCES');
  root.chmod('f', 0o666);
  assert.equal(bob.touch('f', { atime: 'now', mtime: 'now' }), 'done');
  assert.equal(bob.touch('f', { mtime: 9n * second }), 'EPERM');
  assert.equal(bob.touch('gone', {}), 'done');
  const before = root.stat('f');
  root.touch('f', { mtime: 9n * second });
  const { atime, mtime, ctime } = root.stat('f');
  assert.deepEqual([atime, mtime], [before.atime, 9n * second]);
  assert.ok(ctime > before.ctime);
});

test('times: a change of names moves the directory, a change of the inode its ctime, a refusal nothing', () => {
  const { root, ann } = machine();
  root.mkdir('d');
  root.file('d/f');
  const watch = (path: string, change: () => unknown) => {
    const before = root.lstat(path);
    change();
    const after = root.lstat(path);
    return `${after.mtime > before.mtime ? 'm' : ''}${after.ctime > before.ctime ? 'c' : ''}`;
  };
  assert.equal(
    watch('d', () => root.file('d/g')),
    'mc',
  );
  assert.equal(
    watch('d', () => root.link('d/f', 'd/h')),
    'mc',
  );
  assert.equal(
    watch('d/f', () => root.link('d/f', 'd/i')),
    'c',
  );
  assert.equal(
    watch('d', () => root.link('d/f', 'elsewhere')),
    '',
  );
  assert.equal(
    watch('d', () => root.unlink('d/h')),
    'mc',
  );
  assert.equal(
    watch('d/f', () => root.unlink('d/i')),
    'c',
  );
  assert.equal(
    watch('d', () => root.symlink('x', 'd/l')),
    'mc',
  );
  assert.equal(
    watch('d', () => root.mkdir('d/e')),
    'mc',
  );
  assert.equal(
    watch('d', () => root.rmdir('d/e')),
    'mc',
  );
  assert.equal(
    watch('d/f', () => root.chmod('d/f', 0o600)),
    'c',
  );
  assert.equal(
    watch('d/f', () => root.chown('d/f', { uid: 5 })),
    'c',
  );
  assert.equal(
    watch('d/f', () => root.write('d/f', 'x')),
    'mc',
  );
  assert.equal(
    watch('d/f', () => root.opens('d/f', { access: 'write', truncate: true })),
    'mc',
  );
  assert.equal(
    watch('d', () => root.opens('d/g', { access: 'write', create: 'if-missing' })),
    '',
  );
  assert.equal(
    watch('d', () => ann.file('d/new')),
    '',
  );
  assert.equal(
    watch('d/f', () => ann.chmod('d/f', 0o777)),
    '',
  );
});

test('chattr +i: no new name, no other name, no removal, no change', () => {
  const { root, sketch } = machine();
  root.mkdir('d');
  root.file('d/f');
  const at = root.fs.locate('d/f');
  const dir = root.fs.locate('d');
  if (typeof at === 'string' || typeof dir === 'string') throw new Error('not found');
  at.inode.immutable = true;
  assert.deepEqual(
    [root.link('d/f', 'd/g'), root.unlink('d/f'), root.rename('d/f', 'd/g'), root.chmod('d/f', 0o600)],
    ['EPERM', 'EPERM', 'EPERM', 'EPERM'],
  );
  assert.equal(root.opens('d/f', { access: 'write' }), 'EPERM');
  assert.equal(root.touch('d/f', { atime: 'now', mtime: 'now' }), 'EPERM');
  at.inode.immutable = false;
  at.inode.appendOnly = true;
  assert.deepEqual(
    [root.link('d/f', 'd/g'), root.unlink('d/f'), root.chown('d/f', { uid: 1 })],
    ['EPERM', 'EPERM', 'EPERM'],
  );
  assert.equal(root.opens('d/f', { access: 'write' }), 'EPERM');
  assert.equal(root.opens('d/f', { access: 'write', append: true }), 'done');
  at.inode.appendOnly = false;
  dir.inode.appendOnly = true;
  assert.equal(root.unlink('d/f'), 'EPERM');
  assert.equal(root.file('d/g'), 'done');
  dir.inode.appendOnly = false;
  dir.inode.immutable = true;
  assert.equal(root.file('d/h'), 'EPERM');
  assert.equal(hand(sketch).unlink('d/f'), 'EPERM');
});

test('fs.protected_regular and fs.protected_fifos: O_CREAT opens nothing that others left in a directory like /tmp', () => {
  const ends = (level: 0 | 1 | 2, mode: number) => {
    const { root, ann, bob } = machine({ protectedRegular: level, protectedFifos: 0 });
    root.mkdir('tmp');
    root.chown('tmp', { gid: 2000 });
    root.chmod('tmp', mode);
    ann.file('tmp/f');
    root.chmod('tmp/f', 0o666);
    ann.mknod('tmp/fifo', 'fifo');
    root.chmod('tmp/fifo', 0o666);
    root.mknod('tmp/device', 'char');
    root.chown('tmp/device', { uid: 1001 });
    root.chmod('tmp/device', 0o666);
    root.file('tmp/of-root');
    root.chmod('tmp/of-root', 0o666);
    const how = { access: 'write', create: 'if-missing' } as const;
    assert.equal(bob.opens('tmp/f', { access: 'write' }), 'done');
    assert.equal(bob.opens('tmp/of-root', how), 'done');
    assert.equal(bob.opens('tmp/fifo', how), 'done');
    assert.equal(ann.opens('tmp/f', how), 'done');
    assert.equal(root.opens('tmp/f', how), bob.opens('tmp/f', how));
    return [bob.opens('tmp/f', how), bob.opens('tmp/device', how)];
  };
  assert.deepEqual(ends(0, 0o1777), ['done', 'EACCES']);
  assert.deepEqual(ends(1, 0o1777), ['EACCES', 'EACCES']);
  assert.deepEqual(ends(1, 0o777), ['done', 'done']);
  assert.deepEqual(ends(1, 0o1775), ['done', 'done']);
  assert.deepEqual(ends(2, 0o1775), ['EACCES', 'done']);
});
