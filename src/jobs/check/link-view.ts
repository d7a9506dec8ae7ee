import { decodeBytes } from '../../fs/bytes.ts';
import { Fault } from '../../fs/fault.ts';
import { type LinkText, linkText } from '../../fs/link-text.ts';
import { basename, join } from '../../fs/path.ts';
import type { Stat } from '../../fs/stat.ts';
import { dirField, linkField, noDir, type Root } from '../../scan/census.ts';
import type { End, Route } from '../../trace/route.ts';
import { trace } from '../../trace/trace.ts';
import { inTheWayOf, missingOf } from './missing-of.ts';
import type { LinkView, Scene } from './scene.ts';

/** A link of the census; whatever takes work is worked out when it is first wanted. */
export const linkView = (scene: Scene, row: number): LinkView => new View(scene, row);

class View implements LinkView {
  readonly row: number;
  readonly #scene: Scene;
  #dir: string | undefined;
  #text: LinkText | undefined;
  #route: Route | undefined;
  #stat: Stat | Fault | undefined;

  constructor(scene: Scene, row: number) {
    this.#scene = scene;
    this.row = row;
  }

  get path(): string {
    const { census } = this.#scene;
    return census.entryPath(this.#word('dir'), this.#word('name'));
  }

  get physical(): string {
    return join(this.dir, decodeBytes(this.#scene.census.strings.at(this.#word('name'))));
  }

  get dir(): string {
    this.#dir ??= this.#scene.census.physicalPath(this.#word('dir'));
    return this.#dir;
  }

  get text(): LinkText {
    const { atlas, census } = this.#scene;
    this.#text ??= linkText(decodeBytes(census.strings.at(atlas.textAt(this.row))));
    return this.#text;
  }

  get end(): End['kind'] {
    return this.#scene.census.endOf(this.row);
  }

  get leadsToDir(): boolean {
    return this.#scene.census.leadsToDir(this.row);
  }

  get hops(): number {
    return this.#scene.atlas.hops(this.row);
  }

  get under(): Root {
    const { dirs, roots } = this.#scene.census;
    let at = this.#word('dir') * dirField.width;
    while (dirs.words[at + dirField.parent] !== noDir) at = dirs.words[at + dirField.parent]! * dirField.width;
    return roots[dirs.words[at + dirField.name]!]!;
  }

  get missing(): LinkView['missing'] {
    if (this.end !== 'missing') return undefined;
    return missingOf(this.#scene.atlas, this.row) ?? this.#tracedMissing();
  }

  get inTheWay(): string | undefined {
    if (this.end !== 'not-a-directory') return undefined;
    const known = inTheWayOf(this.#scene.atlas, this.row);
    if (known !== undefined) return known;
    const { end } = this.route;
    return end.kind === 'not-a-directory' ? end.path : undefined;
  }

  get route(): Route {
    this.#route ??= this.#traced();
    return this.#route;
  }

  get stat(): Stat | undefined {
    const { fs, root } = this.#scene;
    this.#stat ??= fs.stat(root.handle, this.physical.slice(1));
    return this.#stat instanceof Fault ? undefined : this.#stat;
  }

  /** From the link's own directory: whatever is above it has no links, and would cost most of the work. */
  #traced(): Route {
    const { fs, root, absentVolumes, followingMounts } = this.#scene;
    const { dir, physical } = this;
    const context = { root, absentVolumes, followingMounts };
    const way = { access: 'path', directory: true, resolve: { noSymlinks: true } } as const;
    const opened = fs.open(root.handle, dir.slice(1) || '.', way);
    if (opened instanceof Fault) return trace(fs, physical, { ...context, from: root });
    using handle = opened;
    const route = trace(fs, basename(physical), { ...context, from: { handle, path: dir } });
    return { ...route, path: physical };
  }

  #tracedMissing(): LinkView['missing'] {
    const { end } = this.route;
    return end.kind === 'missing' ? end : undefined;
  }

  #word(field: 'dir' | 'name'): number {
    return this.#scene.census.links.words[this.row * linkField.width + linkField[field]]!;
  }
}
