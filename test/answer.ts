/** Runs a command in this process, as main.ts does, and gives its answer in every form. */
import { Buffer } from 'node:buffer';
import type { Command, World } from '../src/cli/command.ts';
import { jsonText } from '../src/cli/json.ts';
import { kernelWorld } from '../src/cli/kernel-world.ts';
import { lookOf } from '../src/cli/look.ts';
import { parseRequest } from '../src/cli/parse-request.ts';
import { decodeBytes } from '../src/fs/bytes.ts';
import type { Probe } from '../src/fs/probe.ts';
import { kernelProbe } from '../src/kernel/probe.ts';
import { schemaErrors } from './schema.ts';

export interface Answer {
  readonly code: number;
  readonly lines: readonly string[];
  readonly paths: readonly string[];
  // biome-ignore lint/suspicious/noExplicitAny: each command has its own shape, which its schema checks.
  readonly json: any;
  readonly problems: readonly string[];
}

/** Throws where the answer does not keep to its schema. */
export const ask = async <Report>(
  command: Command<Report>,
  args: readonly string[],
  changed: (world: World) => Partial<World> = () => ({}),
): Promise<Answer> => {
  const request = parseRequest(command, args, () => new Uint8Array());
  if (request === 'help') throw new Error('asked for help');
  using kernel = kernelWorld(request.value('root'), { show: () => {}, erase: () => {} });
  // Each probe keeps its memory as long as the process: one serves all walks of a test.
  const world = { ...kernel, probe: () => (probe ??= kernelProbe()) };
  const report = await command.run({ ...world, ...changed(world) }, request);
  const answer = { schema: `linkwright/${command.name}/1`, ...command.json(report, request) };
  const json = JSON.parse([...jsonText(answer)].join(''));
  const wrong = schemaErrors(command.name, json);
  if (wrong) throw new Error(`lw ${command.name} ${args.join(' ')} --json: ${wrong}`);
  return {
    code: command.exitCode(report),
    lines: [...command.render(report, lookOf(undefined, false), request)],
    paths: [...command.paths(report, request)],
    json,
    problems: [...command.problems(report)],
  };
};

let probe: Probe | undefined;

/** A name as --json writes it. */
export const nameFromJson = (name: string | { readonly bytes: string }): string =>
  typeof name === 'string' ? name : decodeBytes(Buffer.from(name.bytes, 'base64'));
