import { readlinkSync } from 'node:fs';
import { decodeBytes } from '../../fs/bytes.ts';
import { findHolders } from '../holders.ts';
import { openState } from '../open-state.ts';
import { say } from '../output.ts';
import { thisTerminal } from '../terminal.ts';
import { rehearsal } from '../this-rehearsal.ts';
import { type Machine, rmCommand } from '../verbs/rm.ts';
import { walkAids } from '../walk-aids.ts';

const machine: Machine = {
  get ask() {
    if (!thisTerminal.isTerminal) return undefined;
    return (question: string, before: Iterable<string> = []) => {
      for (const line of before) say(`${line}\n`);
      return thisTerminal.ask(question);
    };
  },
  holders: findHolders,
  pathOf: ({ root }) => decodeBytes(readlinkSync(`/proc/self/fd/${root.handle.fd}`, 'buffer')),
};

export const command = rmCommand(rehearsal, openState, machine, walkAids);
