import { readlinkSync } from 'node:fs';
import { decodeBytes } from '../../fs/bytes.ts';
import { askTerminal } from '../ask.ts';
import { findHolders } from '../holders.ts';
import { openState } from '../open-state.ts';
import { rehearsal } from '../this-rehearsal.ts';
import { rmCommand } from '../verbs/rm.ts';
import { walkAids } from '../walk-aids.ts';

const machine = {
  ask: askTerminal(),
  holders: findHolders,
  pathOf: ({ root }: { readonly root: { readonly handle: { readonly fd: number } } }): string =>
    decodeBytes(readlinkSync(`/proc/self/fd/${root.handle.fd}`, 'buffer')),
};

export const command = rmCommand(rehearsal, openState, machine, walkAids);
