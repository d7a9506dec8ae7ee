/** Calls on a sketch's working directory for tests: each says `done`, or the errno that refused. */
import { Fault } from '../../src/fs/fault.ts';
import type { Handle, OpenHow, Owner, Times } from '../../src/fs/fs.ts';
import { linkText } from '../../src/fs/link-text.ts';
import type { Stat } from '../../src/fs/stat.ts';
import type { SketchOptions, VolumeOptions } from '../../src/sketch/machine.ts';
import { Sketch } from '../../src/sketch/sketch.ts';

/** A machine with a clock that ticks a second at each look, root's hand and those of two users. */
export const machine = (options: SketchOptions = {}) => {
  let now = 1_000_000_000n;
  const sketch = new Sketch({ now: () => (now += second), ...options });
  const hands = {
    sketch,
    root: hand(sketch),
    ann: hand(sketch, { uid: 1001, gid: 1001, groups: [2000] }),
    bob: hand(sketch, { uid: 1002, gid: 1002, groups: [2000] }),
    /** A directory on which a new volume, or what is at `source`, is mounted. */
    mount: (path: string, volume: VolumeOptions & { source?: string; noSymlinks?: boolean } = {}) => {
      const { source, ...rest } = volume;
      hands.root.mkdir(path, 0o777);
      const options = source === undefined ? rest : { ...rest, source: place(hands.root, source) };
      const refused = sketch.mount(place(hands.root, path), options);
      if (refused) throw new Error(refused);
    },
    unmount: (path: string) => sketch.unmount(place(hands.root, path)),
  };
  return hands;
};

export const second = 1_000_000_000n;

const place = ({ fs }: Hand, path: string) => {
  const found = fs.locate(path);
  if (typeof found === 'string') throw new Error(`${path}: ${found}`);
  return found;
};

export type Hand = ReturnType<typeof hand>;

export const hand = (sketch: Sketch, who: Parameters<Sketch['process']>[0] = {}) => {
  const fs = sketch.process(who);
  const { cwd } = fs;
  const open = (path: string, how: Partial<OpenHow> = {}, at: Handle = cwd): Handle => {
    const opened = fs.open(at, path, { access: 'read', ...how });
    if (opened instanceof Fault) throw new Error(`open ${path}: ${opened.errno}`);
    return opened;
  };
  const known = (stat: Stat | Fault): Stat => {
    if (stat instanceof Fault) throw new Error(`stat ${stat.path}: ${stat.errno}`);
    return stat;
  };
  return {
    fs,
    open,
    /** How opening ends. */
    opens: (path: string, how: Partial<OpenHow> = {}, at: Handle = cwd) => {
      const opened = fs.open(at, path, { access: 'read', ...how });
      if (opened instanceof Fault) return opened.errno;
      opened[Symbol.dispose]();
      return 'done';
    },
    file: (path: string, mode = 0o644) => {
      const opened = fs.open(cwd, path, { access: 'write', create: 'exclusive', mode });
      if (opened instanceof Fault) return opened.errno;
      opened[Symbol.dispose]();
      return 'done';
    },
    write: (path: string, text: string, position = 0, how: Partial<OpenHow> = {}) => {
      using opened = open(path, { access: 'write', ...how });
      return end(fs.write(opened, new TextEncoder().encode(text), position));
    },
    read: (path: string) => {
      using opened = open(path);
      const bytes = new Uint8Array(100);
      const count = fs.read(opened, bytes, 0);
      return count instanceof Fault ? count.errno : new TextDecoder().decode(bytes.subarray(0, count));
    },
    mkdir: (path: string, mode = 0o755) => end(fs.mkdir(cwd, path, mode)),
    mknod: (path: string, kind: 'fifo' | 'socket' | 'char', mode = 0o644) =>
      end(fs.mknod(cwd, path, kind, mode, kind === 'char' ? memory : 0)),
    symlink: (text: string, path: string) => end(fs.symlink(linkText(text), cwd, path)),
    readlink: (path: string) => {
      const text = fs.readlink(cwd, path);
      return text instanceof Fault ? text.errno : text;
    },
    link: (from: string, to: string, follow?: 'follow') => end(fs.link(cwd, from, cwd, to, follow)),
    rename: (from: string, to: string, how?: 'no-replace' | 'exchange') => end(fs.rename(cwd, from, cwd, to, how)),
    unlink: (path: string) => end(fs.unlink(cwd, path)),
    rmdir: (path: string) => end(fs.rmdir(cwd, path)),
    chmod: (path: string, mode: number) => end(fs.chmod(cwd, path, mode, 'follow')),
    chown: (path: string, owner: Owner) => end(fs.chown(cwd, path, owner, 'follow')),
    touch: (path: string, times: Times) => end(fs.setTimes(cwd, path, times, 'follow')),
    access: (path: string, wanted: 'read' | 'write' | 'search') => end(fs.access(cwd, path, wanted)),
    chdir: (path: string) => end(fs.chdir(path)),
    /** Whether a path leads somewhere, following a final link. */
    leads: (path: string) => end(fs.stat(cwd, path, 'follow')),
    stat: (path: string) => known(fs.stat(cwd, path, 'follow')),
    lstat: (path: string) => known(fs.stat(cwd, path)),
    held: (handle: Handle) => known(fs.stat(handle, '')),
    mode: (path: string) => known(fs.stat(cwd, path, 'follow')).mode.toString(8),
    names: (path: string): readonly string[] => {
      using dir = open(path, { directory: true });
      const entries = fs.entries(dir);
      if (entries instanceof Fault) throw new Error(`entries ${path}: ${entries.errno}`);
      return entries.map(({ name }) => name).sort();
    },
  };
};

/** The device number of /dev/null, which anybody's process may open: 1, 3. */
const memory = 0x100003;

const end = (answer: unknown): string => (answer instanceof Fault ? answer.errno : 'done');
