import { isAncestorCycle } from '../../../scan/tally.ts';
import { asFix, asRead, climbsAbove, fileAt, shortened, tidied } from '../new-text.ts';
import type { Rule } from '../rule.ts';
import { name, placeOf } from '../saying.ts';

const messy: Rule = {
  id: 'messy',
  group: 'hygiene',
  severity: 'warning',
  summary: 'has a text with parts that say nothing',
  why: `\`//\`, \`./\`, a slash at the end and a name that \`..\` takes back at once change nothing. But programs that compare
texts take \`./a\` and \`a\` for two things, and most such texts were glued together by a script that may have other
mistakes. symlinks(1) calls them messy.

The fix is the text without them. A name before \`..\` is taken away only where that leads to the same file.`,
  fixes: true,
  broken: `
    docs/
      guide
    guide -> ./docs//guide`,
  fixed: `
    docs/
      guide
    guide -> docs/guide`,
  needs: 'symlinks',
  marks: ['untidy', 'inner-dot-dot'],
  yieldsTo: ['lengthy', 'absolute-inside-root', 'above-root', 'escapes-root', 'machine-path'],
  *link(link, scene) {
    if (link.end !== 'found') return;
    const { text } = link;
    const read = asRead(text);
    const fix =
      (climbsAbove(link.dir, read) ? undefined : asFix(link, scene, read)) ?? asFix(link, scene, tidied(text));
    if (fix === undefined && tidied(text) === text) return;
    yield { ...placeOf(link), says: ['its text has parts that say nothing'], ...(fix !== undefined && { fix }) };
  },
};

const lengthy: Rule = {
  id: 'lengthy',
  group: 'hygiene',
  severity: 'warning',
  summary: 'goes up out of a directory and down into it again',
  why: `In \`a/b\`, \`../../a/b/file\` is \`file\`. The longer text breaks when one of these directories is renamed, and the
shorter one would not. symlinks(1) calls it lengthy.

The fix is the shorter text, if that leads to the same file.`,
  fixes: true,
  broken: `
    docs/
      guide
      start -> ../docs/guide`,
  fixed: `
    docs/
      guide
      start -> guide`,
  needs: 'symlinks',
  marks: ['returning'],
  yieldsTo: ['above-root', 'escapes-root'],
  *link(link, scene) {
    if (link.end !== 'found') return;
    const tidy = tidied(link.text);
    const short = shortened(link.dir, tidy);
    if (short === tidy) return;
    const fix = asFix(link, scene, short);
    yield {
      ...placeOf(link),
      says: ['goes up and down again: ', name(short), ' says the same'],
      ...(fix !== undefined && { fix }),
    };
  },
};

const dotdotThroughLink: Rule = {
  id: 'dotdot-through-link',
  group: 'hygiene',
  severity: 'error',
  summary: 'has a .. after a link, and so leads elsewhere than one reads',
  why: `Linux goes up from where the link before \`..\` leads to. A person, a shell's cd and many programs take the name
and the \`..\` away as text, and come to another place. symlinks -c rewrites such a link into one that leads elsewhere.

If the link works it is a warning: give it the text that says what it does.`,
  broken: `
    releases/
      two/
        app
      settings
    current -> releases/two
    link -> current/../settings`,
  fixed: `
    releases/
      two/
        app
      settings
    current -> releases/two
    link -> releases/settings`,
  needs: 'symlinks',
  marks: ['inner-dot-dot'],
  yieldsTo: ['above-root', 'case-mismatch', 'odd-text'],
  *link(link, scene) {
    const read = asRead(link.text);
    if (read === tidied(link.text)) return;
    const other = climbsAbove(link.dir, read) ? undefined : fileAt(link, scene, read);
    if (link.end === 'found') {
      const { end } = link.route;
      // Where it reads as the link itself, it is a circle as it reads.
      if ((other && asFix(link, scene, read) !== undefined) || end.kind !== 'found') return;
      yield {
        ...placeOf(link),
        severity: 'warning',
        says: ['leads to ', name(end.path), ', although it reads as ', name(read)],
      };
    } else if ((link.end === 'missing' || link.end === 'not-a-directory') && other)
      yield { ...placeOf(link), says: ['leads to nothing, although it reads as ', name(read), ', which exists'] };
  },
};

const ancestorCycle: Rule = {
  id: 'ancestor-cycle',
  group: 'hygiene',
  severity: 'warning',
  summary: 'leads to a directory that it lies in',
  why: `A program that follows links while it walks a tree goes round and round, until the path is too long: find -L, cp -rL,
many file watchers and indexers. Some of these links are meant so (/usr/bin/X11 is one): expect those.`,
  broken: `
    project/
      self -> .`,
  fixed: `
    project/
      other -> ../shared
    shared/`,
  needs: 'symlinks',
  marks: ['to-directory'],
  *link(link, { census, atlas }) {
    if (!isAncestorCycle(census, atlas, link.row)) return;
    const end = atlas.endOf(link.row);
    yield {
      ...placeOf(link),
      says:
        end === undefined ? ['lies in what it leads to'] : ['lies in ', name(atlas.pathOf(end)), ', which it leads to'],
    };
  },
};

const crossFilesystem: Rule = {
  id: 'cross-filesystem',
  group: 'hygiene',
  severity: 'off',
  summary: 'leads to another file system',
  why: `It breaks when the other file system is not mounted, and a backup or copy of one file system alone (find -xdev,
rsync -x) does not hold what it leads to. symlinks(1) calls it other_fs.`,
  broken: `
    disk/ mount tmpfs
      film
    film -> disk/film`,
  fixed: `
    disk/ mount tmpfs
      film
      best -> film`,
  needs: 'symlinks',
  marks: ['to-other-device'],
  *link(link, { fileSystemType }) {
    const { end } = link.route;
    if (end.kind !== 'found') return;
    const type = fileSystemType(end.stat.dev);
    yield {
      ...placeOf(link),
      says: ['leads to ', name(end.path), `, on another file system${type === undefined ? '' : ` (${type})`}`],
      cause: { key: String(end.stat.dev), says: ['these links lead to another file system'] },
    };
  },
};

export const hygieneRules: readonly Rule[] = [messy, lengthy, dotdotThroughLink, ancestorCycle, crossFilesystem];
