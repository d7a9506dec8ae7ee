/** The lessons of the project: each is complete, its solution reaches its goal, its questions have answers. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkGoal } from '../../src/lab/lessons/check-goal.ts';
import { checkLesson } from '../../src/lab/lessons/check-lesson.ts';
import { countCommands } from '../../src/lab/lessons/count-commands.ts';
import type { Block, Lesson, Question, Span } from '../../src/lab/lessons/lesson.ts';
import { answerOf, isRight } from '../../src/lab/lessons/quiz.ts';
import { newSession } from '../../src/lab/session.ts';
import { runLine } from '../../src/lab/shell/run-line.ts';
import { lessonFiles, lessonOf } from './lessons.ts';

const lessons = lessonFiles.map((file) => ({ ...file, lesson: lessonOf(file) }));

for (const { name, text } of lessonFiles)
  test(`${name}: what is written is right, and the solution reaches the goal`, () => {
    assert.deepEqual(checkLesson(text), []);
  });

test('there are at least 24 lessons and 40 questions, and each covers something', () => {
  assert.ok(lessons.length >= 24);
  assert.ok(lessons.flatMap(({ lesson }) => lesson.quiz).length >= 40);
  assert.equal(new Set(lessons.map(({ lesson }) => lesson.id)).size, lessons.length);
  for (const { name, lesson } of lessons) {
    assert.match(name, new RegExp(`^\\d\\d-${lesson.id}\\.lesson$`));
    assert.ok(lesson.objectives.length > 0 && lesson.hints.length > 0 && lesson.quiz.length > 0, name);
  }
  const objectives = new Set(lessons.flatMap(({ lesson }) => lesson.objectives));
  assert.deepEqual([...objectives].sort(), [
    'LPIC-1 104.6: copying versus linking files',
    'LPIC-1 104.6: create links',
    'LPIC-1 104.6: identify hard and soft links',
    'LPIC-1 104.6: use links to support system administration',
    'RHCSA: create hard and soft links',
  ]);
});

test('all seven differences have a lesson', () => {
  const titles = lessons.map(({ lesson }) => lesson.title).filter((title) => /^Difference \d: /.test(title));
  assert.deepEqual(
    titles.map((title) => title.replace(/: .*/, '')),
    [1, 2, 3, 4, 5, 6, 7].map((number) => `Difference ${number}`),
  );
});

test('a lesson is short', () => {
  for (const { name, lesson } of lessons) {
    const words = lesson.text.flatMap(textsOf).join(' ').split(/\s+/).filter(Boolean).length;
    assert.ok(words >= 60 && words <= 150, `${name} has ${words} words`);
  }
});

test('nothing is reached by doing nothing, and what the sentence says is one sentence', () => {
  for (const { name, lesson } of lessons) {
    const { met, differences } = checkGoal(newSession(lesson.start), lesson);
    assert.equal(met, false, name);
    assert.match(plain(differences[0] ?? []), /^[^\n]+[.]$/, name);
  }
});

test('the usual mistakes do not pass, and other ways do', () => {
  const tried: readonly (readonly [id: string, lines: readonly string[], sentence: string | undefined])[] = [
    [
      'two-names',
      ['cp shopping market'],
      'market is not the file that was shopping at the start: its inode is another.',
    ],
    ['two-names', ['ln -s shopping market'], 'market is a symlink; it should be a regular file.'],
    ['two-names', ['cd /', 'link /home/me/shopping home/me/market'], undefined],
    ['rm', ['mv draft final'], 'draft should not be there.'],
    ['rm', ['cp draft new', 'rm draft final', 'mv new final'], 'final is another inode than at the start.'],
    ['symlink', ['ln -s monday today'], 'today leads nowhere: No such file or directory.'],
    ['symlink', ['ln -s ~/notes/monday today'], undefined],
    ['mend', ['mv kitchen/card kitchen/list'], 'kitchen/card is missing.'],
    ['mend', ['rm menu', 'ln -s kitchen/card menu'], undefined],
    [
      'relative',
      ['ln -s data/report links/report'],
      'The text of links/report is data/report; it should be ../data/report.',
    ],
    ['relative', ['cd links', 'ln -s ../data/report'], undefined],
    ['slash', ['rm -r photos/*', 'rm photos'], 'pictures/cat.jpg is missing.'],
    ['slash', ['unlink photos'], undefined],
    [
      'difference-changes',
      ['cp config.new config'],
      'config is not the file that was config.new at the start: its inode is another.',
    ],
    ['difference-speed', ['rm a b c d', 'ln -s file a'], 'The symlink b with the text c is missing.'],
    ['sfn', ['ln -sf releases/2 current'], 'releases/1/2 should not be there.'],
    ['sfn', ['ln -sfn ~/releases/2/ current'], undefined],
    ['atomic', ['ln -s ~/releases/2 new', 'mv -T new current'], undefined],
    ['atomic', ['rm current', 'mv releases/2 current'], 'current is a directory; it should be a symlink.'],
    ['loop', ['ln -sfn site-2026 web'], 'The text of web is site-2026; it should be site.'],
    ['loop', ['ln -sfn ~/site-2026 site'], undefined],
    ['mend', ['ln -sf ~/kitchen/card menu'], undefined],
    ['difference-inode', ['ln -s ~/tune soft', 'ln -L soft hard'], undefined],
    ['difference-inode', ['ln -s tune soft', 'ln soft hard'], 'hard is a symlink; it should be a regular file.'],
    ['sfn', ['ln -sf releases/2 current', 'rm releases/1/2', 'ln -sfT releases/2 current'], undefined],
    ['editors', ['edit -r app.conf port=8080'], 'app.conf is another inode than at the start.'],
    ['editors', ['edit site/app.conf port=8080'], undefined],
    ['editors', ['sed -i s/80/8080/ app.conf'], 'app.conf is another inode than at the start.'],
    ['deleted-but-open', ['rm server.log'], 'The file that was server.log at the start should be open.'],
    ['deleted-but-open', ['exec 3< server.log', 'rm server.log'], undefined],
    [
      'backup',
      ['cp -a home monday', 'echo v2 > home/letter'],
      'home/letter is still an inode of the start; it should be a new one.',
    ],
    ['ruined-backup', ['echo v2 > home/letter'], 'home/letter is still an inode of the start; it should be a new one.'],
    ['ruined-backup', ['edit -r home/letter v2'], undefined],
    [
      'rotation',
      ['tail -f app.log &', 'mv app.log app.log.1', 'touch app.log'],
      'app.log is another inode than at the start.',
    ],
    ['chmod', ['chmod 644 shared/diary'], 'The mode of diary is 0644; it should be 0600.'],
    ['who', ['rm notes/leak inbox/link'], 'archive/old-leak should not be there.'],
    ['who', ['find . -samefile notes/leak -delete', "find . -lname '*leak' -delete"], undefined],
    [
      'copies',
      ['cp -a project mirror', 'cp -r project export'],
      'export/logo is a symlink; it should be a regular file.',
    ],
    ['undo', ['lw make --replace shared/config config'], 'config is a symlink; it should be a regular file.'],
    ['undo', ['true'], 'Nothing was taken back yet: use lw undo.'],
    ['sfn', ['lw make --replace releases/2 current'], undefined],
    ['mend', ['lw make -f kitchen/card menu'], undefined],
    ['relative', ['lw make data/report links/report'], undefined],
    ['forty', ['ln -sf file l41'], 'l1 leads nowhere: Too many levels of symbolic links.'],
    ['forty', ['ln -sf l40 l2'], undefined],
    ['check', ['lw check --fix'], 'The text of site/intro is docs/intro; it should be ../docs/intro.'],
    ['check', ['mv docs/Guide docs/guide', 'ln -sf ../docs/intro site/intro'], 'docs/Guide is missing.'],
    ['check', ['ln -sf ~/docs/intro site/intro', 'lw check --fix'], undefined],
    ['move', ['mv lib library'], 'app/conf leads nowhere: No such file or directory.'],
    ['move', ['mv lib library', 'ln -s library lib'], 'lib should not be there.'],
    ['move', ['lw mv lib library'], undefined],
    ['remove', ['rm -r releases/1'], 'current leads nowhere: No such file or directory.'],
    ['remove', ['lw rm -r --in . releases/1'], 'releases/1 should not be there.'],
    ['remove', ['lw rm -r --in . --links=remove releases/1'], 'The symlink app is missing.'],
    ['remove', ['ln -sfn releases/2 current', 'lw rm -r --in . releases/1'], undefined],
  ];
  for (const [id, lines, sentence] of tried) {
    const lesson = lessons.find((one) => one.lesson.id === id)?.lesson as Lesson;
    const session = newSession(lesson.start);
    for (const line of lines) runLine(session, line);
    const { differences } = checkGoal(session, lesson);
    assert.equal(differences[0] && plain(differences[0]), sentence, `${id}: ${lines.join('; ')}`);
  }
});

test('golf is the number of commands of some way to the goal', () => {
  const shorter: Readonly<Record<string, string>> = {
    inode: 'rm blue',
    'difference-file-systems': 'ln -s ../song stick/song',
    'link-count': 'for d in best car; do ln song $d; done',
    'ruined-backup': 'sed -i s/v1/v2/ home/letter',
    rotation: 'cp app.log app.log.1; exec 3> app.log',
    chmod: 'install -m 644 diary shared/diary',
    bind: 'ln data/a data/b',
    atomic: 'ln -sfn releases/2 current',
    backup: 'cp -al home monday; edit -r home/letter v2',
    why: 'ln -sf ../img/current/Logo.png site/logo',
    protected: 'ln -s /home/other/poem tmp/poem',
    who: 'rm archive/old-leak inbox/letter inbox/link notes/leak',
  };
  for (const { lesson } of lessons) {
    const { id, start, golf, solution } = lesson;
    const lines = id in shorter ? [shorter[id] as string] : solution.map(({ line }) => line);
    const session = newSession(start);
    for (const line of lines) runLine(session, line);
    assert.ok(checkGoal(session, lesson).met, id);
    assert.equal(
      lines.reduce((sum, line) => sum + countCommands(line), 0),
      golf,
      id,
    );
  }
});

test('commands are counted, whatever lines they come in', () => {
  for (const [line, count] of [
    ['ln a b', 1],
    ['ln a b; rm a', 2],
    ['ln a b && rm a || echo no', 3],
    ['ls | wc -l > n', 2],
    ["echo 'a; b && c'", 1],
    ['for f in *; do ln $f d; rm $f; done', 2],
    ['if [ -e a ]; then rm a; else ln b a; fi', 3],
    ['while false; do rm a; done &', 2],
    ['case a in a) rm a ;; *) ln a b ;; esac', 2],
    ['f() { rm a; }; f', 2],
    ['(cd d && [[ -e a ]]); ((1))', 3],
    ['> file', 1],
    ['x=1', 1],
    ['echo "', 1],
    [`${'('.repeat(4900)}ls${')'.repeat(4900)}`, 1],
    ['', 0],
  ] as const)
    assert.equal(countCommands(line), count, line);
});

test('in the lesson on protected links it is these protections that refuse', () => {
  const start = lessons.find(({ lesson }) => lesson.id === 'protected')?.lesson.start as Lesson['start'];
  const refusals = (protectedHardlinks: boolean, protectedSymlinks: boolean) => {
    const session = newSession(start);
    Object.assign(session.sketch, { protectedHardlinks, protectedSymlinks });
    return ['ln home/other/poem tmp/poem', 'cat tmp/bait'].map((line) => runLine(session, line).err);
  };
  const hard = "ln: failed to create hard link 'tmp/poem' => 'home/other/poem': Operation not permitted\n";
  const soft = 'cat: tmp/bait: Permission denied\n';
  const dangling = 'cat: tmp/bait: No such file or directory\n';
  assert.deepEqual(refusals(true, true), [hard, soft]);
  assert.deepEqual(refusals(false, true), ['', soft]);
  assert.deepEqual(refusals(true, false), [hard, dangling]);
});

test('options that differ in case only are told apart', () => {
  const { lesson } = lessons[0] as { readonly lesson: Lesson };
  const question: Question = {
    ...(lesson.quiz[0] as Question),
    lines: [],
    asks: { kind: 'output', line: 'echo Logo' },
    options: ['logo', 'Logo'].map((value) => ({ value, words: [] })),
  };
  assert.ok(isRight(question, 'Logo'));
  assert.ok(!isRight(question, 'logo'));
  assert.ok(isRight({ ...question, options: [] }, ' logo'));
});

test('an answer is right whatever its case and the spaces around it', () => {
  const question = lessons.flatMap(({ lesson }) => lesson.quiz).find(({ asks }) => asks.kind === 'errno') as Question;
  assert.equal(answerOf(question), 'EEXIST');
  assert.ok(isRight(question, ' eexist '));
  assert.ok(!isRight(question, 'none'));
});

test('hints and texts name commands that the lab has, with options that they know', () => {
  for (const { name, lesson } of lessons)
    for (const line of commandsIn(lesson)) {
      const { code, err } = runLine(newSession(lesson.start), line);
      assert.notEqual(code, 127, `${name}: ${line}: ${err}`);
      assert.doesNotMatch(err, /invalid option|unrecognized option|unknown|syntax error/, `${name}: ${line}`);
    }
});

test('a line that a hint names works, at the start or at the end, unless the hint says that it is refused', () => {
  for (const { name, lesson } of lessons)
    for (const hint of lesson.hints)
      for (const line of linesIn(hint)) {
        const works = (before: readonly string[]): boolean => {
          const session = newSession(lesson.start);
          for (const earlier of before) runLine(session, earlier);
          return runLine(session, line).code === 0;
        };
        const isFine = works([]) || works(lesson.solution.map((one) => one.line)) || /refused/.test(plain(hint));
        assert.ok(isFine, `${name}: ${line}`);
      }
});

test('who always takes the same place of the options is not right much more often', () => {
  const places = new Map<number, number[]>();
  for (const question of lessons.flatMap(({ lesson }) => lesson.quiz)) {
    const { options } = question;
    const counts = places.get(options.length) ?? options.map(() => 0);
    const right = options.findIndex(({ value }) => value === answerOf(question));
    if (right >= 0) counts[right] = (counts[right] ?? 0) + 1;
    places.set(options.length, counts);
  }
  for (const wanted of [2, 3]) {
    const counts = places.get(wanted) ?? [];
    const all = counts.reduce((sum, count) => sum + count, 0);
    assert.ok(Math.max(...counts) <= (all / wanted) * 1.3, `${wanted} options: ${counts}`);
  }
});

test('the same question is answered the same each time', () => {
  for (const { lesson } of lessons)
    for (const question of lesson.quiz) assert.equal(answerOf(question), answerOf(question));
});

const textsOf = (block: Block): readonly string[] => {
  switch (block.kind) {
    case 'code':
      return [block.text];
    case 'list':
      return block.items.map(plain);
    case 'paragraph':
      return [plain(block.spans)];
  }
};

const plain = (spans: readonly Span[]): string => spans.map(({ text }) => text).join('');

/** Marked words that begin like a command line; capitals stand for what one types. */
const commandsIn = ({ text, hints }: Lesson): readonly string[] =>
  [...text.flatMap((block) => ('spans' in block ? [block.spans] : [])), ...hints].flatMap(commandsAmong);

const commandsAmong = (spans: readonly Span[]): readonly string[] => {
  const first =
    /^(cat|cd|chmod|cmp|cp|df|du|echo|edit|find|ln|ls|lw|mkdir|mv|namei|readlink|realpath|rm|sed|stat|tail|test|unlink) /;
  return spans.flatMap(({ kind, text: line }) =>
    kind === 'code' && first.test(line) && !/\b[A-Z]{1,}\b(?!\.)|[…/]proc/.test(line) ? [line] : [],
  );
};

/** Those with an operand: they can be typed as they are. */
const linesIn = (spans: readonly Span[]): readonly string[] =>
  commandsAmong(spans).filter((line) => / [^-]/.test(line) && !/^(lw|ln) \w+$/.test(line));
