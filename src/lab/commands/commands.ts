import type { LabCommand } from '../session.ts';
import { cp, install, mv } from './cp-mv.ts';
import { mkdir, mktemp, rmdir, touch, truncate } from './directories.ts';
import { edit } from './edit.ts';
import { find } from './find.ts';
import { grep, sed } from './grep-sed.ts';
import { lw, verbCommands } from './linkwright.ts';
import { ls } from './ls.ts';
import { manuals, manualText } from './manual.ts';
import { findmnt, mount, umount } from './mounts.ts';
import { chmod, chown } from './owners.ts';
import { products } from './product.ts';
import { rm } from './rm.ts';
import {
  basename,
  date,
  dirname,
  env,
  file,
  id,
  mkfifo,
  printenv,
  seq,
  sleep,
  sync,
  tree,
  whoami,
  xargs,
} from './small.ts';
import { df, du, namei, statCommand } from './stat.ts';
import { tail } from './tail.ts';
import { cat, cmp, diff, head, sort, tee, uniq, wc } from './text.ts';

/** help and man: what there is, or what one command does. */
function manual(...[io, [name]]: Parameters<LabCommand>): number {
  if (name === undefined) {
    io.out(
      `${Object.keys(manuals).join(' ')}\nln link unlink readlink realpath   why map names make can undo\nman NAME tells more of one.\n`,
    );
    return 0;
  }
  if (Object.hasOwn(manuals, name)) io.out(manualText(name));
  else if (Object.hasOwn(products, name) || Object.hasOwn(verbCommands, name)) return io.run([name, '--help']);
  else {
    io.err(`No manual entry for ${name}\n`);
    return 16;
  }
  return 0;
}

/** Every program of the lab by its name; what the shell itself does (cd, history, …) is the shell's. */
export const commands: Readonly<Record<string, LabCommand>> = {
  ...products,
  ...{ ls, stat: statCommand, namei, find, du, df, tree, file },
  ...{ mkdir, rmdir, touch, truncate, mktemp, rm, mv, cp, install, mkfifo },
  ...{ chmod, chown, chgrp: chown, mount, umount, findmnt },
  ...{ cat, head, tail, wc, sort, uniq, grep, sed, tee, cmp, diff, xargs, basename, dirname, seq },
  ...{ date, id, whoami, sleep, sync, env, printenv },
  ...{ edit, nano: edit, vi: edit, vim: edit },
  ...{ ...verbCommands, lw, linkwright: lw, help: manual, man: manual },
};
