import { wordStart } from '../shell/complete.ts';

/** What the line asks of the page. */
export interface CommandLine {
  /** Enter. */
  readonly enter: (line: string) => void;
  /** Ctrl-C, with what stood there. */
  readonly cancel: (line: string) => void;
  /** Ctrl-L. */
  readonly wipe: () => void;
  /** Earlier lines, the oldest first. */
  readonly earlier: () => readonly string[];
  /** What the word before the cursor may become. */
  readonly candidates: (line: string, cursor: number) => readonly string[];
  /** Several candidates that have nothing more in common. */
  readonly list: (candidates: readonly string[], line: string) => void;
}

/**
 * The line one types in. Tab completes, so that there must be another way out: after Esc, or on an empty line, Tab
 * goes on to the next control as everywhere; Shift+Tab always goes back.
 */
export const wireCommandLine = (input: HTMLInputElement, ask: CommandLine): void => {
  let leaving = false;
  /** Where we are among the earlier lines, counted from the end; 0 is the line being typed. */
  let up = 0;
  let unfinished = '';

  const write = (line: string, cursor = line.length): void => {
    input.value = line;
    input.setSelectionRange(cursor, cursor);
  };

  const recall = (step: number): void => {
    const lines = ask.earlier();
    const next = Math.max(0, Math.min(up + step, lines.length));
    if (next === up) return;
    if (up === 0) unfinished = input.value;
    up = next;
    write(up === 0 ? unfinished : (lines[lines.length - up] as string));
  };

  const finish = (): string => {
    const line = input.value;
    write('');
    up = 0;
    return line;
  };

  const complete = (): void => {
    const cursor = input.selectionStart ?? input.value.length;
    const before = input.value.slice(0, cursor);
    const found = ask.candidates(input.value, cursor);
    if (found.length === 0) return;
    const start = wordStart(input.value, cursor);
    const word = before.slice(start);
    const common = commonStart(found);
    const [only] = found;
    const becomes = found.length === 1 && only !== undefined ? `${only}${only.endsWith('/') ? '' : ' '}` : common;
    if (becomes.length > 0 && becomes !== word && (found.length === 1 || becomes.length > word.length))
      write(before.slice(0, start) + becomes + input.value.slice(cursor), start + becomes.length);
    else if (found.length > 1) ask.list(found, input.value);
  };

  input.addEventListener('input', () => {
    leaving = false;
  });
  input.addEventListener('blur', () => {
    leaving = false;
  });
  input.addEventListener('keydown', (event) => {
    if (event.isComposing) return;
    const bare = !event.altKey && !event.metaKey && !event.shiftKey;
    const control = event.ctrlKey && bare;
    const done = (): void => event.preventDefault();
    if (event.key === 'Enter' && bare && !event.ctrlKey) {
      done();
      ask.enter(finish());
    } else if (event.key === 'Tab' && bare && !event.ctrlKey && !leaving && input.value !== '') {
      done();
      complete();
    } else if (event.key === 'Escape') {
      leaving = true;
    } else if (event.key === 'ArrowUp' && bare) {
      done();
      recall(1);
    } else if (event.key === 'ArrowDown' && bare) {
      done();
      recall(-1);
    } else if (control && event.key === 'l') {
      done();
      ask.wipe();
    } else if (control && event.key === 'u') {
      done();
      write(input.value.slice(input.selectionEnd ?? 0), 0);
    } else if (control && event.key === 'c' && input.selectionStart === input.selectionEnd && !hasSelection()) {
      done();
      ask.cancel(finish());
    }
  });
};

const hasSelection = (): boolean => String(getSelection() ?? '') !== '';

const commonStart = (words: readonly string[]): string => {
  let common = words[0] ?? '';
  for (const word of words) while (!word.startsWith(common)) common = common.slice(0, -1);
  return common;
};
