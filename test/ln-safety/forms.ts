/** Ways to call ln, and the little tree that they are called in. */
import { linkSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isTemporaryName } from '../../src/fs/temporary-name.ts';
import { contentOf } from '../attacks/canary.ts';

export interface Form {
  readonly args: readonly string[];
  readonly input?: string;
  /** What the name holds before, and afterwards. */
  readonly old: 'nothing' | 'old' | '-> dir';
  readonly made: 'source' | '-> text';
  /** The old one must stay somewhere. */
  readonly keeps: boolean;
}

const form = (old: Form['old'], line: string, input?: string): Form => {
  const args = line.split(' ');
  const symbolic = /^-\w*s/.test(line);
  return {
    args: [...args, ...(input === undefined ? [symbolic ? 'text' : 'src', 'name'] : [])],
    ...(input !== undefined && { input }),
    old,
    made: symbolic ? '-> text' : 'source',
    keeps: /b/.test(line),
  };
};

export const forms: readonly Form[] = [
  form('nothing', '-T'),
  form('nothing', '-s'),
  form('nothing', '-s --fsync'),
  form('old', '-f'),
  form('old', '-sf'),
  form('old', '-sf --fsync'),
  form('-> dir', '-sfn'),
  form('-> dir', '-fT'),
  form('-> dir', '-sfbn'),
  form('old', '-fb'),
  form('old', '-sfb'),
  form('-> dir', '-fbT'),
  form('old', '-f --backup=numbered'),
  form('-> dir', '-sn --backup=numbered'),
  form('old', '-sf --from0=-', 'text\0name\0text\0second\0'),
  form('old', '-fb --from0=-', 'src\0name\0src\0second\0'),
];

export const plantFor = (top: string, { old, keeps }: Form): void => {
  writeFileSync(join(top, 'src'), 'source');
  mkdirSync(join(top, 'dir'));
  if (old === 'old') writeFileSync(join(top, 'name'), 'old');
  if (old === '-> dir') symlinkSync('dir', join(top, 'name'));
  // An older backup, and another name of it.
  if (keeps) {
    writeFileSync(join(top, 'name~'), 'older');
    linkSync(join(top, 'name~'), join(top, 'older'));
  }
};

/** What is wrong with the tree, wherever the process was stopped. */
export const harm = (top: string, { old, made, keeps }: Form): readonly string[] => {
  const now = contentOf(join(top, 'name'));
  const wrong: string[] = [];
  if (now !== old && now !== made) wrong.push(`the name is ${now}`);
  const holdings = readdirSync(top).map((name) => contentOf(join(top, name)));
  if (keeps && !holdings.includes(old)) wrong.push('the old one is lost');
  if (!holdings.includes('source')) wrong.push('the source is lost');
  const strange = readdirSync(top).filter(
    (name) => !/^(src|dir|name(~|\.~\d~)?|older|second)$/.test(name) && !isTemporaryName(name),
  );
  return [...wrong, ...strange.map((name) => `left: ${name}`)];
};

export const temporariesIn = (top: string): readonly string[] => readdirSync(top).filter(isTemporaryName);
