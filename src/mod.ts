/** The library: the calls of link work as an interface, the running Linux behind it, and what is made of them. */
export { decodeBytes, encodeBytes } from './fs/bytes.ts';
export type { Errno } from './fs/errno.ts';
export { Fault } from './fs/fault.ts';
export type { Entry, Fs, Handle, NodeKind, OpenHow, Owner, Resolve, Times } from './fs/fs.ts';
export { deviceText, type Identity, identityKey, sameFile } from './fs/identity.ts';
export { type LinkText, linkText } from './fs/link-text.ts';
export type { Probe } from './fs/probe.ts';
export type { Kind, Stat } from './fs/stat.ts';
export { type Made, make, type NotMade, type Wish } from './jobs/make/make.ts';
export { kernel } from './kernel/kernel.ts';
export { type Mount, readMounts, readVolumes, type Volume } from './kernel/mounts.ts';
export { kernelProbe } from './kernel/probe.ts';
export { type Ledger, openLedger, type Unfit, type Who } from './plan/ledger.ts';
export { apply, type Outcome, type Plan, type PlanRoot } from './plan/plan.ts';
export { type Refusal, refusalSentence } from './plan/refusal.ts';
export { toShell } from './plan/to-shell.ts';
export { findUndo, type NotUndoable, performUndo, rehearseUndo, type Undo } from './plan/undo.ts';
export { Atlas, type LinkId, type Spot, type Steps } from './scan/atlas.ts';
export type { Blind, Census, Counts, Level, Link, MultiNamed, Root } from './scan/census.ts';
export { settle } from './scan/settle.ts';
export { isAbsolute, type LinkTally, type NameTally, tallyLinks, tallyNames } from './scan/tally.ts';
export { type ReadAhead, Walk, type WalkOptions } from './scan/walk.ts';
export type { BaseOptions, MountFacts } from './sketch/base.ts';
export type { SketchOptions, VolumeOptions } from './sketch/machine.ts';
export type { Credentials } from './sketch/permission.ts';
export type { SketchProcess } from './sketch/process.ts';
export { Sketch } from './sketch/sketch.ts';
export type { FileRef, Made as MadeByStep, Spot as StepSpot, Step, Witness } from './sketch/step.ts';
export {
  type Crossing,
  type End,
  type Failure,
  type Found,
  type Health,
  type Hop,
  health,
  maxLinks,
  type Route,
} from './trace/route.ts';
export { absoluteText, type Standpoint, shortestText } from './trace/shortest-text.ts';
export { type Place, type TraceOptions, trace } from './trace/trace.ts';
