import { jsonLine } from '../../json.ts';
import { show } from '../../show.ts';
import type { Writer } from '../report.ts';
import { wordsText } from '../words-text.ts';

/** JSON Lines: a finding a line, as schemas/check-finding.json has it. */
export const jsonLines: Writer = function* ({ groups }) {
  for (const { cause, findings } of groups)
    for (const { rule, severity, path, physical, text, says, fix } of findings)
      yield `${jsonLine({
        schema: 'linkwright/check-finding/1',
        rule,
        severity,
        path,
        physical,
        text,
        says: wordsText(says, show),
        cause: cause && { key: cause.key, says: wordsText(cause.says, show) },
        fix,
      })}\n`;
};
