import { element } from './element.ts';
import type { Said } from './timeline.ts';
import { visible } from './visible.ts';

/** Characters of one answer that are put on the screen. */
const shownLimit = 60_000;

/** The screen of the terminal: what is there already stays, so that a reader is told only what is new. */
export class TerminalView {
  readonly #log: HTMLElement;
  readonly #screen: HTMLElement;
  #shown: { readonly said: Said; readonly entry: HTMLElement }[] = [];
  /** Lines before this one were wiped off. */
  #from = 0;

  constructor(screen: HTMLElement, log: HTMLElement) {
    this.#screen = screen;
    this.#log = log;
  }

  show(said: readonly Said[]): void {
    if (said.length < this.#from) this.#from = 0;
    const wanted = said.slice(this.#from);
    let same = 0;
    while (same < wanted.length && sameSaid(this.#shown[same]?.said, wanted[same])) same++;
    for (const { entry } of this.#shown.splice(same)) entry.remove();
    for (const each of wanted.slice(same)) {
      const entry = entryOf(each);
      this.#log.append(entry);
      this.#shown.push({ said: each, entry });
    }
    this.toEnd();
  }

  /** Ctrl-L. */
  wipe(said: readonly Said[]): void {
    this.#from = said.length;
    this.#shown = [];
    this.#log.replaceChildren();
  }

  /** Says something that is no step: `^C`, or what a Tab could complete to. */
  note(prompt: string, line: string, text: string): void {
    const note = element('div', { class: 'entry note' }, typed(prompt, line), text !== '' && pre('out', text));
    this.#log.append(note);
    this.toEnd();
  }

  toEnd(): void {
    this.#screen.scrollTop = this.#screen.scrollHeight;
  }
}

/** After a replay the answers are new but say the same. */
const sameSaid = (a: Said | undefined, b: Said | undefined): boolean =>
  a !== undefined &&
  b !== undefined &&
  a.line === b.line &&
  a.prompt === b.prompt &&
  a.answer.out === b.answer.out &&
  a.answer.err === b.answer.err;

const entryOf = ({ prompt, line, answer }: Said): HTMLElement =>
  element(
    'div',
    { class: 'entry' },
    typed(prompt, line),
    ...answer.output.filter(({ text }) => text !== '').map(({ stream, text }) => pre(stream, text)),
  );

const typed = (prompt: string, line: string): HTMLElement =>
  element(
    'div',
    { class: 'typed' },
    element('span', { class: 'prompt' }, visible(prompt)),
    element('span', { class: 'words' }, visible(line)),
  );

const pre = (stream: 'out' | 'err', text: string): HTMLElement => {
  const end =
    text.length > shownLimit ? `\n… and ${text.length - shownLimit} characters more, which are not shown\n` : '';
  return element('pre', { class: stream }, visible(text.slice(0, shownLimit) + end).replace(/\n$/, ''));
};
