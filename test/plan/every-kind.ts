import { linkSync, mkdirSync, symlinkSync } from 'node:fs';
import { linkText } from '../../src/fs/link-text.ts';
import type { SketchProcess } from '../../src/sketch/process.ts';
import { must, type Yard } from './yard.ts';

/** Every kind of step, in directories that come, go and move. */
export const everyKind = (fs: SketchProcess): void => {
  const { cwd } = fs;
  must(fs.link(cwd, '/a/file', cwd, '/a/again'));
  must(fs.symlink(linkText('../a/file'), cwd, '/b/new'));
  must(fs.mkdir(cwd, '/made', 0o750));
  must(fs.symlink(linkText('inner'), cwd, '/made/link'));
  must(fs.link(cwd, '/made/link', cwd, '/made/link2'));
  must(fs.rename(cwd, '/b', cwd, '/made/b'));
  must(fs.unlink(cwd, '/made/b/gone'));
  must(fs.rename(cwd, '/a/one', cwd, '/made/b/two'));
  must(fs.rename(cwd, '/a', cwd, '/made/b', 'exchange'));
  must(fs.chmod(cwd, '/made/b/file', 0o600));
  must(fs.rmdir(cwd, '/made/b/empty'));
  must(fs.rename(cwd, '/made', cwd, '/renamed'));
  must(fs.unlink(cwd, '/renamed/link'));
  must(fs.rename(cwd, '/lone', cwd, '/over'));
  must(fs.takeAway(cwd, '/c'));
  must(fs.moveByCopy(cwd, '/d', cwd, '/renamed/copied'));
  must(fs.retextInCopy(cwd, '/renamed/copied', 'in/up', linkText('../../../lone')));
  must(fs.moveByCopy(cwd, '/single', cwd, '/over/there'));
  must(fs.moveByCopy(cwd, '/pointer', cwd, '/replaced'));
};

export const plant = (yard: Yard): void => {
  yard.write('a/file', 'a/one', 'b/two', 'b/gone', 'c/rest');
  linkSync(yard.at('c/rest'), yard.at('b/rest'));
  yard.write('d/in/x', 'd/y', 'single', 'replaced');
  linkSync(yard.at('d/y'), yard.at('d/in/z'));
  symlinkSync('../../lone', yard.at('d/in/up'));
  symlinkSync('single', yard.at('pointer'));
  symlinkSync('nowhere', yard.at('a/dangling'));
  for (const dir of ['a/empty', 'lone', 'over']) mkdirSync(yard.at(dir));
};
