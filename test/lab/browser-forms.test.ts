/** The lab on a desk and on a phone, in the light and in the dark, for everyone. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { barriersOf, canBrowse, forms, Lab, lessonOf, textOf, type } from './browser.ts';

const firstLesson = readdirSync(join(import.meta.dirname, '../../lessons')).sort()[0] as string;

for (const form of forms) {
  const { width, theme } = form;
  test(`${width} pixels, ${theme}: nothing bars anyone, and nothing sticks out`, async (context) => {
    if (!canBrowse(context.name)) return;
    await using lab = await Lab.start(form);
    const page = await lab.open();
    const look = async (what: string): Promise<void> => {
      assert.deepEqual(await barriersOf(page), [], what);
      const [right, bottom] = (await page.evaluate(
        '[document.documentElement.scrollWidth - innerWidth, document.documentElement.scrollHeight - innerHeight]',
      )) as readonly [number, number];
      assert.ok(right <= 0, `${what} is wider than the page`);
      // On a desk only the parts of the page scroll, each by itself.
      if (width > 1000) assert.ok(bottom <= 0, `${what} is longer than the page`);
    };
    await look('the first lesson');

    for (const button of await page.locator('.help button').all())
      for (let hint = 0; hint < 3; hint++) await button.press('Enter');
    await page.locator('.solution summary').press('Enter');
    await page.locator('#as-table summary').press('Enter');
    const quiz = page.locator('.quiz');
    if ((await quiz.getAttribute('open')) === null) await quiz.locator('summary').press('Enter');
    for (const question of await page.locator('.question').all()) {
      if ((await question.locator('input[type=radio]').count()) > 0)
        await question.locator('input').first().press('Space');
      else await question.locator('input').fill('perhaps');
      await question.getByRole('button').press('Enter');
      await question.locator('.right, .wrong').waitFor();
    }
    await type(page, 'ls -li', 'cat nothing', 'ln nothing new', 'ls -la /');
    await look('the first lesson with all of it open');

    for (const { line } of lessonOf(firstLesson).solution) await type(page, line);
    await page.locator('#result.reached').waitFor();
    await look('the lesson is done');

    await page.locator('#pick').press('Enter');
    await look('the list of lessons');
    await page.locator('.sandbox').press('Enter');
    await type(
      page,
      'ln same.txt media/x',
      'ln -s loop2 loop; ln -s loop loop2',
      'exec 3< docs/notes.txt; rm docs/notes.txt',
      'ln -s docs/guide.txt one; ln -s one two; rm same.txt',
    );
    await look('the sandbox');
    for (const id of ['show-all', 'show-dots']) await page.locator(`#${id}`).press('Space');
    await look('the whole machine');
    await page.locator('#share').press('Enter');
    await look('sharing');
    await page.locator('#sharing [data-close]').press('Enter');
    await page.locator('#drawing').fill('a\n   b');
    await page.getByRole('button', { name: 'Start from this tree' }).press('Enter');
    assert.match(await textOf(page, '.complaint'), /Line 2/);
    await look('a complaint');
    for (const wanted of ['light', 'dark', 'auto']) {
      await page.locator('#theme').press('Enter');
      assert.equal(await page.locator('html').getAttribute('data-theme'), wanted);
      await look(`the theme ${wanted}`);
    }
  });
}
