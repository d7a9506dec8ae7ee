/** Reads a name as fast as it can until STOP is there, and tells how often, and what refused it: `node reader.ts PATH STOP`. */
import { existsSync } from 'node:fs';
import { Fault } from '../../src/fs/fault.ts';
import { kernel } from '../../src/kernel/kernel.ts';

const [, , path = '', stop = ''] = process.argv;
const faults: Record<string, number> = {};
let reads = 0;

const count = (answer: unknown): void => {
  reads++;
  if (answer instanceof Fault) faults[answer.errno] = (faults[answer.errno] ?? 0) + 1;
};

process.stdout.write('ready\n');
while (!existsSync(stop))
  for (let i = 0; i < 500; i++) {
    const opened = kernel.open(kernel.cwd, path, { access: 'read' });
    count(opened);
    if (!(opened instanceof Fault)) opened[Symbol.dispose]();
    count(kernel.stat(kernel.cwd, path));
    const text = kernel.readlink(kernel.cwd, path);
    // EINVAL: it is a file just now.
    count(text instanceof Fault && text.errno === 'EINVAL' ? undefined : text);
  }
process.stdout.write(`${JSON.stringify({ reads, faults })}\n`);
