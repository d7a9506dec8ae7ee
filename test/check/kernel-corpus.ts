/** The corpus on the real kernel: each tree drawn below a directory that is `/` for its links. */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import type { Finding } from '../../src/jobs/check/finding.ts';
import { kernel } from '../../src/kernel/kernel.ts';
import { kernelProbe } from '../../src/kernel/probe.ts';
import { build, drawing } from '../../src/lab/drawing.ts';
import { asUser, openPlace } from '../scratch.ts';
import { corpus } from './corpus.ts';
import { findings, own, walked } from './scene.ts';

/** What is found in each tree of the corpus, by its number; those that need more rights than we have are left out. */
export const kernelFindings = (dir: string, rights: 'root' | 'none'): Readonly<Record<number, readonly Finding[]>> => {
  process.umask(0);
  const probe = kernelProbe();
  const answers: Record<number, readonly Finding[]> = {};
  for (const [i, { tree, options }] of corpus.entries()) {
    if (rights === 'none' && (options?.uid !== undefined || / mount /.test(tree))) continue;
    const path = `${dir}/${i}`;
    mkdirSync(path, 0o755);
    using keeps = new DisposableStack();
    using place = openPlace(path);
    build(kernel, place.handle, drawing(tree), { place: path, mount });
    const look = (): readonly Finding[] =>
      findings(walked(kernel, probe, { handle: place.handle, path: '/' }, { ...options, keeps }), ...own);
    answers[i] = options?.uid === undefined ? look() : asUser(options.uid, look);
  }
  return answers;
};

const mount = (path: string, what: { readonly kind: string }): void => {
  if (what.kind !== 'volume' || spawnSync('mount', ['-t', 'tmpfs', 'lw-corpus', path]).status !== 0)
    throw new Error(`cannot mount on ${path}`);
};
