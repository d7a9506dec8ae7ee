import { quote } from '../../gnu/quote.ts';
import { plainOperands } from './plain-operands.ts';
import type { Program } from './process.ts';
import type { Manual } from './usage.ts';

export const manual: Manual = {
  summary: 'Remove one name: unlink(2) and nothing else.',
  usage: ['NAME'],
  options: [
    ['    --help', 'print this and end'],
    ['    --version', 'print the version and end'],
  ],
  details: [
    'The file itself goes when its last name is gone and nobody has it open. A directory is refused.',
    'The exit code is 1 if the call was refused, otherwise 0.',
  ],
};

/** unlink(1) of GNU coreutils. */
export const unlink: Program = (process, args) => {
  const operands = plainOperands(process, args, manual, 1);
  if (typeof operands === 'number') return operands;
  const [name] = operands as readonly [string];
  const { fs } = process;
  const fault = fs.unlink(fs.cwd, name);
  if (!fault) return 0;
  process.err(`${process.name}: cannot unlink ${quote(name, process.utf8)}: ${fault.reason}\n`);
  return 1;
};
