/** Many ways to do each lesson: whatever reaches the goal is accepted, and what only looks like it is not. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkGoal } from '../../src/lab/lessons/check-goal.ts';
import { plainText } from '../../src/lab/lessons/prose.ts';
import { newSession } from '../../src/lab/session.ts';
import { runLine } from '../../src/lab/shell/run-line.ts';
import { lessonFiles, lessonOf } from './lessons.ts';

/** By the id of a lesson: `+` does it, `-` does not; lines are parted by `;;`. */
const ways = String.raw`
  inode
    + rm blue
    + unlink blue
    + find . -type f -links 1 -delete
    + mv blue /tmp/
    - rm red
    - rm green ;; mv blue green
    - ln -f green blue

  two-names
    + ln shopping market
    + cp -l shopping market
    + lw make --hard shopping market
    + ln ./shopping ./market
    + link shopping market
    + ln shopping x ;; mv x market
    - mv shopping market ;; ln -s market shopping
    - cp shopping market
    - mv shopping market ;; cp market shopping
    - ln -s shopping market

  link-count
    + ln song best ;; ln song car
    + ln song best/song && ln best/song car/song
    + for d in best car; do ln song $d; done
    + cp -l song best ;; cp -l song car
    + cd best ;; ln ../song ;; cd ../car ;; ln ../song
    + link song best/song; link song car/song
    - cp song best; cp song car
    - ln song best/song; ln song car/song; ln song extra
    - ln song best/song; ln -s ../song car/song

  rm
    + rm draft
    + rm -f draft
    + unlink draft
    + lw rm draft
    + mv draft /tmp
    - rm final
    - rm final draft ;; echo "Dear Ada, it works." > final
    - : > draft; rm draft

  symlink
    + ln -s notes/monday today
    + cp -s notes/monday today
    + lw make notes/monday today
    + lw make -s notes/monday today
    + ln -sr notes/monday today
    + ln -s ./notes/monday today
    + ln -s ~/notes/monday today
    + ln -s /home/me/notes/monday today
    - cp notes/monday today
    - ln notes/monday today
    - ln -s monday today

  mend
    + ln -sf kitchen/card menu
    + rm menu ;; ln -s kitchen/card menu
    + ln -s kitchen/card m ;; mv m menu
    + ln -sf /home/me/kitchen/card menu
    + lw make --replace kitchen/card menu
    - cp kitchen/card kitchen/list
    - ln kitchen/card kitchen/list
    - cp kitchen/card menu
    - rm menu ;; cp kitchen/card menu

  relative
    + ln -s ../data/report links/report
    + ln -sr data/report links/report
    + ln -sr data/report links
    + cd links ;; ln -s ../data/report .
    + ln -s ../data/report links/
    + ln -s ../data/report -t links
    + cd links; cp -s ../data/report .
    - ln -s data/report links/report
    - ln -s /home/me/data/report links/report
    - cp data/report links

  dotdot
    + mkdir park/north park/south park/west
    + mkdir park/{north,south,west}
    + cd park; mkdir north south west
    + mkdir -p park/north park/west park/south
    + install -d park/north park/west park/south
    - mkdir -p park/north/south/west
    - touch park/north park/south park/west

  loop
    + ln -sfn site-2026 site
    + rm site; ln -s site-2026 site
    + ln -sf site-2026 site
    + ln -sfT site-2026 site
    + lw make --replace site-2026 site
    + ln -sf /home/me/site-2026 site
    + ln -sf site-2026/ site
    - ln -sfn site-2026 web
    - rm site web; ln -s site-2026 site; ln -s site-2026 web

  slash
    + rm photos
    + unlink photos
    + lw rm photos
    + rm -r photos
    + find . -type l -delete
    - rm -rf photos/* ; rm photos
    - rm -rf photos/; rm photos

  difference-inode
    + ln tune hard; ln -s tune soft
    + cp -l tune hard; cp -s tune soft
    + lw make --hard tune hard; lw make tune soft
    + ln -s tune soft; ln -L soft hard
    + ln -s ~/tune soft; ln tune hard
    - ln -s tune soft; ln soft hard
    - cp tune hard; ln -s tune soft
    - ln tune hard; ln hard soft

  difference-deletion
    + rm original
    + unlink original
    + lw rm -f original
    + lw rm --links=keep original
    + mv original /tmp/o
    - rm original hard
    - rm original soft

  difference-file-systems
    + ln -s ../song stick/song
    + ln -s /home/me/song stick/song
    + ln -sr song stick
    + lw make song stick/song
    + cd stick; ln -s ../song
    - cp song stick/song
    - ln -s song stick/song
    - mv song stick/song; ln -s stick/song song

  difference-directories
    + ln -s work/2026/summer/report report
    + ln -s work/2026/summer/report
    + ln -s work/2026/summer/report .
    + ln -s /home/me/work/2026/summer/report report
    + lw make work/2026/summer/report report
    + cp -rs $PWD/work/2026/summer/report report ;; rm -r report ;; ln -s work/2026/summer/report
    - cp -r work/2026/summer/report report
    - mv work/2026/summer/report report
    - mkdir report; ln work/2026/summer/report/page1 report/page1

  difference-storage
    + ln -f film copy
    + rm copy; ln film copy
    + ln film c; mv c copy
    + cp -lf film copy
    + lw make --hard --replace film copy
    - ln -f copy film
    - ln -sf film copy

  difference-speed
    + ln -sf file a
    + rm a; ln -s file a
    + ln -s file n; mv -T n a
    - ln -f file a
    - ln -sf d a

  difference-changes
    + mv config.new config
    + ln -f config.new config; rm config.new
    + rm config; mv config.new config
    + lw mv config.new config
    + mv -f config.new config
    - cat config.new > config; rm config.new
    - cp config.new config; rm config.new

  hard-link-to-symlink
    + ln now then
    + ln -P now then
    + cp -lP now then
    + cp -al now then
    + link now then
    - ln -s today then
    - ln -L now then
    - cp -d now then

  bind
    + ln data/a data/b
    + cd data; ln a b
    + ln view/a view/b
    + cp -l data/a data/b
    + lw make --hard data/a data/b
    - cp data/a view/b
    - ln -s a data/b

  sfn
    + ln -sfn releases/2 current
    + ln -sfT releases/2 current
    + rm current; ln -s releases/2 current
    + ln -s releases/2 n; mv -T n current
    + lw make --replace releases/2 current
    + ln -sfn /home/me/releases/2 current
    + ln -sfn releases/2/ current
    - ln -sf releases/2 current
    - mv releases/1 releases/x; mv releases/2 releases/1

  atomic
    + ln -s releases/2 current.new; mv -T current.new current
    + ln -s releases/2 x; mv -Tf x current
    + ln -sfn releases/2 current
    + ln -sfT releases/2 current
    + lw make --replace releases/2 current
    - ln -s releases/2 current.new; mv current.new current
    - rm current
    - ln -s releases/2 current

  undo
    + lw make --replace shared/config config; lw undo
    + lw make --replace --hard shared/config config; lw undo
    + lw rm config; lw undo
    - ln -sf shared/config config
    - mv config c; mv c config

  editors
    + echo port=8080 > app.conf
    + edit app.conf port=8080
    + cd site; echo port=8080 > app.conf
    + printf 'port=8080\n' | tee app.conf
    + echo port=8080 > n; cp n app.conf; rm n
    + sed -i s/80/8080/ app.conf; cat app.conf > site/app.conf; ln -f site/app.conf app.conf
    + sed -i --follow-symlinks s/80/8080/ app.conf; cat app.conf > site/app.conf; ln -f site/app.conf app.conf
    - edit -r app.conf port=8080; ln -f app.conf site/app.conf
    - sed -i s/80/8080/ app.conf

  deleted-but-open
    + tail -f server.log & ;; rm server.log
    + exec 3< server.log ;; rm server.log
    + exec 3>> server.log ;; unlink server.log
    + tail -f server.log & ;; lw rm server.log
    - rm server.log
    - tail -f server.log & ;; rm server.log ;; kill %1

  backup
    + cp -al home monday ;; echo v2 > n ;; mv n home/letter
    + cp -rl home monday ;; rm home/letter ;; echo v2 > home/letter
    + cp -al home monday ;; edit -r home/letter v2
    + cp -al home monday ;; sed -i s/v1/v2/ home/letter
    + mkdir monday; ln home/letter home/photo monday; echo v2 > x; mv x home/letter
    - cp -al home monday ;; echo v2 > home/letter
    - cp -a home monday ;; echo v2 > home/letter

  ruined-backup
    + cp --remove-destination monday/letter home/letter ;; echo v2 > home/letter
    + rm home/letter ;; echo v2 > home/letter
    + sed -i s/v1/v2/ home/letter
    + echo v2 > x; mv x home/letter
    + edit -r home/letter v2
    + echo v2 > x; cp --remove-destination x home/letter; rm x
    - echo v2 > home/letter
    - cp monday/letter x; echo v2 > home/letter; mv x monday/letter

  farm
    + ln -s dotfiles/bash/.bashrc dotfiles/vim/.vim dotfiles/vim/.vimrc .
    + for f in bash/.bashrc vim/.vim vim/.vimrc; do ln -s dotfiles/$f; done
    + ln -s dotfiles/*/.[a-z]* .
    + ln -s dotfiles/*/.??* .
    + ln -sr dotfiles/bash/.bashrc dotfiles/vim/.vim dotfiles/vim/.vimrc .
    - cp -r dotfiles/bash/.bashrc dotfiles/vim/.vim dotfiles/vim/.vimrc .
    - ln -s /home/me/dotfiles/bash/.bashrc /home/me/dotfiles/vim/.vim /home/me/dotfiles/vim/.vimrc .

  why
    + ln -sf ../img/current/Logo.png site/logo
    + ln -sf ../img/v2/Logo.png site/logo
    + lw make --replace img/current/Logo.png site/logo
    + rm site/logo; ln -sr img/current/Logo.png site/logo
    - mv img/v2/Logo.png img/v2/logo.png
    - ln -sfn v1 img/current
    - ln -s Logo.png img/v2/logo.png
    - ln -sf ../img/v1/logo.png site/logo

  moved-tree
    + mv project archive ;; ln -sf data/numbers archive/abs
    + mv project archive ;; cd archive ;; ln -sf data/numbers abs
    + ln -sf data/numbers project/abs ;; mv project archive
    + mv project archive; ln -sfr archive/data/numbers archive/abs
    + lw check --fix project; mv project archive
    - lw mv project archive
    - cp -a project archive ;; rm -r project ;; ln -sf data/numbers archive/abs
    - mv project archive; ln -sf /home/me/archive/data/numbers archive/abs

  across-mounts
    + ln -sfn monday stick/latest
    + ln -sfT monday view/latest
    + rm stick/latest; ln -s monday stick/latest
    + cd stick; ln -sfn monday latest
    + ln -sfnr stick/monday stick/latest
    + lw check --fix stick
    - ln -sf monday stick/latest
    - ln -sfn /home/me/view/monday stick/latest
    - ln -sfn ../stick/monday stick/latest

  rotation
    + tail -f app.log & ;; cp app.log app.log.1 ;; > app.log
    + tail -f app.log & ;; cp app.log app.log.1 ;; truncate -s 0 app.log
    + tail -f app.log & ;; cat app.log > app.log.1 ;; : > app.log
    + tail -F app.log & ;; cp app.log app.log.1 ;; echo -n > app.log
    + cp app.log app.log.1 ;; : > app.log ;; tail -f app.log &
    + tail -f app.log > app.log.1 & ;; > app.log
    + tail -f app.log > app.log.1 & > app.log
    - tail -f app.log & ;; mv app.log app.log.1 ;; touch app.log
    - tail -f app.log & ;; rm app.log ;; touch app.log

  chmod
    + cp --remove-destination diary shared/diary ;; chmod 644 shared/diary
    + rm shared/diary; cp diary shared/diary; chmod 644 shared/diary
    + cp diary n; mv n shared/diary; chmod 644 shared/diary
    + install -m 644 diary shared/diary
    + cp --remove-destination diary shared/diary; chmod go+r shared/diary
    + cat diary > n; mv n shared/diary
    - chmod 644 shared/diary
    - mv diary n; cp n diary; chmod 600 diary; chmod 644 shared/diary; rm n

  protected
    + ln -s /home/other/poem tmp/poem
    + ln -s ../home/other/poem tmp/poem
    + cd /tmp; ln -s /home/other/poem
    + ln -sr home/other/poem tmp
    + lw make home/other/poem tmp/poem
    - cp home/other/poem tmp/poem
    - ln home/other/poem tmp/poem
    - ln -s home/other/poem tmp/poem

  who
    + rm archive/old-leak inbox/letter inbox/link notes/leak
    + find -L . -samefile notes/leak -delete
    + find -L . -samefile notes/leak -exec rm {} +
    + find -L . -samefile notes/leak | xargs rm
    + find . -samefile notes/leak -delete; find . -xtype l -delete
    + lw rm --links=remove notes/leak archive/old-leak inbox/letter
    - rm notes/leak inbox/link
    - rm -r notes inbox archive/old-leak
    - echo > notes/leak

  copies
    + cp -a project mirror; cp -rL project export
    + cp -r project mirror; cp -aL project export
    + cp -rP project mirror; cp -LR project export
    + cp -R project mirror; cp -R mirror export; rm export/logo; cp shared/logo export
    - cp -rL project mirror; cp -rL project export
    - ln -s project mirror; cp -rL project export

  readlink
    + readlink shortcut > text; realpath shortcut > end
    + readlink shortcut > text; readlink -f shortcut > end
    + echo tree/file > text; echo /home/me/a/b/file > end
    + readlink shortcut | tee text; realpath -e shortcut > end
    + lw readlink shortcut > text; lw realpath shortcut > end
    - realpath shortcut > text; readlink shortcut > end

  forty
    + ln -sf l3 l1
    + ln -sf file l1
    + ln -sf l9 l5
    + lw make --replace file l1
    + rm l3; ln -s l5 l3
    - ln -f file l1
    - rm l1; cp file l1

  check
    + lw check --fix ;; ln -sf ../docs/intro site/intro
    + ln -sf ../docs/intro site/intro ;; ln -sf ../docs/Guide site/guide ;; ln -sf ../docs/intro site/start ;; lw check
    + ln -sfr docs/intro site/intro ;; lw check --fix ;; lw check
    + rm site/* ;; cd site ;; ln -s ../docs/Guide guide; ln -s ../docs/intro intro; ln -s ../docs/intro start
    + ln -sf ~/docs/intro site/intro ;; lw check --fix
    - mv docs/Guide docs/guide
    - rm site/*
    - mkdir site/docs ;; cp docs/intro site/docs ;; lw check --fix

  move
    + lw mv lib library
    + lw mv --in . lib library
    + mv lib library ;; ln -sf ../library/settings/app.conf app/conf ;; ln -sf ~/library/logo.png app/logo
    + mv lib library ;; lw make --replace library/settings/app.conf app/conf ;; lw make --replace library/logo.png app/logo
    - mv lib library
    - mv lib library ;; ln -s library lib
    - cp -a lib library ;; rm -r lib

  remove
    + lw rm -r --links=retarget --to releases/2 releases/1
    + ln -sfn releases/2 current ;; rm -r releases/1
    + ln -sfn releases/2 current && lw rm -r releases/1
    + rm -r releases/1 ;; ln -sfn releases/2 current
    - rm -r releases/1
    - lw rm -r releases/1
    - lw rm -r --links=remove releases/1
    - lw rm -r -f releases/1
    - rm -r releases/1 ;; cp -r releases/2 releases/1
    - mv releases/2/app releases/1/app; rm -r releases/2; mv releases/1 releases/2; ln -sfn releases/2 current
`;

const lessons = new Map(lessonFiles.map(lessonOf).map((lesson) => [lesson.id, lesson]));
const byLesson = ways
  .trim()
  .split('\n\n')
  .map((part) => part.split('\n').map((row) => row.trim()))
  .map(([id = '', ...rows]) => ({ id, rows }));

for (const { id, rows } of byLesson)
  test(`${id}: ${rows.length} ways`, () => {
    const lesson = lessons.get(id);
    assert.ok(lesson, id);
    for (const row of rows) {
      const session = newSession(lesson.start);
      for (const line of row.slice(2).split(' ;; ')) runLine(session, line);
      const { met, differences } = checkGoal(session, lesson);
      assert.equal(met, row.startsWith('+'), `${row}: ${differences.map(plainText).join(' ')}`);
    }
  });

test('each lesson is tried in at least three ways, and in one that is wrong', () => {
  assert.deepEqual(byLesson.map(({ id }) => id).sort(), [...lessons.keys()].sort());
  for (const { id, rows } of byLesson) {
    const right = rows.filter((row) => row.startsWith('+ ')).length;
    assert.ok(right >= 3 && right < rows.length, id);
  }
});
