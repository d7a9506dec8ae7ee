/** Text for people in which names stay apart from words, so that each is made safe where it is drawn. */
export type Sentence = readonly (string | Name)[];

interface Name {
  readonly name: string;
  /** In quotes, unless showing it safely has put it in quotes already. */
  readonly quoted?: true;
}

/** A sentence from a template: a string put in is a name; words come as another sentence. */
export const say = (words: TemplateStringsArray, ...values: readonly (string | number | Sentence)[]): Sentence =>
  words.flatMap((word, i) => {
    const value = values[i];
    if (value === undefined) return [word];
    if (typeof value === 'string') return [word, { name: value }];
    return typeof value === 'number' ? [word, String(value)] : [word, ...value];
  });

/** Words of our own, which need no care. */
export const words = (text: string): Sentence => [text];

/** The sentence as text, each name as `show` makes it. */
export const speak = (sentence: Sentence, show: (name: string) => string): string =>
  sentence.map((part) => (typeof part === 'string' ? part : speakName(part, show))).join('');

const speakName = ({ name, quoted }: Name, show: (name: string) => string): string => {
  const shown = show(name);
  return quoted && shown === name ? `"${name}"` : shown;
};

/** `a, b and c`; of a longer list the first few and how many more. */
export const listing = (items: readonly Sentence[], most = 4): Sentence => {
  const shown = items.length > most + 1 ? [...items.slice(0, most), words(`${items.length - most} more`)] : items;
  return shown.flatMap((item, i) => (i === 0 ? item : [i === shown.length - 1 ? ' and ' : ', ', ...item]));
};

/** A bare name, in the quotes that keep it apart from the words around it. */
export const quoted = (name: string): Sentence => [{ name, quoted: true }];
