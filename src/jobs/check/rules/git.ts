import { decodeBytes } from '../../../fs/bytes.ts';
import { Fault } from '../../../fs/fault.ts';
import { ancestors, dirname, join } from '../../../fs/path.ts';
import { liesIn } from '../../../fs/relative.ts';
import { readWhole } from '../../../fs/whole-file.ts';
import type { Rule } from '../rule.ts';
import { name, placeOf } from '../saying.ts';
import type { GitIndex, Scene } from '../scene.ts';

const symlinkMode = '120000';
const submoduleMode = '160000';

export const untrackedTarget: Rule = {
  id: 'untracked-target',
  group: 'portability',
  severity: 'error',
  summary: 'is kept by git, but what it leads to is not',
  why: `The link works here and is broken in every clone: the file that it leads to is ignored, was never added, or was made
by a build. A target in a submodule is there only in clones that have the submodule too, which is a warning.

Add the file, or do not keep the link. This rule needs --git.`,
  broken: `
    notes -> notes.local
    notes.local`,
  fixed: `
    notes -> notes.md
    notes.md`,
  needs: 'symlinks',
  applies: ({ git }) => git !== undefined,
  marks: ['found'],
  *link(link, { git }) {
    if (!git || !liesIn(git.top, link.physical) || git.mode(within(git, link.physical)) !== symlinkMode) return;
    const { end, hops } = link.route;
    if (end.kind !== 'found') return;
    for (const path of [...hops.slice(1).map((hop) => hop.link), end.path]) {
      if (!liesIn(git.top, path)) return;
      const inTree = within(git, path);
      if (inTree === '' || git.mode(inTree) !== undefined || git.hasBelow(inTree)) continue;
      const submodule = ancestors(path).find((above) => git.mode(within(git, above)) === submoduleMode);
      const cause = { key: submodule ?? path };
      yield submodule === undefined
        ? {
            ...placeOf(link),
            says: [
              'leads to ',
              name(path),
              git.isIgnored(inTree) ? ', which git ignores' : ', which git does not keep',
            ],
            cause: { ...cause, says: [name(path), ' is not kept by git'] },
          }
        : {
            ...placeOf(link),
            severity: 'warning',
            says: ['leads into the submodule ', name(submodule), ', which not every clone has'],
            cause: { ...cause, says: ['these links lead into the submodule ', name(submodule)] },
          };
      return;
    }
  },
};

export const destroyedSymlink: Rule = {
  id: 'destroyed-symlink',
  group: 'portability',
  severity: 'error',
  summary: 'is a link for git, but a file here that holds the text of the link',
  why: `Git on a system without symbolic links (core.symlinks=false, as on Windows) puts a small file in the place of each
link. When that is copied to Linux, or committed by mistake, programs read the path as if it were the contents.

\`git checkout -- FILE\` brings the link back where links can be made. This rule needs --git.`,
  broken: `
    guide "docs/guide"
    docs/
      guide`,
  fixed: `
    guide -> docs/guide
    docs/
      guide`,
  needs: 'symlinks',
  *whole(scene) {
    const { git, fs, root } = scene;
    for (const { path, mode } of git?.tracked() ?? []) {
      const physical = join(git?.top ?? '/', path);
      const shown = mode === symlinkMode ? shownPath(scene, physical) : undefined;
      if (shown === undefined) continue;
      const stat = fs.stat(root.handle, physical.slice(1));
      if (stat instanceof Fault || stat.kind !== 'file' || stat.size > 4096) continue;
      const held = readWhole(fs, root.handle, physical.slice(1));
      const text = git?.storedText(path);
      if (held instanceof Fault || decodeBytes(held).replace(/\r?\n$/, '') !== text) continue;
      yield {
        path: shown,
        physical,
        says: ['is a link to ', name(text), ' for git, but here a file that holds this path'],
        cause: {
          key: git?.top ?? '',
          says: ['links were checked out as files: git was told that there are none here'],
        },
      };
    }
  },
};

const within = ({ top }: GitIndex, path: string): string =>
  path === top ? '' : path.slice(top === '/' ? 1 : top.length + 1);

/** A physical path as the user would write it, if it lies in what is checked. */
const shownPath = ({ census }: Scene, physical: string): string | undefined => {
  const root = census.roots.find((each) => each.physical !== physical && liesIn(each.physical, dirname(physical)));
  return root && join(root.path, physical.slice(root.physical === '/' ? 1 : root.physical.length + 1));
};
