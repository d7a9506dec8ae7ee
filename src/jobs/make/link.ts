import { Fault } from '../../fs/fault.ts';
import { quote } from '../../gnu/quote.ts';
import { plainOperands } from './plain-operands.ts';
import type { Program } from './process.ts';
import type { Manual } from './usage.ts';

export const manual: Manual = {
  summary: 'Give a file one more name: link(2) and nothing else.',
  usage: ['FILE NAME'],
  options: [
    ['    --help', 'print this and end'],
    ['    --version', 'print the version and end'],
  ],
  details: [
    'NAME must be free. A FILE that is a symbolic link is linked itself.',
    'The exit code is 1 if the call was refused, otherwise 0.',
  ],
};

/** link(1) of GNU coreutils. */
export const link: Program = (process, args) => {
  const operands = plainOperands(process, args, manual, 2);
  if (typeof operands === 'number') return operands;
  const [file, name] = operands as readonly [string, string];
  const { fs } = process;
  // An empty path would mean the working directory itself.
  const fault = file === '' ? new Fault('linkat', 'ENOENT', file) : fs.link(fs.cwd, file, fs.cwd, name);
  if (!fault) return 0;
  const shown = [name, file].map((path) => quote(path, process.utf8)).join(' to ');
  process.err(`${process.name}: cannot create link ${shown}: ${fault.reason}\n`);
  return 1;
};
