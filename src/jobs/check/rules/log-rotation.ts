import { globMatcher } from '../../../fs/glob-matcher.ts';
import { basename, dirname } from '../../../fs/path.ts';
import { liesIn } from '../../../fs/relative.ts';
import { trace } from '../../../trace/trace.ts';
import type { Words } from '../finding.ts';
import { type Rotation, rotationsOf } from '../logrotate.ts';
import type { Rule } from '../rule.ts';
import { name } from '../saying.ts';
import type { Scene } from '../scene.ts';
import { dirOfName, filesWithNames, isKept, otherNames, placeOfName } from '../several-names.ts';

export const logHardlinkBlocksRotation: Rule = {
  id: 'log-hardlink-blocks-rotation',
  group: 'hard-links',
  severity: 'warning',
  summary: 'is a log that logrotate leaves alone, because it has several names',
  why: `A hard link to a log is meant to keep what rotation throws away. logrotate leaves files with several names alone unless
allowhardlink is said, and says nothing of it: the log grows for ever. With allowhardlink and copytruncate the other name
keeps nothing either: the file is copied and then emptied, under all its names. Only with allowhardlink and a rotation by renaming
does the other name keep what was written until then.

The logs are those that /etc/logrotate.conf and the files that it includes name, below the root that is checked. Link to what is rotated
already (app.log.1), or copy; or say allowhardlink where the log is renamed.`,
  broken: `
    etc/
      logrotate.conf "/var/log/*.log {\\n  weekly\\n}\\n"
    var/
      log/
        app.log "started\\n" #1
    keep/
      app.log #1`,
  fixed: `
    etc/
      logrotate.conf "/var/log/*.log {\\n  weekly\\n}\\n"
    var/
      log/
        app.log
        app.log.1 "started\\n" #1
    keep/
      app.log #1`,
  needs: 'full',
  *whole(scene) {
    let rotationAt: ((dir: number, name: string) => Rotation | undefined) | undefined;
    for (const file of filesWithNames(scene)) {
      if (file.kind !== 'file') continue;
      rotationAt ??= matcherOf(scene);
      for (const row of file.rows) {
        const place = placeOfName(scene, row);
        const rotation = rotationAt(dirOfName(scene, row), basename(place.physical));
        if (!rotation) continue;
        const { allowHardLink, copyTruncate } = rotation.options;
        if (allowHardLink && !copyTruncate) continue;
        const kept = file.rows.some((each) => isKept(scene.census.namePath(each))) ? ' (one is kept for lw undo)' : '';
        const others: Words = [...otherNames(scene, file, row), kept, '; the rule is in ', name(rotation.file)];
        const says: Words = allowHardLink
          ? ['is emptied under all its names when it is rotated, by copytruncate: ', ...others]
          : ['is not rotated, since it has further names and allowhardlink is not said: ', ...others];
        yield { ...place, says };
      }
    }
  },
};

/** What holds for names of a directory, worked out once for each directory. */
const matcherOf = (scene: Scene): ((dir: number, name: string) => Rotation | undefined) => {
  const patterns = rotationsOf(scene).flatMap((rotation) =>
    rotation.patterns.flatMap((pattern) => patternOf(scene, pattern, rotation)),
  );
  const known = new Map<number, readonly Pattern[]>();
  return (dir, own) => {
    const inDir = known.get(dir) ?? patterns.filter(({ matchesDir }) => matchesDir(scene.census.physicalPath(dir)));
    known.set(dir, inDir);
    return inDir.find(({ matchesName }) => matchesName(own))?.rotation;
  };
};

interface Pattern {
  readonly rotation: Rotation;
  readonly matchesDir: (physical: string) => boolean;
  readonly matchesName: (own: string) => boolean;
}

/** The directory before the first wildcard is taken where its links lead; behind it names are compared. */
const patternOf = ({ fs, root, followingMounts }: Scene, pattern: string, rotation: Rotation): readonly Pattern[] => {
  const above = namesOf(dirname(pattern));
  const wild = above.findIndex((each) => /[*?[\\]/.test(each));
  const plain = wild < 0 ? above : above.slice(0, wild);
  const { end } = trace(fs, `/${plain.join('/')}`, { from: root, root, followingMounts });
  if (end.kind !== 'found') return [];
  const matchers = above.slice(plain.length).map((each) => globMatcher(each, 'sets'));
  const matchesDir = (physical: string): boolean => {
    if (!liesIn(end.path, physical)) return false;
    const below = namesOf(physical.slice(end.path.length));
    return below.length === matchers.length && matchers.every((matches, i) => matches(below[i] as string));
  };
  return [{ rotation, matchesDir, matchesName: globMatcher(basename(pattern), 'sets') }];
};

const namesOf = (path: string): readonly string[] => path.split('/').filter((each) => each !== '');
