import { decodeBytes, encodeBytes } from '../../fs/bytes.ts';
import { basename, join } from '../../fs/path.ts';
import type { Missing } from '../../trace/route.ts';
import type { Blame } from './blame.ts';
import type { Cause } from './cause.ts';
import { entriesOf, found, type Machine, type Scene } from './scene.ts';
import { listing, say, words } from './sentence.ts';
import { shellWord } from './shell-word.ts';

const admin = '/var/lib/dpkg';

/** What dpkg's own files say of a missing path and of the link that leads to it (dpkg(1), FILES). */
export const packageCauses = (scene: Scene, end: Missing, { link }: Blame): readonly Cause[] => {
  const { machine } = scene;
  const lists =
    machine && entriesOf(scene, `${admin}/info`)?.flatMap(({ name }) => (name.endsWith('.list') ? [name] : []));
  if (!lists) return [];
  const wanted = end.rest ? join(end.path, end.rest) : end.path;
  const diverted = diversion(machine, wanted);
  if (diverted) return [diverted];
  const alternative = link && alternativeOf(scene, machine, link.link);
  if (alternative) return [alternative];
  const owners = ownersOf(machine, lists, link ? [wanted, link.link] : [wanted]);
  const owner = owners.get(wanted);
  if (owner !== undefined) return [removed(scene, owner, wanted)];
  const linkOwner = link && owners.get(link.link);
  return !link || linkOwner === undefined ? [] : [companion(machine, link.link, linkOwner)];
};

const removed = (scene: Scene, owner: string, wanted: string): Cause => ({
  kind: 'removed-from-package',
  certainty: 'likely',
  because: say`the installed package ${owner} brought ${wanted}, and it has been removed since`,
  suggests: [],
  command: inRoot(scene, `apt-get install --reinstall ${shellWord(owner)}`),
});

/** A package may ship a link whose target another package brings. */
const companion = (machine: Machine, link: string, owner: string): Cause => {
  const absent = recommended(machine, owner).slice(0, 6);
  const because = say`${link} belongs to the package ${owner}, and no installed package brings its target`;
  if (absent.length === 0) return { kind: 'companion-package', certainty: 'possible', because, suggests: [] };
  return {
    kind: 'companion-package',
    certainty: 'possible',
    because: say`${because}; ${owner} recommends or suggests ${listing(absent.map((name) => say`${name}`))}, not installed here`,
    suggests: [],
    advice: words('see whether one of these packages brings it'),
  };
};

/** A character for each byte: a browser has no search in bytes. */
const byteText = new TextDecoder('latin1');

/** The package whose list names each path; with a merged /usr a list may still say /bin for /usr/bin. */
const ownersOf = (
  machine: Machine,
  lists: readonly string[],
  paths: readonly string[],
): ReadonlyMap<string, string> => {
  const needles = paths.flatMap((path) =>
    spellings(path).map((spelling) => ({ path, line: byteText.decode(encodeBytes(`\n${spelling}\n`)) })),
  );
  const owners = new Map<string, string>();
  for (const list of lists) {
    const bytes = machine.read(`${admin}/info/${list}`);
    if (!bytes) continue;
    const text = byteText.decode(bytes);
    for (const { path, line } of needles)
      if (text.includes(line)) owners.set(path, list.replace(/(:[^:]+)?\.list$/, ''));
    if (owners.size === paths.length) break;
  }
  return owners;
};

const spellings = (path: string): readonly string[] => {
  const merged = /^\/(?:usr\/)?((?:bin|sbin|lib\w*)\/.*)$/s.exec(path)?.[1];
  return merged === undefined ? [path] : [`/usr/${merged}`, `/${merged}`];
};

/** dpkg-divert(1): lines in threes: from, to, package (`:` for the administrator). */
const diversion = (machine: Machine, wanted: string): Cause | undefined => {
  const lines = linesOf(machine.read(`${admin}/diversions`));
  for (let i = 0; i + 2 < lines.length; i += 3) {
    const [from, to, by] = lines.slice(i, i + 3) as [string, string, string];
    if (!spellings(wanted).includes(from)) continue;
    const who = by === ':' ? words('the administrator') : say`the package ${by}`;
    return {
      kind: 'diverted',
      certainty: 'likely',
      because: say`${who} has diverted this name to ${to}`,
      suggests: [to],
    };
  }
  return undefined;
};

/** update-alternatives(1), FILES: mode, link, then the candidates with their priorities after an empty line. */
const alternativeOf = (scene: Scene, machine: Machine, link: string): Cause | undefined => {
  if (!link.startsWith('/etc/alternatives/')) return undefined;
  const name = basename(link);
  const bytes = machine.read(`${admin}/alternatives/${name}`);
  if (!bytes) return undefined;
  const lines = linesOf(bytes);
  const candidates = lines
    .slice(lines.indexOf('') + 1)
    .filter((line, i, all) => line.startsWith('/') && /^-?\d+$/.test(all[i + 1] ?? ''));
  const there = candidates.filter((path) => found(scene, path));
  const mode = lines[0] === 'manual' ? 'was chosen by hand' : 'is chosen automatically';
  return {
    kind: 'alternatives',
    certainty: there.length > 0 ? 'likely' : 'possible',
    because: say`the alternative ${name} ${words(mode)}, and of its candidates ${
      there.length > 0 ? listing(there.map((path) => say`${path}`)) : words('none')
    } ${words(there.length > 1 ? 'are' : 'is')} there`,
    suggests: there,
    command: inRoot(scene, `update-alternatives --auto ${shellWord(name)}`),
  };
};

/** What `owner` recommends or suggests and nothing installed is or provides (deb822 fields of dpkg's status). */
const recommended = (machine: Machine, owner: string): readonly string[] => {
  const installed = linesOf(machine.read(`${admin}/status`))
    .join('\n')
    .split('\n\n')
    .filter((paragraph) => /^Status: install ok installed$/m.test(paragraph));
  const here = new Set(
    installed.flatMap((paragraph) => [...fieldOf(paragraph, 'Package'), ...fieldOf(paragraph, 'Provides')].flat()),
  );
  const own = installed.find((paragraph) => paragraph.startsWith(`Package: ${owner}\n`)) ?? '';
  return [...fieldOf(own, 'Recommends'), ...fieldOf(own, 'Suggests')]
    .filter((choice) => !choice.some((name) => here.has(name)))
    .map((choice) => choice[0] as string);
};

/** A field's packages, each with its alternatives, without versions and architectures. */
const fieldOf = (paragraph: string, field: string): readonly (readonly string[])[] =>
  (new RegExp(`^${field}: (.*)$`, 'm').exec(paragraph)?.[1] ?? '')
    .split(',')
    .map((item) => item.split('|').map((name) => name.replace(/[(:].*/s, '').trim()))
    .filter(([name]) => name !== '');

const inRoot = ({ prefix }: Scene, command: string): string =>
  prefix ? `chroot ${shellWord(prefix)} ${command}` : command;

const linesOf = (bytes: Uint8Array | undefined): readonly string[] => (bytes ? decodeBytes(bytes).split('\n') : []);
