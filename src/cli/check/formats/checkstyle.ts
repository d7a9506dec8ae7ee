import type { FindingGroup, Writer } from '../report.ts';
import { findingText } from './message.ts';
import { placeOf } from './place.ts';
import { xmlDeclaration, xmlText } from './xml.ts';

/** The version of the format, not ours: readers look for one that they know. */
const formatVersion = '4.3';

/** Checkstyle's XML: every place, file by file. */
export const checkstyle: Writer = function* (report) {
  yield `${xmlDeclaration}<checkstyle version="${formatVersion}">\n`;
  const byPlace = new Map<string, (readonly [group: FindingGroup, index: number])[]>();
  for (const group of report.groups)
    for (const [index, finding] of group.findings.entries()) {
      const place = placeOf(report, finding);
      const known = byPlace.get(place);
      if (known) known.push([group, index]);
      else byPlace.set(place, [[group, index]]);
    }
  for (const place of [...byPlace.keys()].sort()) {
    yield `  <file name="${xmlText(place)}">\n`;
    for (const [group, index] of byPlace.get(place) ?? []) {
      const finding = group.findings[index];
      if (!finding) continue;
      yield `    <error line="1" severity="${finding.severity}" message="${xmlText(findingText(finding))}" source="linkwright.${xmlText(group.rule)}"/>\n`;
    }
    yield '  </file>\n';
  }
  yield '</checkstyle>\n';
};
