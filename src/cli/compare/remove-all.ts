import { Fault } from '../../fs/fault.ts';
import type { Fs, Handle } from '../../fs/fs.ts';

/** Empties a directory but for one name; no link is followed and no other mount entered. */
export function* removeAll(fs: Fs, dir: Handle, spared?: string): Generator<Fault> {
  const again = fs.open(dir, '.', { access: 'read', directory: true });
  if (again instanceof Fault) return yield again;
  using reading = again;
  const entries = fs.entries(reading);
  if (entries instanceof Fault) return yield entries;
  for (const { name } of entries) {
    if (name === spared) continue;
    const refused = fs.unlink(dir, name);
    if (!refused) continue;
    if (refused.errno !== 'EISDIR') {
      yield refused;
      continue;
    }
    const opened = fs.open(dir, name, { access: 'read', resolve: { noCrossing: true, noSymlinks: true } });
    if (opened instanceof Fault) yield opened;
    else {
      using below = opened;
      yield* removeAll(fs, below);
    }
    const kept = fs.rmdir(dir, name);
    if (kept) yield kept;
  }
}
