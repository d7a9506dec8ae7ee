/**
 * What logrotate(8) does with which logs, by its configuration. The grammar is that of config.c of logrotate 3.22:
 * options before the first log file hold for all that come after, in further files too; `include` reads a file or all
 * files of a directory, but for those with a taboo ending; a list of logs ends at the first brace; scripts go up to
 * `endscript`; a mistake inside of braces skips what they hold, one outside ends the file.
 */
import { decodeBytes } from '../../fs/bytes.ts';
import { Fault } from '../../fs/fault.ts';
import { globMatcher } from '../../fs/glob-matcher.ts';
import { join } from '../../fs/path.ts';
import { trace } from '../../trace/trace.ts';
import { readInRoot } from './read-in-root.ts';
import type { Scene } from './scene.ts';

/** Logs that are rotated in one way. */
export interface Rotation {
  /** Absolute, with wildcards. */
  readonly patterns: readonly string[];
  /** The file of the configuration that says so. */
  readonly file: string;
  readonly options: Options;
}

interface Options {
  /** Files with several names are rotated too (`allowhardlink`). */
  readonly allowHardLink: boolean;
  readonly copyTruncate: boolean;
}

/** All that the configuration of the machine says, in its order: of two that have one log the first counts. */
export const rotationsOf = (scene: Scene, files: readonly string[] = mainFiles): readonly Rotation[] => {
  const reader = new Reader(scene);
  const path = files.find((file) => kindAt(scene, file) === 'file');
  if (path !== undefined) reader.read(path);
  return reader.rotations;
};

const mainFiles = ['/etc/logrotate.conf', '/usr/etc/logrotate.conf'];
/** Includes within includes (MAX_NESTING). */
const nestingMax = 16;

const tabooEndings = [
  ',v',
  '.bak',
  '.cfsaved',
  '.disabled',
  '.dpkg-bak',
  '.dpkg-del',
  '.dpkg-dist',
  '.dpkg-new',
  '.dpkg-old',
  '.dpkg-tmp',
  '.new',
  '.old',
  '.orig',
  '.pacnew',
  '.pacorig',
  '.pacsave',
  '.rhn-cfg-tmp-*',
  '.rpmnew',
  '.rpmorig',
  '.rpmsave',
  '.swp',
  '.ucf-dist',
  '.ucf-new',
  '.ucf-old',
  '~',
];

const scripts: ReadonlySet<string> = new Set(['prerotate', 'postrotate', 'firstaction', 'lastaction', 'preremove']);

/** Options that stand alone: another one may follow on the same line. What else there is takes the rest of its line. */
const alone: ReadonlySet<string> = new Set(
  (
    'allowhardlink noallowhardlink copytruncate nocopytruncate renamecopy norenamecopy copy nocopy compress nocompress ' +
    'delaycompress nodelaycompress shred noshred sharedscripts nosharedscripts ifempty notifempty dateext nodateext ' +
    'dateyesterday nodateyesterday datehourago nodatehourago missingok nomissingok ignoreduplicates noolddir nocreate ' +
    'nocreateolddir nomail mailfirst maillast hourly daily monthly yearly'
  ).split(' '),
);

/** Options with a number. Other values are not looked at: a mistake in one of them is not seen. */
const counts: ReadonlySet<string> = new Set(['rotate', 'start', 'minage', 'maxage', 'shredcycles']);

class Reader {
  readonly rotations: Rotation[] = [];
  readonly #scene: Scene;
  #options: Options = { allowHardLink: false, copyTruncate: false };
  #taboo = tabooEndings.map((ending) => `*${ending}`);
  #depth = 0;

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  /** A file, or what a directory holds. What a file with a mistake says for later ones does not count. */
  read(path: string): void {
    const kind = kindAt(this.#scene, path);
    if (kind === 'dir') for (const name of this.#namesIn(path)) this.#readFile(join(path, name));
    else if (kind === 'file') this.#readFile(path);
  }

  #namesIn(path: string): readonly string[] {
    const { fs, root, followingMounts } = this.#scene;
    const { end } = trace(fs, path, { from: root, root, followingMounts });
    if (end.kind !== 'found') return [];
    const opened = fs.open(root.handle, end.path.slice(1) || '.', { access: 'read', directory: true });
    if (opened instanceof Fault) return [];
    using dir = opened;
    const entries = fs.entries(dir);
    if (entries instanceof Fault) return [];
    const taboo = this.#taboo.map((glob) => globMatcher(glob, 'sets'));
    return entries
      .map(({ name }) => name)
      .filter((name) => !taboo.some((matches) => matches(name)))
      .sort();
  }

  #readFile(path: string): void {
    if (kindAt(this.#scene, path) !== 'file') return;
    const bytes = readInRoot(this.#scene, path);
    if (!bytes) return;
    const before = this.#options;
    if (!this.#parse(decodeBytes(bytes), path)) this.#options = before;
  }

  /** False for a mistake that ends the file. */
  #parse(text: string, file: string): boolean {
    let patterns: readonly string[] | undefined;
    let options = this.#options;
    let [wrong, skipping] = [false, false];
    const restOfLine = (): string => {
      const end = text.indexOf('\n', at);
      const rest = text.slice(at, end < 0 ? text.length : end);
      at += rest.length;
      return rest.trim().replace(/^=\s*/, '');
    };
    let at = 0;
    while (at < text.length) {
      const char = text[at] as string;
      if (wrong && char === '}') {
        at++;
        [patterns, options, wrong] = [undefined, this.#options, false];
      } else if (wrong) {
        while (text[at] === ' ' || text[at] === '\t') at++;
        const script = scripts.has(wordAt(text, at)) ? afterScript(text, at) : -1;
        if (script < 0) restOfLine();
        at = script < 0 ? at + 1 : script;
      } else if (char === ' ' || char === '\t' || char === '\n') at++;
      else if (char === '#') restOfLine();
      else if (char === '}' && patterns) {
        at++;
        restOfLine();
        this.rotations.push({ patterns, file, options });
        [patterns, options] = [undefined, this.#options];
      } else if (/[A-Za-z]/.test(char)) {
        const word = wordAt(text, at);
        at += word.length;
        if (at < text.length && !/[\s=]/.test(text[at] as string)) wrong = true;
        else if (scripts.has(word)) {
          at = afterScript(text, at);
          if (at < 0) return false;
        } else if (alone.has(word)) options = optionsAfter(options, word);
        else {
          const value = restOfLine();
          if (counts.has(word) && !/^-?\d+$/.test(value)) {
            wrong = true;
            at--;
          } else this.#takeValue(word, value);
          if (!patterns) options = this.#options;
        }
      } else if (/[/"'~]/.test(char) && !patterns) {
        const list = listAt(text, at);
        if (!list) return false;
        patterns = list.words.map((pattern) => pattern.replace(/^~(?=\/)/, '/root'));
        at = list.end;
      } else wrong = true;
      if (!patterns) {
        if (wrong) return false;
        this.#options = options;
      } else if (wrong && !skipping) {
        // Two characters are passed over before the skipping begins.
        at += 2;
      }
      skipping = wrong;
    }
    // A brace that is never closed is no mistake.
    if (patterns) this.rotations.push({ patterns, file, options });
    return true;
  }

  #takeValue(option: string, value: string): void {
    if (option === 'include' && this.#depth < nestingMax) {
      this.#depth++;
      this.read(value);
      this.#depth--;
    } else if (option === 'tabooext' || option === 'taboopat') {
      const added = value.startsWith('+') ? this.#taboo : [];
      const listed = value
        .replace(/^\+/, '')
        .split(/[\s,]+/)
        .filter((each) => each !== '');
      this.#taboo = [...added, ...listed.map((each) => (option === 'tabooext' ? `*${each}` : each))];
    }
  }
}

const optionsAfter = (options: Options, word: string): Options => {
  switch (word) {
    case 'allowhardlink':
      return { ...options, allowHardLink: true };
    case 'noallowhardlink':
      return { ...options, allowHardLink: false };
    case 'copytruncate':
      return { ...options, copyTruncate: true };
    case 'nocopytruncate':
    case 'renamecopy':
      return { ...options, copyTruncate: false };
    default:
      return options;
  }
};

const wordAt = (text: string, at: number): string => /^[A-Za-z]*/.exec(text.slice(at, at + 64))?.[0] ?? '';

/** Where the script that a keyword begins has ended: after the line that begins with `endscript`; below zero where none does. */
const afterScript = (text: string, at: number): number => {
  const end = /^[ \t]*endscript(?![A-Za-z])/m;
  const from = text.indexOf('\n', at);
  const found = from < 0 ? null : end.exec(text.slice(from));
  return found ? from + found.index + found[0].length : -1;
};

/** The logs before a brace: words as in a shell, on any number of lines, comments between them. */
const listAt = (
  text: string,
  from: number,
): { readonly words: readonly string[]; readonly end: number } | undefined => {
  const brace = /[{}]/.exec(text.slice(from).replace(/^[ \t]*#.*$/gm, (comment) => ' '.repeat(comment.length)));
  if (brace?.[0] !== '{') return undefined;
  const end = from + brace.index;
  const list = text.slice(from, end).replace(/^[ \t]*#.*$/gm, '');
  const words = [...list.matchAll(/(?:"(?:[^"\\]|\\.)*"|'[^']*'|\\.|[^\s"'\\])+/gs)].map(([word]) => unquoted(word));
  return { words, end: end + 1 };
};

const unquoted = (word: string): string =>
  word.replace(/"((?:[^"\\]|\\.)*)"|'([^']*)'|\\(.)/gs, (_, double?: string, single?: string, one?: string) =>
    double !== undefined ? double.replace(/\\(["\\])/g, '$1') : (single ?? one ?? ''),
  );

const kindAt = ({ fs, root, followingMounts }: Scene, path: string): string | undefined => {
  const { end } = trace(fs, path, { from: root, root, followingMounts });
  return end.kind === 'found' ? end.stat.kind : undefined;
};
