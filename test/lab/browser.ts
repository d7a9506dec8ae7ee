/** The lab in a real browser, which tells all that a page must not do. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import axe from 'axe-core';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { buildLab } from '../../scripts/build-lab.ts';
import type { Lesson } from '../../src/lab/lessons/lesson.ts';
import { parseLesson } from '../../src/lab/lessons/parse-lesson.ts';
import { pagesOf, servePages } from '../../src/web/serve-pages.ts';
import { Scratch } from '../scratch.ts';

const chromiumPath = '/usr/bin/chromium';

const chromiumArgs = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Whether there is a browser here. It says so on standard error where not. */
export const canBrowse = (test: string): boolean => {
  const there = existsSync(chromiumPath);
  if (!there) process.stderr.write(`NOT RUN: ${test}: it needs ${chromiumPath}\n`);
  return there;
};

export interface Form {
  readonly width: number;
  readonly height: number;
  readonly theme: 'light' | 'dark';
}

export const desktop: Form = { width: 1280, height: 800, theme: 'light' };
export const forms: readonly Form[] = [
  desktop,
  { ...desktop, theme: 'dark' },
  { width: 390, height: 844, theme: 'light' },
  { width: 390, height: 844, theme: 'dark' },
];

/** A browser that knows nothing yet, at the lab's address. */
export class Lab implements AsyncDisposable {
  readonly url: string;
  readonly folder: string;
  readonly #context: BrowserContext;
  readonly #end: () => Promise<void>;
  readonly #wrong: string[] = [];

  private constructor(url: string, folder: string, context: BrowserContext, end: () => Promise<void>) {
    this.url = url;
    this.folder = folder;
    this.#context = context;
    this.#end = end;
    context.on('request', (request) => {
      const asked = request.url();
      if (
        !asked.startsWith(url) &&
        !asked.startsWith(pathToFileURL(folder).href) &&
        !asked.startsWith('data:image/svg+xml,')
      )
        this.#wrong.push(`request: ${asked}`);
    });
    context.on('console', (message) => {
      if (message.type() !== 'log') this.#wrong.push(`console: ${message.text()}`);
    });
    context.on('weberror', (error) => this.#wrong.push(`error: ${error.error().stack}`));
    context.on('dialog', (dialog) => {
      this.#wrong.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
  }

  static async start(form: Form = desktop): Promise<Lab> {
    const scratch = new Scratch();
    const folder = scratch.at('lab');
    await buildLab(folder);
    const site = await servePages(pagesOf(folder));
    const context = await chromium.launchPersistentContext(scratch.at('profile'), {
      executablePath: chromiumPath,
      headless: true,
      args: chromiumArgs,
      viewport: { width: form.width, height: form.height },
      colorScheme: form.theme,
      reducedMotion: 'reduce',
    });
    return new Lab(site.url, folder, context, async () => {
      await context.close();
      await site.close();
      scratch[Symbol.dispose]();
    });
  }

  /** A new page, when it can be used. */
  async open(hash = ''): Promise<Page> {
    const page = await this.#context.newPage();
    page.setDefaultTimeout(10_000);
    await page.goto(this.url + hash);
    await page.locator('html[data-ready]').waitFor();
    return page;
  }

  /** The same without a server. */
  async openFile(): Promise<Page> {
    const page = await this.#context.newPage();
    await page.goto(pathToFileURL(join(this.folder, 'index.html')).href);
    await page.locator('html[data-ready]').waitFor();
    return page;
  }

  /** Fails where a page asked for something elsewhere, complained, or showed a dialog. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end();
    // A test that fails already shows its own error only.
    for (const wrong of this.#wrong) process.stderr.write(`the page: ${wrong}\n`);
    assert.deepEqual(this.#wrong, []);
  }
}

/** Types lines into the terminal. */
export const type = async (page: Page, ...lines: readonly string[]): Promise<void> => {
  for (const line of lines) {
    await page.locator('#line').fill(line);
    await page.locator('#line').press('Enter');
  }
};

/** What the terminal shows after the prompts. */
export const screenOf = (page: Page): Promise<string> => page.evaluate("document.getElementById('log').innerText");

export const textOf = async (page: Page, selector: string): Promise<string> =>
  (await page.locator(selector).textContent()) ?? '';

/** Labels of what is in the picture. */
export const partsOf = (page: Page): Promise<readonly string[]> =>
  page
    .locator('#canvas .part:not(.gone)')
    .evaluateAll((parts) => parts.map((part) => part.getAttribute('aria-label') ?? ''));

/** The rules that the page breaks for people who do not see, or see badly, or use no mouse. */
export const barriersOf = async (page: Page): Promise<readonly string[]> => {
  await page.evaluate(axe.source);
  const { violations } = (await page.evaluate(
    `axe.run(document, { resultTypes: ['violations'], rules: { 'color-contrast-enhanced': { enabled: false } } })`,
  )) as {
    violations: readonly { id: string; help: string; nodes: readonly { html: string; failureSummary: string }[] }[];
  };
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary.replace(/\s+/g, ' ')}`),
  );
};

/** A lesson of lessons/ by the beginning of its file's name. */
export const lessonOf = (file: string): Lesson => {
  const lesson = parseLesson(readFileSync(join(import.meta.dirname, '../../lessons', file), 'utf8'));
  if (!('id' in lesson)) throw new Error(`${file} is no lesson`);
  return lesson;
};
