/** Answers the tests of pjdfstest from sketches, one for each test, over a socket. */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { decodeBytes } from '../../src/fs/bytes.ts';
import { Fault } from '../../src/fs/fault.ts';
import type { Fs } from '../../src/fs/fs.ts';
import { linkText } from '../../src/fs/link-text.ts';
import { Sketch } from '../../src/sketch/sketch.ts';
import { type Answer, answer } from './calls.ts';

/** Where a test begins, in its sketch. */
export const start = '/test';

/** One test: its sketch, its clock that only `sleep` moves, and where its shell writes by itself. */
class World {
  readonly #sketch: Sketch;
  readonly #written: string;
  #now = 1_700_000_000_000_000_000n;

  constructor(written: string) {
    this.#written = written;
    this.#sketch = new Sketch({ now: () => this.#now });
    const fs = this.#sketch.process();
    fs.mkdir(fs.cwd, start, 0o755);
  }

  ask(here: string, args: readonly string[]): Answer {
    this.#bringOver(here);
    const [verb = '', ...rest] = args;
    if (!verb.startsWith('@')) return answer(this.#sketch, here, args);
    if (verb === '@sleep') {
      this.#now += BigInt(rest[0] ?? 0) * 1_000_000_000n;
      return fine;
    }
    const fs = this.#sketch.process();
    const fault = fs.chdir(here) ?? command(fs, verb, rest);
    return fault ? { status: 1, lines: [`${fault.call}: ${fault.reason}`] } : fine;
  }

  /** What `echo text > name` has written: the shell alone sees its own redirections. */
  #bringOver(here: string): void {
    for (const name of readdirSync(this.#written)) {
      const path = join(this.#written, name);
      const fs = this.#sketch.process();
      fs.chdir(here);
      write(fs, name, readFileSync(path));
      rmSync(path);
    }
  }
}

const fine: Answer = { status: 0, lines: [] };

/** The programs that the tests call, with the options that they use. */
const command = (fs: Fs, verb: string, args: readonly string[]): Fault | undefined => {
  const [a = '', b = '', c = ''] = args;
  if (verb === '@mkdir' && a === '-p') return makeAll(fs, b);
  if (verb === '@rm' && a === '-rf') return removeAll(fs, b);
  if (verb === '@ln' && a === '-s') return fs.symlink(linkText(b), fs.cwd, c);
  if (verb === '@dd') {
    const given = Object.fromEntries(args.map((arg) => arg.split('=')));
    return write(fs, given.of, new Uint8Array(Number(given.bs) * Number(given.count)).fill(1));
  }
  throw new Error(`no ${verb} ${args.join(' ')} here`);
};

const makeAll = (fs: Fs, path: string): Fault | undefined => {
  for (let slash = path.indexOf('/', 1); slash >= 0; slash = path.indexOf('/', slash + 1)) {
    const fault = fs.mkdir(fs.cwd, path.slice(0, slash), 0o777);
    if (fault && fault.errno !== 'EEXIST') return fault;
  }
  return fs.mkdir(fs.cwd, path, 0o777);
};

const removeAll = (fs: Fs, path: string): Fault | undefined => {
  const stat = fs.stat(fs.cwd, path);
  if (stat instanceof Fault) return stat.errno === 'ENOENT' ? undefined : stat;
  if (stat.kind !== 'dir') return fs.unlink(fs.cwd, path);
  const dir = fs.open(fs.cwd, path, { access: 'read', directory: true });
  if (dir instanceof Fault) return dir;
  using held = dir;
  const entries = fs.entries(held);
  if (entries instanceof Fault) return entries;
  for (const { name } of entries) {
    const fault = removeAll(fs, `${path}/${name}`);
    if (fault) return fault;
  }
  return fs.rmdir(fs.cwd, path);
};

const write = (fs: Fs, path: string, bytes: Uint8Array): Fault | undefined => {
  const file = fs.open(fs.cwd, path, { access: 'write', create: 'if-missing', truncate: true, mode: 0o666 });
  if (file instanceof Fault) return file;
  using held = file;
  const written = fs.write(held, bytes, 0);
  return written instanceof Fault ? written : undefined;
};

/** Listens on a socket. Each request is the run, the working directory and the words, each ended by a NUL. */
export const serve = (socket: string, writtenBy: (run: string) => string): Server => {
  const worlds = new Map<string, World>();
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const pieces: Buffer[] = [];
    client.on('data', (piece) => pieces.push(piece));
    client.on('error', () => client.destroy());
    client.on('end', () => {
      const [run = '', here = '', ...args] = decodeBytes(Buffer.concat(pieces)).split('\0').slice(0, -1);
      const world = worlds.get(run) ?? new World(writtenBy(run));
      worlds.set(run, world);
      client.end(say(world, here, args));
    });
  });
  return server.listen(socket);
};

const say = (world: World, here: string, args: readonly string[]): string => {
  try {
    const { status, lines } = world.ask(here, args);
    return [status, ...lines.map((line) => `${line}\n`)].join('');
  } catch (error) {
    return `1the stand-in failed: ${error}\n`;
  }
};
