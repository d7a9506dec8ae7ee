/** Every call of ln is refused in turn, once or from then on: the name is there, and what is left beside is told. */
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { test } from 'node:test';
import type { Errno } from '../../src/fs/errno.ts';
import { Fault } from '../../src/fs/fault.ts';
import type { Fs } from '../../src/fs/fs.ts';
import { ln } from '../../src/jobs/make/ln.ts';
import { kernel } from '../../src/kernel/kernel.ts';
import { contentOf } from '../attacks/canary.ts';
import { runHere } from '../ln/trial.ts';
import { Scratch } from '../scratch.ts';
import { forms, harm, plantFor, temporariesIn } from './forms.ts';

const errnos: readonly Errno[] = [
  'ENOSPC',
  'EACCES',
  'EIO',
  'EINVAL',
  'EPERM',
  'EROFS',
  'ENOENT',
  'EEXIST',
  'ENOSYS',
  'EMFILE',
];

/** Refuses the call `at` (from 1), and with `on` all later ones that are alike. */
const refusing = (fs: Fs, at: number, errno: Errno, on: boolean, met: (call: string) => void): Fs => {
  let number = 0;
  let refused: string | undefined;
  return new Proxy(fs, {
    get(target, name: string) {
      const member = target[name as keyof Fs];
      if (typeof member !== 'function') return member;
      return (...args: readonly unknown[]) => {
        number++;
        const kind = name + (name === 'rename' ? String(args[4] ?? '') : '');
        if (number === at || (on && kind === refused)) {
          refused = kind;
          met(kind);
          return new Fault(name, errno, String(args[1]));
        }
        return Reflect.apply(member, target, args);
      };
    },
  });
};

for (const on of [false, true])
  test(`each call refused ${on ? 'from then on' : 'once'}`, (t) => {
    using scratch = new Scratch('/dev/shm');
    const before = process.cwd();
    const wrong: string[] = [];
    let trials = 0;
    // Where every name is taken, a numbered backup never ends; that can be no file system.
    for (const form of forms.filter(({ args }) => !args.includes('--fsync') || !on))
      for (const errno of errnos.filter((errno) => !on || errno !== 'EEXIST'))
        for (let at = 1, reached = true; reached; at++) {
          reached = false;
          let call = '';
          process.chdir('/');
          rmSync(scratch.at('here'), { recursive: true, force: true });
          kernel.mkdir(kernel.cwd, scratch.at('here'), 0o755);
          process.chdir(scratch.at('here'));
          plantFor('.', form);
          const fs = refusing(kernel, at, errno, on, (kind) => {
            reached = true;
            call = kind;
          });
          const { code, err } = runHere('ln', ln, { args: form.args, ...(form.input && { input: form.input }) }, fs);
          trials++;
          const found = [...harm('.', form)];
          const temps = temporariesIn('.').filter((name) => !err.includes(name));
          // Who may not unlink cannot clear up; nothing else excuses what is left.
          if (call !== 'unlink') found.push(...temps.map((name) => `left ${name}: ${contentOf(name)}`));
          if (code === 0 && contentOf('name') !== form.made)
            found.push(`ended well, but the name is ${contentOf('name')}`);
          if (code !== 0 && !/^ln: ./.test(err)) found.push('failed without a word');
          wrong.push(
            ...found.map(
              (what) => `${form.args.join(' ')}, ${call} (call ${at}) ${errno}: ${what} (${code} ${err.trim()})`,
            ),
          );
        }
    process.chdir(before);
    t.diagnostic(`${trials} trials`);
    assert.deepEqual(wrong.slice(0, 20), [], `${wrong.length} wrong`);
  });
