/** What the browser keeps of us. Where it keeps nothing (a private window, a file: page) the lab works, and forgets. */
export interface Kept {
  readonly theme: 'light' | 'dark' | 'auto';
  /** The fewest commands with which each lesson was done. */
  readonly done: Readonly<Record<string, number>>;
  /** The address of where we were. */
  readonly place: string;
}

export const kept = (): Kept => {
  const value = read();
  const { theme, done, place } = value;
  return {
    theme: theme === 'light' || theme === 'dark' ? theme : 'auto',
    done: isRecord(done)
      ? Object.fromEntries(
          Object.entries(done).filter((entry): entry is [string, number] => Number.isInteger(entry[1])),
        )
      : {},
    place: typeof place === 'string' ? place : '',
  };
};

export const keep = (change: Partial<Kept>): void => {
  try {
    localStorage.setItem(key, JSON.stringify({ ...kept(), ...change }));
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
  }
};

const key = 'linkwright-lab';

const read = (): Readonly<Record<string, unknown>> => {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(key) ?? '{}');
    return isRecord(value) ? value : {};
  } catch (error) {
    if (error instanceof DOMException || error instanceof SyntaxError) return {};
    throw error;
  }
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
