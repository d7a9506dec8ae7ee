/** A tree to be changed by plans, the state directory beside it, and what both hold. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { Fault } from '../../src/fs/fault.ts';
import type { Fs, Handle } from '../../src/fs/fs.ts';
import { dirname, join } from '../../src/fs/path.ts';
import { kernel } from '../../src/kernel/kernel.ts';
import { type Ledger, openLedger, type Who } from '../../src/plan/ledger.ts';
import type { Outcome, PlanRoot } from '../../src/plan/plan.ts';
import { apply } from '../../src/plan/plan.ts';
import { refusalSentence } from '../../src/plan/refusal.ts';
import { findUndo, performUndo } from '../../src/plan/undo.ts';
import type { SketchProcess } from '../../src/sketch/process.ts';
import { Sketch } from '../../src/sketch/sketch.ts';
import type { Step } from '../../src/sketch/step.ts';
import { Scratch } from '../scratch.ts';

/** Tells of one process at a time: those before are gone. */
export const newWho = (): Who => {
  const process = `test-${Math.random()}`;
  return {
    uid: globalThis.process.geteuid?.() ?? 0,
    now: Date.now,
    random: (length) => Array.from({ length }, () => Math.floor(Math.random() * 36).toString(36)).join(''),
    process,
    isAlive: (other) => other === process,
  };
};

export class Yard implements Disposable {
  readonly scratch: Scratch;
  readonly root: PlanRoot;
  readonly ledger: Ledger;

  /** In memory where that can be: nobody waits for a disk. */
  constructor(parent: string | undefined = existsSync('/dev/shm') ? '/dev/shm' : undefined) {
    this.scratch = new Scratch(parent);
    mkdirSync(this.scratch.at('tree'));
    const opened = kernel.open(kernel.cwd, this.scratch.at('tree'), { access: 'path', directory: true });
    if (opened instanceof Fault) throw new Error(opened.reason);
    this.root = { handle: opened, path: '/' };
    this.ledger = this.openLedger();
  }

  openLedger(fs: Fs = kernel, who: Who = newWho()): Ledger {
    const ledger = openLedger(fs, fs.cwd, this.scratch.at('state'), who);
    if (!('fs' in ledger)) throw new Error(`the state directory: ${ledger.directory} ${String(ledger.why)}`);
    return ledger;
  }

  at(path: string): string {
    return this.scratch.at('tree', path);
  }

  /** Files with their own name as content. */
  write(...paths: readonly string[]): void {
    for (const path of paths) {
      mkdirSync(dirname(this.at(path)), { recursive: true });
      writeFileSync(this.at(path), path);
    }
  }

  /** The steps that this work is. */
  steps(work: (fs: SketchProcess) => void): readonly Step[] {
    const sketch = new Sketch({ base: { fs: kernel, root: this.root.handle } });
    work(sketch.process());
    return sketch.steps;
  }

  apply(steps: readonly Step[], atRefusal?: 'reverse' | 'keep'): Outcome {
    return apply(this.ledger, { root: this.root, steps, words: ['test'] }, atRefusal);
  }

  undo(id?: string): Outcome {
    const found = findUndo(this.ledger, id, ['undo']);
    if (found instanceof Fault) throw new Error(found.reason);
    if ('cannot' in found) throw new Error(`cannot undo: ${found.cannot}`);
    return performUndo(this.ledger, this.root, found);
  }

  tree(): readonly string[] {
    return drawn(kernel, this.root.handle);
  }

  /** What is kept in the state directory. */
  kept(): readonly string[] {
    return drawn(kernel, this.ledger.aside);
  }

  [Symbol.dispose](): void {
    this.ledger[Symbol.dispose]();
    this.root.handle[Symbol.dispose]();
    // A user's own tree may hold directories that are closed to that user.
    asOurselves(() => this.scratch[Symbol.dispose]());
  }
}

/** Works with the rights that this process began with, also where it acts for another user now. */
export const asOurselves = <T>(work: () => T): T => {
  const user = process.geteuid?.() ?? 0;
  process.seteuid?.(process.getuid?.() ?? 0);
  try {
    return work();
  } finally {
    process.seteuid?.(user);
  }
};

/** Every name below a directory with its inode, kind, mode, count of names and text. */
export const drawn = (fs: Fs, top: Handle): readonly string[] => {
  const lines: string[] = [];
  const visit = (dir: Handle, path: string): void => {
    const opened = fs.open(dir, '.', { access: 'read', directory: true });
    if (opened instanceof Fault) throw new Error(`${path}: ${opened.reason}`);
    using read = opened;
    const entries = fs.entries(read);
    if (entries instanceof Fault) throw new Error(`${path}: ${entries.reason}`);
    for (const name of entries.map(({ name }) => name).toSorted()) {
      const stat = must(fs.stat(dir, name));
      const text = stat.kind === 'symlink' ? ` -> ${must(fs.readlink(dir, name))}` : '';
      lines.push(`${join(path, name)}${text} ${stat.kind} #${stat.ino} ${stat.mode.toString(8)} ${stat.nlink}`);
      if (stat.kind !== 'dir') continue;
      using below = must(fs.open(dir, name, { access: 'path', directory: true, nofollow: true }));
      visit(below, join(path, name));
    }
  };
  visit(top, '/');
  return lines;
};

export const must = <T>(value: T | Fault): T => {
  if (value instanceof Fault) throw new Error(`${value.call} ${value.path}: ${value.reason}`);
  return value;
};

/** The sentence of what stopped it. */
export const whyStopped = (outcome: Outcome): string => {
  assert.notEqual(outcome.ended, 'done');
  return outcome.ended === 'done' ? '' : refusalSentence(outcome.refusal, (name) => name);
};
