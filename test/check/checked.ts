/** Runs `lw check` in this process. */
import type { CheckReport } from '../../src/cli/check/report.ts';
import { command } from '../../src/cli/commands/check.ts';
import { kernelWorld } from '../../src/cli/kernel-world.ts';
import { parseRequest } from '../../src/cli/parse-request.ts';
import type { Probe } from '../../src/fs/probe.ts';
import type { Finding } from '../../src/jobs/check/finding.ts';
import { kernelProbe } from '../../src/kernel/probe.ts';

export interface Checked {
  readonly code: number;
  readonly report: CheckReport;
  readonly findings: readonly Finding[];
  readonly problems: readonly string[];
}

export const checked = async (...args: readonly string[]): Promise<Checked> => {
  const request = parseRequest(command, args, () => new Uint8Array());
  if (request === 'help') throw new Error('asked for help');
  using kernel = kernelWorld(request.value('root'), { show: () => {}, erase: () => {} });
  // Each probe keeps its memory as long as the process: one serves all walks of a test.
  const world = { ...kernel, probe: () => (probe ??= kernelProbe()) };
  const report = (await command.run(world, request)) as CheckReport & { readonly kind: 'checked' };
  return {
    code: command.exitCode(report as never),
    report,
    findings: report.groups.flatMap(({ findings }) => findings),
    problems: [...command.problems(report as never)],
  };
};

let probe: Probe | undefined;
