/** The numbers of both processors against the kernel's own headers; those of arm64 are the generic ones. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { abiOf } from '../src/kernel/abi.ts';

const headers = {
  x64: '/usr/include/x86_64-linux-gnu/asm/unistd_64.h',
  arm64: '/usr/include/asm-generic/unistd.h',
} as const;

/** From scripts/syscall.tbl of Linux 6.18. */
const newer: Readonly<Record<string, number>> = { openat2: 437, faccessat2: 439, fchmodat2: 452 };

/** `#define __NR_openat 56`, or in the generic header `#define __NR3264_fcntl 25` for calls that 32-bit machines have another form of. */
const numbersIn = (header: string): ReadonlyMap<string, number> =>
  new Map(
    Array.from(header.matchAll(/^#define __NR(?:3264)?_(\w+) (\d+)$/gm), ([, name, number]) => [
      name as string,
      Number(number),
    ]),
  );

for (const [processor, path] of Object.entries(headers))
  test(`system calls of ${processor} have the numbers of the kernel's header`, (t) => {
    if (!existsSync(path)) {
      process.stderr.write(`NOT RUN: ${t.name}: there is no ${path} (package linux-libc-dev)\n`);
      return t.skip('no kernel headers');
    }
    const header = numbersIn(readFileSync(path, 'utf8'));
    for (const [name, number] of Object.entries(abiOf(processor).call)) {
      // Calls since 424 have one number everywhere, and headers may be older than they are.
      if (number >= 424 && !header.has(name)) assert.equal(number, newer[name], name);
      else assert.equal(number, header.get(name), name);
    }
  });

test('open flags that differ between processors, by arch/arm64/include/uapi/asm/fcntl.h and asm-generic/fcntl.h', () => {
  assert.deepEqual([abiOf('x64').O_DIRECTORY, abiOf('x64').O_NOFOLLOW], [0x10000, 0x20000]);
  assert.deepEqual([abiOf('arm64').O_DIRECTORY, abiOf('arm64').O_NOFOLLOW], [0x4000, 0x8000]);
});

test('another processor is refused in one sentence', () => {
  assert.throws(() => abiOf('ia32'), /x86-64 and arm64 processors; this is ia32/);
});
