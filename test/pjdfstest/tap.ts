/** What a test of pjdfstest said of one assertion. */
export type Verdict = 'ok' | 'not ok' | 'ok, against expectation' | 'not ok, as expected';

export interface Report {
  /** By number less one. */
  readonly verdicts: readonly Verdict[];
  /** Lines of those that are not plainly `ok`. */
  readonly said: ReadonlyMap<number, string>;
  /** How many assertions it announced. */
  readonly plan: number | undefined;
}

/** Reads the Test Anything Protocol as far as these tests speak it. */
export const readTap = (text: string): Report => {
  const verdicts: Verdict[] = [];
  const said = new Map<number, string>();
  let plan: number | undefined;
  for (const line of text.split('\n')) {
    const announced = /^1\.\.(\d+)/.exec(line);
    if (announced) plan = Number(announced[1]);
    const result = /^(not )?ok (\d+)/.exec(line);
    if (!result) continue;
    const failed = result[1] !== undefined;
    const foreseen = /# TO[D]O/.test(line);
    const verdict = failed
      ? foreseen
        ? 'not ok, as expected'
        : 'not ok'
      : foreseen
        ? 'ok, against expectation'
        : 'ok';
    verdicts.push(verdict);
    if (verdict !== 'ok') said.set(verdicts.length, line);
  }
  return { verdicts, said, plan };
};
