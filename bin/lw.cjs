#!/usr/bin/env node
// The way in: decides what to run and loads as little as possible. An empty Node takes 25 ms to
// start; the version is told without loading anything more.
'use strict';

const { readFileSync, readdirSync, statSync, writeSync } = require('node:fs');
const { basename, dirname, join } = require('node:path');

const home = dirname(__dirname);
const oldestNode = 24;
const F_SETFD = 2;

/** Programs of GNU coreutils that Linkwright is too: by the name it is called, or as its first word. */
const programs = ['ln', 'link', 'unlink', 'readlink', 'realpath'];

const start = () => {
  const [, script, first] = process.argv;
  const called = basename(script);
  const program = programs.includes(called) ? called : programs.includes(first) ? first : undefined;
  if (process.argv.length === 3 && first === '--version' && program === undefined) {
    try {
      writeSync(1, `${JSON.parse(readFileSync(`${home}/package.json`, 'utf8')).version}\n`);
      return;
    } catch {
      // main says what is wrong with the output.
    }
  }
  if (Number.parseInt(process.versions.node, 10) < oldestNode) runOnPinnedNode();
  else if (program !== undefined) runProgram(program, process.argv.length - (program === called ? 2 : 3));
  else if (isBuilt()) compiled(built).main();
  else import(`${home}/src/cli/main.ts`).then((entry) => entry.main());
};

/** One of GNU's: the last `count` words are for it. */
const runProgram = (name, count) => {
  if (isBuilt()) compiled(`${home}/dist/gnu.cjs`).run(name, count, home);
  else import(`${home}/src/cli/gnu.ts`).then((entry) => entry.run(name, count, home));
};

/** require() of a file that is one function, with what V8 made of it before: 5 ms less for GNU's, 20 ms for main. */
const compiled = (path) => {
  const { Script } = require('node:vm');
  let cachedData;
  try {
    cachedData = readFileSync(`${path}.cache`);
  } catch {
    // Then it is compiled once more.
  }
  const module = { exports: {} };
  const requireThere = (name) => require(name.startsWith('.') ? join(dirname(path), name) : name);
  const script = new Script(readFileSync(path, 'latin1'), { filename: path, cachedData });
  script.runInThisContext()(module.exports, requireThere, module, path, dirname(path));
  return module.exports;
};

const built = `${home}/dist/main.cjs`;

/** Whether there is a build; in a checkout it must be newer than all of the sources. */
const isBuilt = () => {
  const builtAt = changedAt(built);
  return builtAt !== undefined && (changedAt(`${home}/src`) === undefined || newest(`${home}/src`) < builtAt);
};

const changedAt = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs;

/** When anything below last changed; a removed file shows in its directory's time. */
const newest = (path) => {
  let latest = changedAt(path);
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const below = `${path}/${entry.name}`;
    latest = Math.max(latest, entry.isDirectory() ? newest(below) : changedAt(below));
  }
  return latest;
};

/**
 * Becomes the Node that was installed with the project. execve(2) by FFI, because arguments are
 * bytes and both child_process and process.execve take strings; and because a process that has
 * become another needs no forwarding of signals, terminals or exit codes.
 */
const runOnPinnedNode = () => {
  let node;
  try {
    node = `${dirname(require.resolve('node/package.json'))}/bin/node`;
    const latin1 = (path) => Buffer.from(path).toString('latin1');
    const nulEnded = (file) => readFileSync(file).toString('latin1').split('\0').slice(0, -1);
    const args = nulEnded('/proc/self/cmdline');
    // With the script's name as it was called: it may say which program is meant.
    const words = args.slice(args.length - (process.argv.length - 1));
    execve(latin1(node), [latin1(node), ...words], nulEnded('/proc/self/environ'));
  } catch {
    // Said below: whatever is missing, the remedy is the same.
  }
  const own = changedAt(`${home}/src`) ? `npm install in ${home}` : `npm install node@${oldestNode} beside Linkwright`;
  process.stderr.write(
    `lw: Linkwright needs Node.js ${oldestNode} or newer; this is ${process.versions.node}\n` +
      `    try: install Node.js ${oldestNode}, or run ${own}: it need not be the machine's\n`,
  );
  process.exitCode = 2;
};

/** Returns only where the call failed. Strings are bytes as Latin-1. */
const execve = (file, args, environment) => {
  const ffi = { exports: {} };
  const addon = (libc) => require.resolve(`@koromix/koffi-linux-${process.arch}/${libc}_${process.arch}/koffi.node`);
  try {
    process.dlopen(ffi, addon('linux'));
  } catch {
    process.dlopen(ffi, addon('musl'));
  }
  const { load, address } = ffi.exports;
  const held = [];
  const hold = (bytes) => {
    const memory = new ArrayBuffer(bytes.length);
    new Uint8Array(memory).set(bytes);
    held.push(memory);
    return address(memory);
  };
  const text = (latin1) => hold(Buffer.from(`${latin1}\0`, 'latin1'));
  const list = (texts) => hold(new Uint8Array(BigUint64Array.from([...texts.map(text), 0n]).buffer));
  const libc = load(null);
  // Node marks the standard descriptors close-on-exec.
  const fcntl = libc.func('fcntl', 'int', ['int', 'int', 'int']);
  for (const fd of [0, 1, 2]) fcntl(fd, F_SETFD, 0);
  libc.func('execve', 'int', ['int64_t', 'int64_t', 'int64_t'])(text(file), list(args), list(environment));
};

start();
