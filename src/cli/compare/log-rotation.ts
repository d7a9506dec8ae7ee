import { Fault } from '../../fs/fault.ts';
import { type Experiment, experiment, Hindrance, saw, sentence } from './comparison.ts';
import { type Ground, needLink, newGround, writeFile } from './ground.ts';
import { runProgram } from './run-program.ts';

const configuration = '"./log" {\n  rotate 1\n}\n';

/** logrotate(8): `allowhardlink` is off unless asked for. Run with a configuration and a state of its own. */
export const logRotation = (ground: Ground): Experiment =>
  experiment(
    'A log with two names under logrotate',
    [
      `printf '"./log" {\\n  rotate 1\\n}\\n' > rules`,
      'echo hello > log',
      'logrotate --force --state ./state ./rules; ls',
      'echo hello > log; ln log hard',
      'logrotate --force --state ./state ./rules; ls',
    ],
    () => {
      const one = rotates(ground, 'log-with-one-name', () => {});
      if (!one) throw new Hindrance('logrotate did not rotate even a log with one name', false);
      const two = rotates(ground, 'log-with-two-names', (here) => needLink(here, 'log', 'hard'));
      return {
        observed: [saw('log with one name', 'rotated'), saw('log with two names', two ? 'rotated' : 'left alone')],
        verdict: two
          ? sentence('a log with two names is rotated as any other')
          : sentence('a log with two names is left alone (the option allowhardlink would have it rotated)'),
      };
    },
  );

const rotates = (ground: Ground, name: string, prepare: (here: Ground) => void): boolean => {
  using here = newGround(ground, name);
  writeFile(here, 'rules', configuration);
  writeFile(here, 'log', 'hello\n');
  prepare(here);
  runProgram(here, 'logrotate', '--force', '--state', './state', './rules');
  return !(here.fs.stat(here.dir, 'log.1') instanceof Fault);
};
