import { Fault } from '../../fs/fault.ts';
import { type Experiment, experiment, Hindrance, saw, sentence } from './comparison.ts';
import { type Ground, needLink, newGround, writeFile } from './ground.ts';
import { runProgram } from './run-program.ts';

const rules = (...more: readonly string[]): string => ['"./log" {', '  rotate 1', ...more, '}', ''].join('\n');
const allowing = '  allowhardlink';

/** logrotate(8): `allowhardlink` is off unless asked for. Run with a configuration and a state of its own. */
export const logRotation = (ground: Ground): Experiment =>
  experiment(
    'A log with two names under logrotate',
    [
      `printf '"./log" {\\n  rotate 1\\n}\\n' > rules`,
      'echo hello > log',
      'logrotate --force --state ./state ./rules; ls',
      'echo hello > log; ln log hard',
      'logrotate --force --state ./state ./rules; echo $?; ls',
      `rm -f log.1 state; printf '"./log" {\\n  rotate 1\\n  allowhardlink\\n}\\n' > rules`,
      'logrotate --force --state ./state ./rules; ls',
    ],
    () => {
      const one = rotate(ground, 'log-with-one-name', rules(), () => {});
      if (!one.rotated) throw new Hindrance('logrotate did not rotate even a log with one name', false);
      const link = (here: Ground): void => needLink(here, 'log', 'hard');
      const two = rotate(ground, 'log-with-two-names', rules(), link);
      const allowed = rotate(ground, 'log-that-is-allowed', rules(allowing), link).rotated;
      return {
        observed: [
          saw('log with one name', 'rotated'),
          saw('log with two names', two.rotated ? 'rotated' : 'left alone'),
          saw('exit code then', two.code ?? 'none'),
          saw('said then', two.said || 'nothing'),
          saw('log with two names and allowhardlink', allowed ? 'rotated' : 'left alone'),
        ],
        verdict: two.rotated
          ? sentence('a log with two names is rotated as any other')
          : sentence(
              `a log with two names is left alone${two.said === '' && two.code === 0 ? ', silently and as if all was well (exit code 0)' : ''}`,
              `with the option allowhardlink it is ${allowed ? 'rotated' : 'left alone as well'}`,
            ),
      };
    },
  );

const rotate = (ground: Ground, name: string, configuration: string, prepare: (here: Ground) => void) => {
  using here = newGround(ground, name);
  writeFile(here, 'rules', configuration);
  writeFile(here, 'log', 'hello\n');
  prepare(here);
  const { code, out, err } = runProgram(here, 'logrotate', '--force', '--state', './state', './rules');
  return { rotated: !(here.fs.stat(here.dir, 'log.1') instanceof Fault), code, said: `${out}${err}`.trim() };
};
