import { Fault } from '../../fs/fault.ts';
import { linkText } from '../../fs/link-text.ts';
import { dirname } from '../../fs/path.ts';
import type { Inode } from '../../sketch/inode.ts';
import type { SketchProcess } from '../../sketch/process.ts';
import type { Sketch } from '../../sketch/sketch.ts';
import type { End, Route } from '../../trace/route.ts';
import { trace } from '../../trace/trace.ts';
import { inodeId, safeId } from './ids.ts';
import type { NameRow } from './name-row.ts';
import type { Hop } from './picture.ts';

/** Asks `trace` where links lead, each once, with the eyes of root. */
export class LinkFollower {
  readonly #process: SketchProcess;
  readonly #known = new Map<string, Hop>();
  readonly #followingMounts = new Set<number>();

  constructor(sketch: Sketch) {
    this.#process = sketch.process();
  }

  /** A hop for each link and directory that holds a name of it. */
  hopsOf(rows: readonly NameRow[]): readonly Hop[] {
    const hops = new Map<string, Hop>();
    for (const { row, inode } of rows) {
      if (row.kind !== 'name' || !inode || inode.kind !== 'symlink') continue;
      const id = `hop-${inodeId(inode)}-${safeId(dirname(row.path))}`;
      if (!hops.has(id)) hops.set(id, this.#hop(id, inode, row.path));
    }
    return [...hops.values()];
  }

  #hop(id: string, inode: Inode, from: string): Hop {
    const known = this.#known.get(id);
    if (known) return known;
    const route = this.#trace(from, '/');
    const hop = {
      ...{ id, inode: inodeId(inode), from, to: undefined, number: 1 },
      ...this.#leadsTo(route, inode, from),
    };
    this.#known.set(id, hop);
    return hop;
  }

  #leadsTo(route: Route, inode: Inode, from: string): Pick<Hop, 'next' | 'via' | 'ending' | 'errno' | 'end'> {
    const { hops, end } = route;
    const errno = end.kind === 'found' ? undefined : end.errno;
    const whole = { errno, end: end.kind === 'found' ? end.path : undefined };
    const [own, ...others] = hops;
    // The kernel does not follow this link: its text alone says where it would lead.
    if (!own) return { ...whole, ...this.#unfollowed(inode, from) };
    const after = others.findIndex(({ last }) => last);
    const via = (after < 0 ? others : others.slice(0, after)).map(({ link }) => link);
    const inCycle = end.kind === 'loop' && end.cycle.includes(from);
    const ending = inCycle ? 'loop' : 'name';
    if (after >= 0) return { ...whole, next: others[after]?.link, via, ending };
    return { ...whole, via, ...lastOf(end, ending) };
  }

  #unfollowed(inode: Inode, from: string): Pick<Hop, 'next' | 'via' | 'ending'> {
    const { hops, end } = this.#trace(linkText(inode.text ?? ''), dirname(from));
    return { next: 'path' in end ? end.path : undefined, via: hops.map(({ link }) => link), ending: 'stopped' };
  }

  #trace(path: string, from: string): Route {
    const { cwd } = this.#process;
    const opened = this.#process.open(cwd, from, { access: 'path', directory: true });
    if (opened instanceof Fault)
      return { path, hops: [], end: { kind: 'unknown', errno: opened.errno, path, call: opened.call } };
    using handle = opened;
    return trace(this.#process, path, {
      from: { handle, path: from },
      root: { handle: cwd, path: '/' },
      last: from === '/' ? 'follow' : 'stay',
      followingMounts: this.#followingMounts,
    });
  }
}

const lastOf = (end: End, ending: Hop['ending']): Pick<Hop, 'next' | 'ending'> => {
  switch (end.kind) {
    case 'found':
      return { next: end.path, ending };
    case 'loop':
      return { next: end.cycle[0], ending };
    case 'missing':
    case 'absent-volume':
      return { next: end.path, ending: 'ghost' };
    case 'name-too-long':
      return { next: undefined, ending: 'stopped' };
    case 'too-many-links':
    case 'not-a-directory':
    case 'permission':
    case 'unknown':
      return { next: end.path, ending: 'stopped' };
  }
};
