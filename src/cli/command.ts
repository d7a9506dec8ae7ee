import type { Fs } from '../fs/fs.ts';
import type { Probe } from '../fs/probe.ts';
import type { Mount } from '../kernel/mounts.ts';
import type { Place } from '../trace/trace.ts';

/** What a command works on: the running kernel, or a sketch of one. */
export interface World {
  readonly fs: Fs;
  /** A new probe of the same world, for a walk. */
  readonly probe: () => Probe;
  /** The working directory. */
  readonly from: Place;
  /** `/`, or what --root names. */
  readonly root: Place;
  /** Physical paths of mount points listed in fstab(5) whose volume is not mounted now. */
  readonly absentVolumes: readonly string[];
  /** The type of the file system on a device, as mountinfo names it; undefined where it is not mounted here. */
  readonly fileSystemType: (dev: number) => string | undefined;
  /** What is mounted now; points are paths from `root`, and mounts that cannot be seen from there are left out. */
  readonly mounts: () => readonly Mount[];
  /** Says where a long job stands. Cheap to call often; shown only on a terminal. */
  readonly progress: (state: () => string) => void;
  /** True once the user pressed Ctrl-C. Long jobs look at it between steps and stop. */
  readonly interrupted: () => boolean;
  /** Lets signals arrive: between the steps of a long job. Undefined where there are none: in a sketch. */
  readonly pause?: () => Promise<void>;
}

/** One option of a command, as node:util's parseArgs takes it, with its line of help. */
export interface Option {
  readonly type: 'boolean' | 'string';
  readonly short?: string;
  readonly multiple?: true;
  /** The value may be left out; given, it stands in the same word: `--backup=t`. */
  readonly optional?: true;
  /** What stands for the value in the help: DIR, PATTERN … */
  readonly value?: string;
  readonly help: string;
  /** Accepted values, where there are few: anything else is a usage error. */
  readonly oneOf?: readonly string[];
}
export type Options = Readonly<Record<string, Option>>;

/** What the user wrote. Operands and values are names: bytes, as src/fs/bytes.ts holds them. */
export interface Request {
  /** The command and its arguments, word for word. */
  readonly words: readonly string[];
  readonly operands: readonly string[];
  flag(name: string): boolean;
  value(name: string): string | undefined;
  values(name: string): readonly string[];
  /** Which of several options that overrule each other came last. */
  last(...names: readonly string[]): string | undefined;
}

/** How text for people is drawn. */
export interface Look {
  /** Columns of the terminal; undefined where lines may be as long as they like. */
  readonly width: number | undefined;
  /** A name, path or link text with nothing in it that a terminal would act on. */
  readonly show: (name: string) => string;
  /** Marks text for the eye; plain text without colour. */
  readonly paint: (style: Style, text: string) => string;
}
export type Style = 'good' | 'bad' | 'doubt' | 'link' | 'dir' | 'dim' | 'bold';

/** A command: what it takes, what it finds, how it looks. `run` prints nothing, so --json and the page reuse it. */
export interface Command<Report> {
  readonly name: string;
  /** One line for `lw help`. */
  readonly summary: string;
  /** Operands as the usage line shows them: `DIR…`. */
  readonly operands: string;
  readonly options: Options;
  /** Paragraphs for --help and the manual page, after the options. */
  readonly details: string;
  readonly examples: readonly (readonly [command: string, meaning: string])[];
  run(world: World, request: Request): Report | Promise<Report>;
  /** Another form that the request asks for, in pieces that are written as they are. */
  written?(report: Report, request: Request): Iterable<string> | undefined;
  /** Lines for people. */
  render(report: Report, look: Look, request: Request): Iterable<string>;
  /** The answer for programs; its shape is schemas/<name>.json. Arrays may be generators. */
  json(report: Report, request: Request): Record<string, unknown>;
  /** With --null: the paths that the answer consists of, each byte-exact. */
  paths(report: Report, request: Request): Iterable<string>;
  /** 0 done or clean, 1 findings or a failed operand, 3 incomplete, 4 the world changed (docs/ARCHITECTURE.md). */
  exitCode(report: Report): 0 | 1 | 3 | 4;
  /** Sentences for standard error: operands that failed, places that could not be looked at. */
  problems(report: Report): Iterable<string>;
}
