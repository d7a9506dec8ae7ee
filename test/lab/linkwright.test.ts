/** `lw check`, `lw mv` and `lw rm` in the lab are those of the command line. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { draw } from '../../src/lab/drawing.ts';
import { newSession, type Session } from '../../src/lab/session.ts';
import { runLine } from '../../src/lab/shell/run-line.ts';

const tree = `
  assets/
    Logo.png "x\\n" #1
  current -> releases/1
  releases/
    1/
      app "one\\n"
    2/
      app "two\\n"
  site/
    abs -> /home/me/assets/Logo.png
    logo -> ../assets/logo.png`;

const drawn = ({ process }: Session): string => draw(process, process.cwd);

/** What it says without the identifier of the undo, which hangs on the time. */
const said = (session: Session, line: string) => {
  const { out, err, code } = runLine(session, line);
  return { out: out.replace(/\blw undo \w+/, 'lw undo ID'), err, code };
};

test('lw check tells why a link is broken, mends what is beyond doubt, and undo takes it back', () => {
  const session = newSession({ tree });
  const before = drawn(session);
  const { out, code } = runLine(session, 'lw check');
  assert.equal(code, 1);
  assert.match(out, /site\/logo -> \.\.\/assets\/logo\.png[\s\S]*Logo\.png does \(case-mismatch\)/);
  assert.match(out, /site\/abs[\s\S]*\(absolute-inside-root\)/);
  assert.match(out, /lw check --fix would mend 2 of them/);
  assert.equal(runLine(session, 'lw check --fix').code, 0);
  assert.equal(runLine(session, 'cat site/logo site/abs').out, 'x\nx\n');
  assert.deepEqual(said(session, 'lw check'), {
    out: 'nothing to complain of in 3 links, 12 entries seen\n',
    err: '',
    code: 0,
  });
  assert.equal(runLine(session, 'lw undo').code, 0);
  assert.equal(drawn(session), before);
  assert.match(runLine(session, 'lw check --json').out, /^\{"schema":"linkwright\/check\/1"/);
  assert.match(runLine(session, 'lw check --explain case-mismatch').out, /^case-mismatch: /);
});

test('what lw check cannot have in the lab is refused and not passed over', () => {
  const session = newSession({ tree });
  for (const option of ['--git', '--config x', '--as-if-copied /tmp/x', '--root /', '--exclude x']) {
    const { out, err, code } = runLine(session, `lw check ${option}`);
    assert.deepEqual([out, code], ['', 2], option);
    assert.match(err, /^lw: --[a-z-]+ is not to be had (in the lab|here)\n/, option);
  }
  assert.equal(runLine(session, 'lw check --format sarif').code, 2);
  assert.equal(runLine(session, 'lw check --format json').code, 1);
  runLine(session, 'touch linkwright.toml');
  assert.match(
    runLine(session, 'lw check').err,
    /^lw: linkwright\.toml .* not read in the lab\n {4}try: lw check --no-/,
  );
  assert.equal(runLine(session, 'lw check --no-config').code, 1);
});

test('lw mv keeps links leading, and undo takes it back', () => {
  const session = newSession({ tree });
  const before = drawn(session);
  assert.deepEqual(said(session, 'lw mv --in . assets pictures'), {
    out: `/home/me/site/abs -> /home/me/pictures/Logo.png   (was /home/me/assets/Logo.png)
/home/me/site/logo -> ../pictures/logo.png   (was ../assets/logo.png)
2 links changed; searched .
lw undo ID takes it back
`,
    err: '',
    code: 0,
  });
  assert.equal(runLine(session, 'cat site/abs').out, 'x\n');
  assert.equal(runLine(session, 'lw undo').code, 0);
  assert.equal(drawn(session), before);
});

test('lw rm tells what would break and does nothing, or gives the links something else to lead to', () => {
  const session = newSession({ tree });
  const before = drawn(session);
  assert.deepEqual(said(session, 'lw rm -r --in . releases/1'), {
    out: '1 link would lead nowhere, of those below .\n  ./current -> releases/1\n',
    err: 'lw: 1 link would lead nowhere: nothing was removed\n    try: --links=keep, --links=remove, or --links=retarget --to PATH\n',
    code: 1,
  });
  assert.equal(drawn(session), before);
  assert.equal(runLine(session, 'lw rm -r --in . --links=retarget --to releases/2 releases/1').code, 0);
  assert.equal(runLine(session, 'cat current/app').out, 'two\n');
  assert.equal(runLine(session, 'lw undo').code, 0);
  assert.equal(drawn(session), before);
  // Nobody sits at the lab's terminal while a command runs.
  assert.equal(runLine(session, 'lw rm -i assets/Logo.png').code, 2);
});

test('lw rm names what holds a file: what runs in the background, and the shell', () => {
  const session = newSession({ tree });
  for (const line of ['tail -f assets/Logo.png &', 'ln assets/Logo.png second', 'exec 3< second'])
    runLine(session, line);
  assert.match(
    runLine(session, 'lw rm --in . --links=keep assets/Logo.png').out,
    /held by process 1000 \(bash\): .*second\n {2}held by process 1001 \(tail\): assets\/Logo\.png\n/,
  );
  runLine(session, 'lw undo');
  assert.doesNotMatch(runLine(session, 'lw rm -r --in . releases/2').out, /held/);
});
