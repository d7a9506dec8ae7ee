/** How fast the lab is in Chromium: from the request to the first line one can type, and a line with many inodes in sight. */
import { parseArgs } from 'node:util';
import { desktop, Lab, type } from '../test/lab/browser.ts';

const { values } = parseArgs({
  options: { inodes: { type: 'string', default: '500' }, runs: { type: 'string', default: '15' } },
});
const inodes = Number(values.inodes);
const runs = Number(values.runs);

const median = (times: readonly number[]): number => times.toSorted((a, b) => a - b)[times.length >> 1] as number;
const report = (what: string, times: readonly number[], limit?: number): void => {
  const [middle, most] = [median(times), Math.max(...times)].map((time) => time.toFixed(1));
  console.log(
    `${what}: median ${middle} ms, at most ${most} ms, of ${times.length}${limit === undefined ? '' : `; the bar is ${limit} ms`}`,
  );
};

await using lab = await Lab.start(desktop);

const loads: number[] = [];
for (let run = 0; run < runs; run++) {
  const page = await lab.open();
  loads.push((await page.evaluate("performance.getEntriesByName('lab-ready')[0].startTime")) as number);
  await page.close();
}
report('interactive after', loads, 1000);

const page = await lab.open();
await page.locator('#pick').press('Enter');
await page.locator('.sandbox').press('Enter');
await page
  .locator('#drawing')
  .fill(Array.from({ length: inodes - 5 }, (_, at) => `file-${at} "text ${at}"`).join('\n'));
await page.getByRole('button', { name: 'Start from this tree' }).press('Enter');
console.log(`${await page.locator('#canvas .part').count()} parts drawn of the picture of ${inodes} inodes`);
await type(page, 'ls | wc -l');

/**
 * Of the next Enter, from the press of the key on: until the page has done all of it, until the browser's main thread has
 * laid out and painted it, and until the browser says that it was shown (Event Timing, in steps of 8 ms).
 */
const measure = `globalThis.measured = new Promise((resolve) => {
  const line = document.getElementById('line');
  let done, painted;
  const observer = new PerformanceObserver((list) => {
    const entry = list.getEntries().find(({ name, duration }) => name === 'keydown' && duration > 0);
    if (!entry) return;
    observer.disconnect();
    shown = entry.duration;
    end();
  });
  let shown;
  const end = () => painted !== undefined && shown !== undefined && resolve([done, painted, shown]);
  observer.observe({ type: 'event', durationThreshold: 16 });
  line.addEventListener('keydown', ({ timeStamp }) => {
    queueMicrotask(() => { done = performance.now() - timeStamp; });
    requestAnimationFrame(() => setTimeout(() => { painted = performance.now() - timeStamp; end(); }));
  }, { once: true });
});0`;
const done: number[] = [];
const painted: number[] = [];
const shown: number[] = [];
for (let run = 0; run < runs; run++) {
  await page
    .locator('#line')
    .fill(run % 2 === 0 ? `ln file-1 again-${run}` : `mv again-${run - 1} ../again-${run}; rm file-${run + 1}`);
  // What came before is done, and the frame that showed it as well.
  await page.waitForTimeout(300);
  await page.evaluate(measure);
  await page.locator('#line').press('Enter');
  const [work, paint, sight] = (await page.evaluate('measured')) as readonly [number, number, number];
  done.push(work);
  painted.push(paint);
  shown.push(sight);
}
report(`a line with ${inodes} inodes`, done, 50);
report('  and painted', painted, 50);
report('  and shown', shown);
