/** The words that books compare hard and symbolic links by, in the order in which they are told. */
export const differenceNames = [
  'inode',
  'deletion',
  'file-systems',
  'directories',
  'storage',
  'speed',
  'visibility',
] as const;
export type DifferenceName = (typeof differenceNames)[number];

/** One of the seven differences, as this machine showed it. */
export interface Difference {
  readonly name: DifferenceName;
  readonly title: string;
  /** What a hard link does, in a few words. */
  readonly hard: string;
  /** What a symbolic link does. */
  readonly soft: string;
  /** The first is the difference itself, the others are where reality is subtler. */
  readonly experiments: readonly Experiment[];
}

/** What was tried, what was seen, and what follows from it. */
export interface Experiment {
  readonly title: string;
  /** What one would type to see the same, in an empty directory. */
  readonly commands: readonly string[];
  readonly observed: readonly Observation[];
  readonly outcome: Outcome;
}

type Outcome =
  | { readonly kind: 'measured'; readonly verdict: string }
  /** `usual`: on a machine where nothing is amiss it can be measured, so without it the answer is incomplete. */
  | { readonly kind: 'not-measured'; readonly why: string; readonly usual: boolean };

/** Many measurements: the median, and the quartiles between which half of them lie. */
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  /** Nanoseconds, or how many times as much as something else. */
  readonly unit: 'ns' | 'times';
}

export interface Observation {
  readonly what: string;
  readonly value: string | number | bigint | boolean | Spread;
}

/** What an experiment saw. */
export interface Measured {
  readonly observed: readonly Observation[];
  readonly verdict: string;
}

/** Ends an experiment that cannot be done here. */
export class Hindrance extends Error {
  readonly usual: boolean;

  constructor(why: string, usual: boolean) {
    super(why);
    this.usual = usual;
  }
}

export const experiment = (title: string, commands: readonly string[], measure: () => Measured): Experiment => {
  try {
    const { observed, verdict } = measure();
    return { title, commands, observed, outcome: { kind: 'measured', verdict } };
  } catch (error) {
    if (!(error instanceof Hindrance)) throw error;
    return {
      title,
      commands,
      observed: [],
      outcome: { kind: 'not-measured', why: error.message, usual: error.usual },
    };
  }
};

/** An experiment that also says the difference itself in a few words. */
export const mainExperiment = (
  title: string,
  commands: readonly string[],
  measure: () => Measured & { readonly hard: string; readonly soft: string },
): { readonly hard: string; readonly soft: string; readonly experiment: Experiment } => {
  let hard = 'not measured';
  let soft = 'not measured';
  const done = experiment(title, commands, () => {
    const measured = measure();
    ({ hard, soft } = measured);
    return measured;
  });
  return { hard, soft, experiment: done };
};

export const saw = (what: string, value: Observation['value']): Observation => ({ what, value });

export const spreadText = ({ median, low, high, unit }: Spread): string => {
  const digits = unit === 'times' ? 2 : 0;
  return `${median.toFixed(digits)} ${unit} (${low.toFixed(digits)} to ${high.toFixed(digits)})`;
};

/** Clauses as one sentence. */
export const sentence = (...clauses: readonly (string | undefined)[]): string => {
  const text = clauses.filter((clause) => clause !== undefined).join('; ');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
};
