/**
 * Whom fs.protected_hardlinks, protected_symlinks and protected_regular keep from what
 * (proc_sys_fs(5)): every case of users, owners, modes and kinds, as the machine has them set.
 */
import type { Call, Item, Script, Spot, Step } from './sketch-script.ts';
import { users } from './sketch-script.ts';

const cwd = (path: string): Spot => ({ at: 'cwd', path });

const hardLinks = (): Script => {
  const modes = [0o666, 0o644, 0o600, 0o660, 0o4666, 0o2676, 0o2666, 0o606];
  const items: Item[] = [{ kind: 'dir', path: 'to', mode: 0o777, uid: 0, gid: 0 }];
  const steps: Step[] = [];
  for (const kind of ['file', 'symlink', 'fifo', 'dir'] as const)
    for (const mode of kind === 'file' ? modes : [0o666])
      for (const { uid } of users)
        for (const gid of [uid, 2000]) {
          const path = `${items.length}`;
          const more = kind === 'file' ? { kind, content: '' } : kind === 'symlink' ? { kind, text: 'to' } : { kind };
          items.push({ ...more, path, mode, uid, gid });
          for (const as of [0, 1, 2] as const)
            steps.push({ as, do: 'link', from: cwd(path), to: cwd(`to/${path}-${as}`), follow: false });
        }
  return { umask: 0, items, steps, watched: 'no' };
};

const sticky = (): Script => {
  const items: Item[] = [
    { kind: 'file', path: 'target', mode: 0o666, content: '', uid: 0, gid: 0 },
    { kind: 'dir', path: 'inner', mode: 0o777, uid: 0, gid: 0 },
    { kind: 'file', path: 'inner/x', mode: 0o666, content: '', uid: 0, gid: 0 },
  ];
  const steps: Step[] = [];
  for (const owner of users)
    for (const mode of [0o1777, 0o777, 0o1775, 0o1755, 0o1773]) {
      const dir = `d${items.length}`;
      items.push({ kind: 'dir', path: dir, mode, uid: owner.uid, gid: 2000 });
      for (const { uid } of users) {
        const own = { mode: 0o666, uid, gid: 2000 };
        const [link, across, file] = [`${dir}/link${uid}`, `${dir}/across${uid}`, `${dir}/file${uid}`];
        items.push({ kind: 'symlink', path: link, text: '../target', ...own });
        items.push({ kind: 'symlink', path: across, text: '../inner', ...own });
        items.push({ kind: 'file', path: file, content: '', ...own });
        for (const as of [0, 1, 2] as const)
          for (const call of calls(link, across, file, `${dir}/made${uid}${as}`)) steps.push({ as, ...call });
      }
    }
  return { umask: 0, items, steps, watched: 'no' };
};

function* calls(link: string, across: string, file: string, made: string): Generator<Call> {
  yield { do: 'stat', at: cwd(link), follow: true };
  yield { do: 'readlink', at: cwd(link) };
  yield { do: 'stat', at: cwd(`${across}/x`), follow: true };
  yield { do: 'stat', at: cwd(`${across}/`), follow: false };
  yield { do: 'access', at: cwd(link), wanted: 'write' };
  yield { do: 'chmod', at: cwd(link), mode: 0o666, follow: true };
  yield { do: 'link', from: cwd(link), to: cwd(made), follow: true };
  for (const path of [link, file]) {
    yield { do: 'open', slot: 0, at: cwd(path), how: { access: 'read' } };
    yield { do: 'open', slot: 0, at: cwd(path), how: { access: 'write', create: 'if-missing', mode: 0o600 } };
    yield { do: 'open', slot: 0, at: cwd(path), how: { access: 'path', nofollow: true } };
    yield { do: 'open', slot: 0, at: cwd(path), how: { access: 'path', resolve: { noSymlinks: true } } };
  }
}

export const protectedScripts: readonly Script[] = [hardLinks(), sticky()];
