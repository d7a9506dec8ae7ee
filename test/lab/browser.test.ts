/** The lab as people use it, in Chromium. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { deflateRawSync, gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { buildLab } from '../../scripts/build-lab.ts';
import { Scratch } from '../scratch.ts';
import { canBrowse, Lab, lessonOf, partsOf, screenOf, textOf, type } from './browser.ts';

const sizeLimit = 350 * 1024;

test('what is typed changes the picture: a second name is one more line into the inode', async (context) => {
  if (!canBrowse(context.name)) return;
  await using lab = await Lab.start();
  const page = await lab.open();
  await openSandbox(page, 'a "one\\n"\n');
  const card = async (): Promise<string | undefined> =>
    (await partsOf(page)).find((label) => /^inode \d+, a file/.test(label));
  assert.match((await card()) ?? '', /1 name: a/);
  const lines = () => page.locator('#canvas .line').count();
  const before = await lines();
  await type(page, 'ln a b');
  assert.match((await card()) ?? '', /2 names: a, b/);
  assert.equal(await lines(), before + 1);
  await type(page, 'cat b', 'ln a b');
  assert.match(await screenOf(page), /one\n[^\n]*ln a b\nln: failed to create hard link 'b': File exists$/);
});

test('one step back, one forward, and another way from there', async (context) => {
  if (!canBrowse(context.name)) return;
  await using lab = await Lab.start();
  const page = await lab.open();
  await openSandbox(page, 'a\n');
  await type(page, 'mkdir d', 'ln a d/b', 'rm a');
  const after = await partsOf(page);
  const screen = await screenOf(page);
  for (const _ of [1, 2]) await page.locator('#back').press('Enter');
  assert.equal(await textOf(page, '#count'), '1/3');
  assert.ok((await partsOf(page)).some((label) => /1 name: a/.test(label)));
  for (const _ of [1, 2, 3]) await page.locator('#forward').press('Enter');
  assert.deepEqual(await partsOf(page), after);
  assert.equal(await screenOf(page), screen);
  await page.locator('#again').press('Enter');
  assert.equal(await textOf(page, '#count'), '0/3');
  assert.equal(await screenOf(page), '');
  await type(page, 'ls');
  assert.equal(await textOf(page, '#count'), '1/1');
});

test('an address holds the state, and opens it in another page', async (context) => {
  if (!canBrowse(context.name)) return;
  await using lab = await Lab.start();
  const page = await lab.open();
  await openSandbox(page, 'a\nd/ mount tmpfs\n');
  await type(page, 'ln a b', 'ln a d/c', "echo 'α\u{1f600}' > 'x y'", 'rm a');
  await page.locator('#back').press('Enter');
  await page.locator('#share').press('Enter');
  const url = await page.locator('.address').inputValue();
  // As where the page came over plain http.
  await page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })");
  await page.getByRole('button', { name: 'Copy' }).press('Enter');
  assert.match(await textOf(page, '#sharing-body [role=status]'), /does not let us copy/);
  const other = await lab.open(url.slice(lab.url.length));
  assert.deepEqual(await partsOf(other), await partsOf(page));
  assert.equal(await screenOf(other), await screenOf(page));
  assert.equal(await textOf(other, '#count'), '3/4');
  await other.locator('#forward').press('Enter');
  assert.equal(await textOf(other, '#count'), '4/4');
  // It is another state now: the address must not say otherwise.
  assert.equal(new URL(other.url()).hash, '');
});

test('an address that would be too long is refused with a reason', async (context) => {
  if (!canBrowse(context.name)) return;
  await using lab = await Lab.start();
  const page = await lab.open();
  await openSandbox(page, 'a\n');
  for (const _ of [1, 2, 3]) await type(page, `echo ${randomBytes(3000).toString('hex')}`);
  await page.locator('#share').press('Enter');
  await page.locator('#sharing-body').filter({ hasText: /./ }).waitFor();
  assert.match(await textOf(page, '#sharing-body'), /address of \d+ characters; more than 8000/);
  assert.equal(new URL(page.url()).hash, '');
});

test('the page comes back as it was left', async (context) => {
  if (!canBrowse(context.name)) return;
  await using lab = await Lab.start();
  const page = await lab.open();
  await openSandbox(page, 'a\n');
  await type(page, 'ln a b');
  const parts = await partsOf(page);
  await page.waitForTimeout(200);
  await page.reload();
  await page.locator('html[data-ready]').waitFor();
  assert.deepEqual(await partsOf(page), parts);
  assert.equal(await textOf(page, '#count'), '1/1');
});

test('two lessons are done by keyboard alone', async (context) => {
  if (!canBrowse(context.name)) return;
  await using lab = await Lab.start();
  const page = await lab.open();
  const [first, second] = readdirSync(join(import.meta.dirname, '../../lessons'))
    .sort()
    .map((file) => lessonOf(file));
  assert.ok(first && second);
  // The first stop of the Tab key is the way to the command line.
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  for (const [lesson, next] of [
    [first, second],
    [second, undefined],
  ] as const) {
    assert.equal(await textOf(page, '#lesson-title'), lesson.title);
    for (const { line } of lesson.solution) {
      await page.keyboard.type(line);
      await page.keyboard.press('Enter');
    }
    assert.match(await textOf(page, '#result'), /Reached with \d+ command/);
    assert.match(await textOf(page, '#spoken'), /Goal reached/);
    assert.equal(await textOf(page, '.goal-state'), 'reached');
    if (!next) break;
    await page.keyboard.press('Escape');
    await page.keyboard.press('Tab');
    assert.equal(await focused(page), 'next');
    await page.keyboard.press('Enter');
    assert.equal(await focused(page), 'lesson-title');
    // From the lesson's title on to the command line.
    for (let stops = 0; (await focused(page)) !== 'line'; stops++) {
      assert.ok(stops < 40, 'the Tab key does not reach the command line');
      await page.keyboard.press('Tab');
    }
  }
  // Hints, the solution and the list of lessons, too.
  await page.locator('#pick').press('Enter');
  assert.match(await textOf(page, '#lesson-list'), /2 of \d+ done/);
  assert.equal(await page.locator('#lesson-list .done').count(), 2);
  await page.keyboard.press('Escape');
  assert.equal(await focused(page), 'pick');
});

test('what a line changed comes into sight, and why another one was refused', async (context) => {
  if (!canBrowse(context.name)) return;
  await using lab = await Lab.start();
  const page = await lab.open();
  const isSeen = (selector: string): Promise<boolean> =>
    page.evaluate(
      `[...document.querySelectorAll('#canvas ${selector}')].length > 0 && [...document.querySelectorAll('#canvas ${selector}')].every((part) => {
        const [box, frame] = [part, document.getElementById('canvas')].map((one) => one.getBoundingClientRect());
        return box.top >= frame.top && box.bottom <= frame.bottom;
      })`,
    ) as Promise<boolean>;
  await openSandbox(page, 'a #1\nb #1\nl -> media/song\nmedia/ mount tmpfs\n  song\n');
  assert.ok(!(await isSeen('.row .pill')));
  await type(page, 'ln a media/a');
  await page.waitForTimeout(100);
  for (const part of ['.pill', '.reason', '.stop']) assert.ok(await isSeen(`.refused ${part}`), part);
  await openSandbox(page, Array.from({ length: 60 }, (_, at) => `file-${at}`).join('\n'));
  await type(page, 'ln -s file-1 z');
  await page.waitForTimeout(100);
  for (const part of ['.pill', '.card', '.data-box']) assert.ok(await isSeen(`.part.new ${part}`), part);
});

test('on a phone the answer and the way on are in sight, however much the picture grows', async (context) => {
  if (!canBrowse(context.name)) return;
  await using lab = await Lab.start({ width: 390, height: 700, theme: 'light' });
  const page = await lab.open();
  await page.getByRole('button', { name: 'Terminal' }).click();
  const hidden = (selector: string): Promise<number> =>
    page.evaluate(
      `document.querySelector('${selector}').getBoundingClientRect().bottom - document.querySelector('.jumps').getBoundingClientRect().top`,
    ) as Promise<number>;
  const line = page.locator('#line');
  for (const typed of ['touch c d e f g', 'ls -li']) {
    await line.evaluate((input, value) => {
      (input as { value: string }).value = value;
    }, typed);
    await page.evaluate(
      `document.getElementById('line').dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }))`,
    );
    await page.waitForTimeout(100);
    assert.ok((await hidden('#line')) <= 0, typed);
  }
  await type(page, 'rm blue c d e f g');
  await page.locator('#result.reached').waitFor();
  await page.waitForTimeout(100);
  assert.ok((await hidden('#next')) <= 0);
});

test('the command line completes, remembers, and lets one leave', async (context) => {
  if (!canBrowse(context.name)) return;
  await using lab = await Lab.start();
  const page = await lab.open();
  await openSandbox(page, 'letter.txt "x\\n"\nlist.txt\ndir/\n  deep\n');
  const line = page.locator('#line');
  await line.focus();
  await page.keyboard.type('cat le');
  await page.keyboard.press('Tab');
  assert.equal(await line.inputValue(), 'cat letter.txt ');
  await page.keyboard.press('Enter');
  await page.keyboard.type('ls di');
  await page.keyboard.press('Tab');
  assert.equal(await line.inputValue(), 'ls dir/');
  await page.keyboard.type('unsent');
  await page.keyboard.press('ArrowUp');
  assert.equal(await line.inputValue(), 'cat letter.txt ');
  await page.keyboard.press('ArrowDown');
  assert.equal(await line.inputValue(), 'ls dir/unsent');
  await page.keyboard.press('Control+c');
  assert.equal(await line.inputValue(), '');
  assert.match(await screenOf(page), /ls dir\/unsent\^C$/);
  await page.keyboard.type('ls l');
  await page.keyboard.press('Tab');
  assert.match(await screenOf(page), /letter\.txt {2}list\.txt$/);
  await page.keyboard.press('Control+l');
  assert.equal(await screenOf(page), '');
  assert.equal(await line.inputValue(), 'ls l');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Tab');
  assert.notEqual(await focused(page), 'line');
  await page.keyboard.press('Shift+Tab');
  assert.equal(await focused(page), 'line');
  await page.keyboard.press('Shift+Tab');
  assert.notEqual(await focused(page), 'line');
});

test('the parts of the picture are one stop of the Tab key, and the arrow keys go through them', async (context) => {
  if (!canBrowse(context.name)) return;
  await using lab = await Lab.start();
  const page = await lab.open();
  await openSandbox(page, 'a #1\nb #1\nl -> a\n');
  await page.locator('#canvas').focus();
  const labels: (string | null)[] = [];
  for (const _ of await partsOf(page)) {
    await page.keyboard.press('ArrowDown');
    labels.push(await page.locator(':focus').getAttribute('aria-label'));
  }
  assert.deepEqual([...new Set(labels)].toSorted(), [...new Set(await partsOf(page))].toSorted());
  await page.keyboard.press('Tab');
  assert.equal(await page.locator('#canvas :focus').count(), 0);
  await page.locator('#as-table summary').press('Enter');
  assert.match(await textOf(page, '#table table'), /l[\s\S]*symlink/);
});

test('of a large picture only what is near is drawn, and all of it can be reached, read and printed', async (context) => {
  if (!canBrowse(context.name)) return;
  await using lab = await Lab.start();
  const page = await lab.open();
  const names = Array.from({ length: 400 }, (_, at) => `file-${String(at).padStart(3, '0')}`);
  await openSandbox(page, `${names.map((name) => `${name} "${name}"`).join('\n')}\nzy -> file-000\nzz -> file-000\n`);
  const drawn = () => page.locator('#canvas .part').count();
  const few = async (): Promise<void> => assert.ok((await drawn()) < 200, `${await drawn()} parts are drawn`);
  const inSight = (words: string): Promise<boolean> =>
    page.evaluate(
      `[...document.querySelectorAll('#canvas .part')].some((part) => {
        const box = part.querySelector('.pill, .card, .data-box').getBoundingClientRect();
        const frame = document.getElementById('canvas').getBoundingClientRect();
        return part.getAttribute('aria-label').includes('${words}') && box.top >= frame.top + 30 && box.bottom <= frame.bottom;
      })`,
    ) as Promise<boolean>;
  await few();
  // Links that stand far away lead through what is seen, and one stands for all that go the same way.
  await page.locator('#canvas .hop').waitFor();
  await page.evaluate("document.getElementById('canvas').scrollTop = 11000");
  await page.locator('#canvas .part[aria-label*="file-195"]').first().waitFor();
  await few();
  assert.equal(await page.locator('#canvas .hop').count(), 1);
  assert.equal(await page.locator('#canvas .part[aria-label*="file-000"].row').count(), 0);
  // The headings stay where they are seen.
  const headings = (await page.locator('#canvas .headings').boundingBox())?.y;
  assert.equal(headings, (await page.locator('#canvas').boundingBox())?.y);

  await page.locator('#canvas').focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('End');
  assert.match((await page.locator(':focus').getAttribute('aria-label')) ?? '', /file-000/);
  await page.waitForTimeout(100);
  assert.ok(await inSight('zz'));
  await page.keyboard.press('Home');
  await page.waitForTimeout(100);
  assert.ok(await inSight('/home/me'));
  await page.evaluate("document.getElementById('canvas').scrollTop = 11000");
  await page.waitForTimeout(100);
  assert.match((await page.locator(':focus').getAttribute('aria-label')) ?? '', /home\/me/);

  await type(page, 'ln file-007 file-307-again');
  await page.waitForTimeout(100);
  assert.ok(await inSight('file-307-again'));
  await few();
  await type(page, 'rm *[0-9]');
  await page.waitForTimeout(100);
  assert.ok((await inSight('file-307-again')) && (await inSight('zz')));

  await page.locator('#back').press('Enter');
  await few();
  await page.locator('#as-table summary').press('Enter');
  await page.locator('#table table').waitFor();
  assert.equal(await page.locator('#table tbody tr').count(), 404);
  await page.evaluate(
    "addEventListener('beforeprint', () => { globalThis.printed = document.querySelectorAll('#canvas .part:not(.gone)').length; })",
  );
  await page.pdf();
  assert.equal(await page.evaluate('globalThis.printed'), 404 + 403 + 402);
  await few();
});

/** Names and texts that would be something else if they were ever taken for markup or sent to a terminal. */
const hostile = [
  '<img src=x onerror=alert(1)>',
  '<script>alert(1)<\u2044script>',
  '"><svg onload=alert(1)>',
  '&lt;b&gt;',
  ']]>',
  'a\u202etxt.exe',
  '\u200b',
];

test('hostile names and texts are shown and never become elements', async (context) => {
  if (!canBrowse(context.name)) return;
  await using lab = await Lab.start();
  const page = await lab.open();
  await openSandbox(page, 'a "<img src=x onerror=alert(1)>\\n"\n');
  const quoted = hostile.map((name) => `'${name}'`);
  await type(
    page,
    ...quoted.flatMap((name) => [`ln a ${name}`, `ln -s ${name} ${name}.link`]),
    `ln a $'\\xff\\xfe'; ln -s $'\\e[31m\\xff' $'\\e]0;x\\a'; touch $'line\\nend' $'tab\\t'`,
    'ls -l; cat a; find .; stat *; lw ls; lw map',
    `${hostile[0]}; echo ${quoted[0]}; cd ${quoted[0]}; rm ${quoted[2]}`,
  );
  await page.locator('#as-table summary').click();
  assert.equal(
    await page.locator('img, script:not([src]), svg svg, b:not(.brand b), a, iframe, [onerror], [onload]').count(),
    0,
  );
  // Nothing that acts, hides or turns round is in what can be read or heard.
  const texts = await page
    .locator('#log, #canvas, #table, #prompt')
    .evaluateAll((parts) =>
      parts.flatMap((part) => [
        part.textContent ?? '',
        ...[...part.querySelectorAll('[aria-label]')].map((each) => each.getAttribute('aria-label') ?? ''),
      ]),
    );
  for (const text of texts) assert.doesNotMatch(text, /[\p{Cf}\p{Cs}]|(?![\n\t])\p{Cc}/u);
  const all = texts.join('\n');
  for (const shown of ['<img src=x onerror=alert(1)>', '\\u202e', '\\u200b', '\\xff\\xfe', '\\e[31m'])
    assert.ok(all.includes(shown), shown);
  assert.ok((await partsOf(page)).length > 20);
});

test('no line hangs the page', async (context) => {
  if (!canBrowse(context.name)) return;
  await using lab = await Lab.start();
  const page = await lab.open();
  for (const line of [
    'while true; do :; done',
    'while true; do ls -lR /; done',
    'while true; do lw map /; done',
    'f() { f & f; }; f',
    ':(){ :|:& };:',
    'echo {1..9999999}',
    'a=x; while true; do a=$a$a; done',
    'mkdir d; ln -s . d/l; find -L d; ls d/l/l/l/*/*/*/*/*/*',
    `echo ${'a'.repeat(42)} | grep -E '(a*)*\\1b'`,
    `echo ${'$('.repeat(1500)}echo x${')'.repeat(1500)}`,
    `${'('.repeat(4900)}ls${')'.repeat(4900)}`,
    `echo $((${'('.repeat(4900)}1${')'.repeat(4900)}))`,
  ]) {
    await type(page, line, 'clear', 'echo alive');
    assert.match(await screenOf(page), /\nalive$/, line);
  }
});

test('a browser that lacks what others have had for a year or two can do all of it', async (context) => {
  if (!canBrowse(context.name)) return;
  await using lab = await Lab.start();
  const page = await lab.open();
  await page.addInitScript(`
    for (const name of ['DisposableStack', 'AsyncDisposableStack', 'SuppressedError', 'Iterator', 'Temporal', 'Float16Array'])
      delete globalThis[name];
    const helpers = Object.getPrototypeOf(Object.getPrototypeOf([].values()));
    for (const name of Object.getOwnPropertyNames(helpers)) if (name !== 'constructor') delete helpers[name];
    for (const [of, name] of [[RegExp, 'escape'], [Promise, 'try'], [Error, 'isError'], [Uint8Array, 'fromBase64'], [Uint8Array.prototype, 'toBase64'], [Map.prototype, 'getOrInsert'], [globalThis, 'scheduler'], [globalThis, 'requestIdleCallback']])
      delete of[name];
  `);
  await page.reload();
  await page.locator('html[data-ready]').waitFor();
  assert.equal(
    await page.evaluate('typeof DisposableStack + typeof Iterator + typeof [].values().map'),
    'functionundefinedundefined',
  );
  await openSandbox(page, 'a "one" #1\nb #1\nl -> a\nd/\n  x -> ../none\nm/ mount tmpfs\n  y\n');
  await type(
    page,
    'lw map; lw ls; lw why d/x; lw names a; lw who a; lw can a m/a; lw check .',
    'lw make a c; lw mv a e; lw rm b; lw history; lw undo',
    'ls -laR; find . -newer l; cp -a d d2; ln -sfn d2 d3; tail -f l & ',
    'for f in *; do case $f in [a-c]*) echo "$f"; esac; done | sort -r | sed s/a/x/ | tee out; diff out a',
  );
  for (const button of ['#back', '#forward', '#share']) await page.locator(button).press('Enter');
  await page.locator('.address').waitFor();
  assert.match(await screenOf(page), /inode/);
  assert.ok((await partsOf(page)).length > 15);
});

test('megabytes that are pasted are refused in a sentence', async (context) => {
  if (!canBrowse(context.name)) return;
  await using lab = await Lab.start();
  const page = await lab.open();
  const paste = (text: string, ...keys: readonly object[]): Promise<unknown> =>
    page.evaluate(`{
      const line = document.getElementById('line');
      line.value = ${text};
      for (const key of ${JSON.stringify(keys)})
        line.dispatchEvent(new KeyboardEvent('keydown', { ...key, bubbles: true, cancelable: true }));
    }`);
  await paste("'('.repeat(1e7)", { key: 'Tab' }, { key: 'c', ctrlKey: true });
  assert.ok((await screenOf(page)).length < 20_000);
  await paste("'echo ' + 'x'.repeat(1e7)", { key: 'Enter' });
  assert.match(await screenOf(page), /\nThe lab takes no line longer than 10000 characters\.$/);
  await page.locator('#pick').press('Enter');
  await page.locator('.sandbox').press('Enter');
  for (const [text, complaint] of [
    ["'x'.repeat(1e5)", /^Line 1: x{200}/],
    ["'f\\n'.repeat(1e5)", /^Line 2: f is drawn twice/],
    ["'x'.repeat(3e5)", /^This tree is too large for the lab\.$/],
  ] as const) {
    await page.evaluate(`document.getElementById('drawing').value = ${text}`);
    await page.getByRole('button', { name: 'Start from this tree' }).press('Enter');
    const said = await textOf(page, '.complaint');
    assert.match(said, complaint);
    assert.ok(said.length < 1000);
  }
  await type(page, 'echo alive');
  assert.match(await screenOf(page), /\nalive$/);
});

test('a hostile address is only data', async (context) => {
  if (!canBrowse(context.name)) return;
  await using lab = await Lab.start();
  const pack = (value: unknown): string => `#lab1=${deflateRawSync(JSON.stringify(value)).toString('base64url')}`;
  const bomb = `#lab1=${deflateRawSync(Buffer.alloc(50_000_000, 0x20)).toString('base64url')}`;
  for (const [hash, refused] of [
    ['#lab1=', true],
    ['#lab1=%3Cimg%3E', true],
    [`#lab1=${'A'.repeat(5000)}`, true],
    [bomb, true],
    [pack(null), true],
    [pack(['__proto__', [], 0]), true],
    [pack(['inode', ['ls'], 7]), true],
    [pack(['inode', [1], 1]), true],
    [pack([{ tree: 1 }, [], 0]), true],
    [pack([{ tree: '<img src=x onerror=alert(1)> -' }, [], 0]), true],
    [pack([{ tree: 'a', user: '<b>', directory: '../../x' }, ['ls'], 1]), undefined],
    [
      pack([{ tree: "'<img src=x onerror=alert(1)>' -> '<svg onload=alert(1)>'" }, ['<script>alert(1)</script>'], 1]),
      false,
    ],
    ['#<img src=x onerror=alert(1)>', false],
  ] as const) {
    const page = await lab.open(hash);
    assert.equal(await page.locator('#log img, #canvas img, script:not([src]), svg svg').count(), 0);
    const said = await screenOf(page);
    if (refused !== undefined) assert.equal(said.includes('holds no state'), refused, `${hash.slice(0, 80)}: ${said}`);
    await type(page, 'echo alive');
    assert.match(await screenOf(page), /\nalive$/, hash.slice(0, 80));
    await page.close();
  }
});

test('it works from the file system, too', async (context) => {
  if (!canBrowse(context.name)) return;
  await using lab = await Lab.start();
  const page = await lab.openFile();
  await type(page, 'echo here');
  assert.match(await screenOf(page), /\nhere$/);
});

test('all of it is at most 350 KiB compressed', async () => {
  using scratch = new Scratch();
  await buildLab(scratch.path);
  const sizes = readdirSync(scratch.path).map(
    (name) => [name, gzipSync(readFileSync(scratch.at(name)), { level: 9 }).length] as const,
  );
  const all = sizes.reduce((sum, [, size]) => sum + size, 0);
  console.log(`the lab: ${all} bytes compressed: ${sizes.map(([name, size]) => `${name} ${size}`).join(', ')}`);
  assert.ok(all <= sizeLimit, `${all} bytes`);
});

/** Begins with a tree of one's own, by keyboard. */
const openSandbox = async (page: Page, tree: string): Promise<void> => {
  await page.locator('#pick').press('Enter');
  await page.locator('.sandbox').press('Enter');
  await page.locator('#drawing').fill(tree);
  await page.getByRole('button', { name: 'Start from this tree' }).press('Enter');
  assert.equal(await focused(page), 'line');
};

const focused = (page: Page): Promise<string | undefined> =>
  page.evaluate("document.activeElement?.id ?? ''") as Promise<string>;
