/** What a check found, as other programs take it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import sarifSchema from '@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json' with { type: 'json' };
import { Ajv } from 'ajv';
import { checkstyle } from '../../src/cli/check/formats/checkstyle.ts';
import { github } from '../../src/cli/check/formats/github.ts';
import { gitlab } from '../../src/cli/check/formats/gitlab.ts';
import { jsonLines } from '../../src/cli/check/formats/json-lines.ts';
import { junit } from '../../src/cli/check/formats/junit.ts';
import { sarif } from '../../src/cli/check/formats/sarif.ts';
import type { CheckReport, FindingGroup, Writer } from '../../src/cli/check/report.ts';
import { decodeBytes, encodeBytes } from '../../src/fs/bytes.ts';
import { linkText } from '../../src/fs/link-text.ts';
import { nameFromJson } from '../../src/fs/name-json.ts';
import { schemaErrors } from '../schema.ts';
import { base, finding, groupOf, oddNames, report } from './reports.ts';

const written = (writer: Writer, given: CheckReport): string => [...writer(given)].join('');

const odd = report(
  oddNames.map((name) => groupOf([finding(`d/${name}`, { text: linkText(name), says: [{ name }, ' is odd'] })])),
);

const renamed = report([
  groupOf(
    Array.from({ length: 400 }, (_, i) => finding(`docs/${i}`)),
    { key: `${base}/old`, says: [{ name: 'old' }, ' is no longer there'] },
  ),
]);

interface Result {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly locations: readonly Located[];
  readonly relatedLocations?: readonly Located[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
}
interface Located {
  readonly id?: number;
  readonly physicalLocation: { readonly artifactLocation: { readonly uri: string; readonly uriBaseId?: string } };
}

const validateSarif = (() => {
  // The schema is of draft 4, which names itself by `id`; nothing else in it has changed its meaning since.
  const { $schema: _, id: __, ...schema } = sarifSchema as unknown as Record<string, unknown>;
  return new Ajv({ strict: false, validateFormats: false, unicodeRegExp: false }).compile(schema);
})();

const sarifRun = (given: CheckReport) => {
  const log = JSON.parse(written(sarif, given));
  const valid: boolean = validateSarif(log);
  assert.ok(valid, JSON.stringify(validateSarif.errors?.slice(0, 3)));
  assert.equal(log.runs.length, 1);
  return log.runs[0] as {
    readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } };
    readonly results: readonly Result[];
    readonly originalUriBaseIds: unknown;
    readonly invocations: readonly {
      readonly executionSuccessful: boolean;
      readonly toolExecutionNotifications: readonly { readonly message: { readonly text: string } }[];
    }[];
  };
};

test('SARIF: an empty report, odd names and a group are valid, and the schema would say if they were not', () => {
  assert.deepEqual(sarifRun(report([])).results, []);
  assert.equal(sarifRun(odd).results.length, oddNames.length);
  sarifRun(renamed);
  assert.equal(validateSarif({ version: '2.1.0', runs: [{ tool: { driver: {} } }] }), false);
});

test('SARIF: a result names its rule, level and place, and its URI gives the name back byte for byte', () => {
  const { results, tool, originalUriBaseIds } = sarifRun(odd);
  for (const [index, result] of results.entries()) {
    assert.equal(tool.driver.rules[result.ruleIndex]?.id, result.ruleId);
    assert.equal(result.level, 'error');
    const location = result.locations[0]?.physicalLocation.artifactLocation;
    assert.equal(location?.uriBaseId, '%SRCROOT%');
    assert.equal(unpercent(location?.uri ?? ''), `d/${oddNames[index]}`);
  }
  assert.deepEqual(originalUriBaseIds, { '%SRCROOT%': { uri: 'file:///home/me/repo/' } });
});

test('SARIF: a path outside of the working directory is absolute', () => {
  const { results } = sarifRun(
    report([
      groupOf([finding('/srv/ä')]),
      groupOf([finding('../x', { physical: '/home/me/x' })]),
      groupOf([finding(`${base}/./y`, { physical: `${base}/y` })]),
    ]),
  );
  assert.deepEqual(
    results.map(({ locations }) => locations[0]?.physicalLocation.artifactLocation),
    [{ uri: 'file:///srv/%C3%A4' }, { uri: 'file:///home/me/x' }, { uri: 'y', uriBaseId: '%SRCROOT%' }],
  );
});

test('SARIF: a group is one result with the places that GitHub shows, and the message links to some', () => {
  const [result] = sarifRun(renamed).results;
  assert.match(
    result?.message.text ?? '',
    /^old is no longer there; here and in 399 more places\. Also: \[docs\/1\]\(1\), .*, …$/,
  );
  assert.equal(result?.locations.length, 1);
  assert.equal(result?.relatedLocations?.length, 99);
  assert.deepEqual(
    result?.relatedLocations?.map(({ id }) => id),
    Array.from({ length: 99 }, (_, i) => i + 1),
  );
});

test('SARIF: fingerprints stay when unrelated things change, and differ where findings do', () => {
  const print = (group: FindingGroup, given: Partial<CheckReport> = {}) =>
    sarifRun(report([group], given)).results[0]?.partialFingerprints['linkwrightLink/v1'];
  const one = print(groupOf([finding('a')]));
  assert.match(one ?? '', /^[0-9a-f]{64}$/);
  assert.equal(
    print(groupOf([finding('a', { says: ['in other words'], severity: 'warning', physical: '/ci/a' })]), {
      base: '/ci',
      version: '9.9.9',
    }),
    one,
  );
  assert.equal(print(groupOf([finding('./a')])), one);
  assert.notEqual(print(groupOf([finding('b')])), one);
  assert.notEqual(print(groupOf([finding('a', { text: linkText('other') })])), one);
  assert.notEqual(print(groupOf([finding('a', { rule: 'messy' })])), one);
  const [all] = renamed.groups as readonly [FindingGroup];
  const fewer = { ...all, findings: all.findings.slice(7) };
  assert.equal(print(fewer), print(all));
  const elsewhere = { ...fewer, cause: { key: '/ci/old', says: ['it is gone'] } };
  assert.equal(print(elsewhere, { base: '/ci' }), print(all));
});

test('SARIF: a scan that could not look everywhere is not a success, and says why', () => {
  const [invocation] = sarifRun(report([], { complete: false, notices: ['cannot read \x1b[1mx'] })).invocations;
  assert.equal(invocation?.executionSuccessful, false);
  assert.deepEqual(
    invocation?.toolExecutionNotifications.map(({ message }) => message.text),
    ['cannot read \\e[1mx'],
  );
});

test('GitHub: annotations with their escapes; a name becomes neither a command nor a property', () => {
  assert.deepEqual(
    written(
      github,
      report([
        groupOf([finding('a,b:c%\nd')]),
        groupOf([finding('x', { rule: 'messy', severity: 'warning', says: [{ name: '1\n::error::' }, ' is odd'] })]),
      ]),
    ).split('\n'),
    [
      "::error file=a%2Cb%3Ac%25%0Ad,line=1,title=dangling::$'a,b:c%25\\nd' leads to nothing: gone does not exist",
      "::warning file=x,line=1,title=messy::x $'1\\n::error::' is odd",
      'Linkwright: 1 errors, 1 warnings and 0 notes in 5 links',
      '',
    ],
  );
  for (const line of written(github, odd).trimEnd().split('\n')) assert.match(line, /^(::error file=|Linkwright: )/);
});

test('GitHub: ten of each level, and then how many more there are', () => {
  const many = ['error', 'warning', 'info'].flatMap((severity) =>
    Array.from({ length: 25 }, (_, i) => groupOf([finding(`${severity}${i}`, { severity: severity as 'error' })])),
  );
  const lines = written(github, report(many)).trimEnd().split('\n');
  for (const level of ['error', 'warning', 'notice'])
    assert.equal(lines.filter((line) => line.startsWith(`::${level} `)).length, 10);
  assert.match(lines.at(-1) ?? '', /; 45 more than can be shown as annotations$/);
  const incomplete = written(github, report(many, { complete: false, notices: ['cannot read x'] }))
    .trimEnd()
    .split('\n');
  assert.equal(incomplete[0], '::warning title=incomplete::Not everything could be looked at%0Acannot read x');
  assert.equal(incomplete.filter((line) => line.startsWith('::warning ')).length, 10);
});

test('GitLab: each finding has what GitLab wants of it, and a fingerprint of its own', () => {
  const twice = report([groupOf([finding('a')]), groupOf([finding('a')]), ...odd.groups, ...renamed.groups]);
  const list = JSON.parse(written(gitlab, twice)) as readonly Record<string, unknown>[];
  assert.equal(list.length, oddNames.length + 3);
  assert.equal(new Set(list.map(({ fingerprint }) => fingerprint)).size, list.length);
  assert.deepEqual(list[0], {
    description: 'a leads to nothing: gone does not exist',
    check_name: 'dangling',
    fingerprint: list[0]?.fingerprint,
    severity: 'major',
    location: { path: 'a', lines: { begin: 1 } },
  });
  assert.deepEqual(JSON.parse(written(gitlab, report([]))), []);
  assert.deepEqual(list[8]?.location, { path: 'd/caf\\xe9', lines: { begin: 1 } });
});

test('JSON Lines: one finding a line, by its schema, names exact', () => {
  const lines = written(jsonLines, { ...odd, groups: [...odd.groups, ...renamed.groups] })
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.equal(lines.length, oddNames.length + 400);
  for (const line of [...lines.slice(0, oddNames.length), lines.at(-1)])
    assert.equal(schemaErrors('check-finding', line), '');
  assert.deepEqual(
    lines.slice(0, oddNames.length).map(({ text }) => nameFromJson(text)),
    oddNames,
  );
  assert.deepEqual(lines.at(-1).cause, { key: `${base}/old`, says: 'old is no longer there' });
});

const xmllint = spawnSync('xmllint', ['--version']).status === 0;
if (!xmllint)
  process.stderr.write('NOT RUN: XML against its schemas: xmllint is not installed (package libxml2-utils)\n');

const xmlErrors = (schema: string, xml: string): string => {
  if (!xmllint) return '';
  const xsd = new URL(`schemas/${schema}.xsd`, import.meta.url).pathname;
  const { status, stderr } = spawnSync('xmllint', ['--noout', '--huge', '--schema', xsd, '-'], {
    input: encodeBytes(xml),
  });
  return status === 0 ? '' : String(stderr).slice(0, 2000);
};

/** Characters that XML 1.0 has no place for (§2.2), and lone surrogates. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what it looks for.
const notXml = /[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|\p{Cs}/u;

for (const [name, writer] of [
  ['junit', junit],
  ['checkstyle', checkstyle],
] as const)
  test(`${name}: valid XML of its schema, whatever the names`, () => {
    for (const given of [report([]), odd, renamed, report([], { complete: false, notices: ['<x>', 'two\nlines'] })]) {
      const xml = written(writer, given);
      assert.doesNotMatch(xml, notXml);
      assert.equal(xmlErrors(name, xml), '');
    }
    if (xmllint)
      assert.notEqual(
        xmlErrors(
          name,
          written(writer, odd).replace('severity="error"', '').replace('<failure type="error"', '<failure'),
        ),
        '',
      );
  });

test('JUnit: a case for each group, rules without findings pass, notes fail nothing', () => {
  const xml = written(
    junit,
    report([...renamed.groups, groupOf([finding('n', { rule: 'cross-filesystem', severity: 'info' })])]),
  );
  assert.match(xml, /<testsuites name="lw check" tests="4" failures="1" errors="0">/);
  assert.match(
    xml,
    /<testsuite name="messy" tests="1" failures="0" errors="0">\n {4}<testcase classname="messy" name="what messy is"\/>/,
  );
  assert.match(
    xml,
    /<testcase classname="cross-filesystem" name="n"><system-out>n leads to nothing: gone does not exist<\/system-out>/,
  );
  assert.match(
    xml,
    /<failure type="error" message="old is no longer there; here and in 399 more places">docs\/0 leads to nothing: gone does not exist&#10;/,
  );
  assert.match(xml, /and 300 more<\/failure>/);
});

test('checkstyle: every place, file by file', () => {
  const xml = written(
    checkstyle,
    report([groupOf([finding('b')]), groupOf([finding('a'), finding('b', { rule: 'messy', severity: 'warning' })])]),
  );
  assert.equal(
    xml,
    `<?xml version="1.0" encoding="UTF-8"?>
<checkstyle version="4.3">
  <file name="a">
    <error line="1" severity="error" message="leads to nothing: gone does not exist" source="linkwright.dangling"/>
  </file>
  <file name="b">
    <error line="1" severity="error" message="leads to nothing: gone does not exist" source="linkwright.dangling"/>
    <error line="1" severity="warning" message="leads to nothing: gone does not exist" source="linkwright.dangling"/>
  </file>
</checkstyle>
`,
  );
});

test('100,000 findings: within limits, and in pieces', () => {
  const alone = report(Array.from({ length: 100_000 }, (_, i) => groupOf([finding(`some/where/deep/${i}`)])));
  const writers = { sarif, github, gitlab, junit, checkstyle, jsonLines };
  const sizes = new Map<string, number>();
  for (const [name, writer] of Object.entries(writers)) {
    let size = 0;
    let largest = 0;
    for (const piece of writer(alone)) {
      size += piece.length;
      largest = Math.max(largest, piece.length);
    }
    sizes.set(name, size);
    assert.ok(largest < 64 * 1024, `${name} writes ${largest} characters at once`);
  }
  assert.ok((sizes.get('github') ?? Infinity) < 5_000, 'annotations are few');
  for (const [name, size] of sizes) assert.ok(size < 40_000_000, `${name}: ${size} characters`);
  const { results, invocations } = sarifRun(alone);
  assert.equal(results.length, 25_000);
  assert.match(
    invocations[0]?.toolExecutionNotifications[0]?.message.text ?? '',
    /^75,000 places of 75,000 results are left out/,
  );
  const together = report([
    groupOf(
      alone.groups.flatMap(({ findings }) => findings),
      { key: 'k', says: ['one cause'] },
    ),
  ]);
  assert.ok(written(sarif, together).length < 100_000);
  assert.ok(written(junit, together).length < 100_000);
  assert.equal(written(jsonLines, together).split('\n').length, 100_001);
});

const unpercent = (uri: string): string =>
  decodeBytes(
    Uint8Array.from(uri.match(/%[0-9A-F]{2}|[^%]/g) ?? [], (part) =>
      part.length === 3 ? Number.parseInt(part.slice(1), 16) : part.charCodeAt(0),
    ),
  );
