/** lessons.js of the lab: the files of lessons as they are, one a line. */
export const lessonsScript = (texts: readonly string[]): string =>
  `globalThis.linkwrightLessons = [\n${texts.map((text) => `${JSON.stringify(text)},\n`).join('')}];\n`;
