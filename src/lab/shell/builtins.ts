import type { Builtin } from './builtin.ts';
import { cd, pwd } from './builtins/cd.ts';
import { echo, printf } from './builtins/echo.ts';
import {
  evaluate,
  exec,
  exit,
  fail,
  leaveLoops,
  nextTurn,
  returnFrom,
  shell,
  source,
  succeed,
  sums,
} from './builtins/flow.ts';
import { history } from './builtins/history.ts';
import { background, foreground, jobs, kill } from './builtins/jobs.ts';
import { namesOf } from './builtins/names.ts';
import { test } from './builtins/test.ts';
import { su, sudo, umask } from './builtins/users.ts';
import { alias, exportVariables, local, read, set, shift, unalias, unset } from './builtins/variables.ts';

const { type, command, which, help } = namesOf(() => Object.keys(builtins).filter((name) => !programs.has(name)));

/** They change the shell, so the shell does them, but elsewhere they are programs. */
const programs = new Set(['bash', 'sh', 'su', 'sudo', 'which']);

/** What the shell does itself. */
export const builtins: Readonly<Record<string, Builtin>> = {
  ...{ ':': succeed, true: succeed, false: fail, '[': test, '.': source, test, source, type, command, which, help },
  ...{ cd, pwd, echo, printf, export: exportVariables, local, unset, set, shift, read, alias, unalias },
  ...{ break: leaveLoops, continue: nextTurn, return: returnFrom, exit, logout: exit, eval: evaluate, let: sums, exec },
  ...{
    jobs,
    kill,
    fg: foreground,
    bg: background,
    wait: succeed,
    clear: succeed,
    reset: succeed,
    history,
    umask,
    su,
    sudo,
    bash: shell,
    sh: shell,
  },
};
