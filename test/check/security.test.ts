/** Who may change where a link leads: several hits and near misses of each rule. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Scene } from '../../src/jobs/check/scene.ts';
import { isRoot, nobody } from '../scratch.ts';
import { onKernel } from './on-kernel.ts';
import { findings, lines, sceneFrom } from './scene.ts';

const open = 'hop-in-world-writable-directory';
const other = 'hop-owned-by-other';
const privileged = 'privileged-link-through-writable-directory';

const people = `
    etc/
      passwd "root:x:0:0::/root:\\nann:x:1000:1000::/home/ann:\\nbob:x:1001:1001::/home/bob:\\nwww:x:33:33::/:\\n"
      group "root:x:0:\\nann:x:1000:\\nbob:x:1001:\\nwww:x:33:\\nstaff:x:50:\\nadm:x:4:ann\\n"`;

/** What is found by root in a sketch: on the kernel it is the same, by root, and by nobody who sees less. */
const found = (tree: string, ...ids: readonly string[]): readonly string[] => {
  const drawn = `${people}${tree}`;
  const ask = (scene: Scene): readonly string[] =>
    lines(findings(scene, ...(ids.length > 0 ? ids : [open, other, privileged])));
  const answer = ask(sceneFrom(drawn));
  if (!isRoot) return answer;
  assert.deepEqual(onKernel(drawn, {}, ask), answer, 'on the kernel');
  assert.deepEqual(onKernel(drawn, { uid: nobody }, ask), ask(sceneFrom(drawn, { uid: nobody })), 'by nobody');
  return answer;
};

test('a name in a directory that anybody may write to is in nobody’s hands: of a file, a directory, a link, the link itself', () => {
  assert.deepEqual(
    found(
      `
    pub/ 0777
      file
      dir/
        file
      hop -> ../safe
      lies -> ../safe
    safe
    to-file -> pub/file
    to-dir -> pub/dir/file
    to-hop -> pub/hop
    absolute -> /pub/file
    chain -> to-file`,
      open,
    ),
    [
      `${open} /absolute: goes through /pub/file, in whose place anybody may put something else`,
      `${open} /chain: goes through /pub/file, in whose place anybody may put something else`,
      `${open} /pub/hop: lies in /pub, where anybody may put another link in its place`,
      `${open} /pub/lies: lies in /pub, where anybody may put another link in its place`,
      `${open} /to-dir: goes through /pub/dir, in whose place anybody may put something else`,
      `${open} /to-file: goes through /pub/file, in whose place anybody may put something else`,
      `${open} /to-hop: goes through /pub/hop, in whose place anybody may put something else`,
    ],
  );
});

test('a sticky directory keeps a name for its owner: somebody else’s is his, a missing one is anybody’s', () => {
  assert.deepEqual(
    found(
      `
    tmp/ 1777
      bobs -> ../safe @1001
      bobs-dir/ @1001
        file
      anns -> ../safe @1000
      roots -> ../safe
    safe
    a -> tmp/bobs
    b -> tmp/bobs-dir/file
    c -> tmp/gone
    d -> tmp/roots
    e -> tmp/anns @1000`,
      open,
    ),
    [
      `${open} /a: goes through /tmp/bobs, in whose place bob may put something else`,
      `${open} /b: goes through /tmp/bobs-dir, in whose place bob may put something else`,
      `${open} /c: leads to /tmp/gone, which does not exist and which anybody may make`,
    ],
  );
});

test('nothing is said of a way that nobody else may change, though it comes close', () => {
  assert.deepEqual(
    found(`
    tmp/ 1777
      mine/ @1000
        file @1000
      bobs @1001
    pub/ 0777
      up/
    private/ 0700
      pub/ 0777
        file
    unreachable/ 0776
      file
    var/
      tmp -> ../tmp
      pub -> ../pub
      through -> ../pub/../safe
    safe
    a -> tmp/mine/file @1000
    b -> tmp/bobs @1000
    c -> private/pub/file
    d -> unreachable/file`),
    [],
  );
});

test('a link through the link of another user is in his hands, unless he has a right to the target or no right to the directory', () => {
  assert.deepEqual(
    found(`
    home/
      ann/ @1000
        hit -> /home/bob/current @1000
        chain -> hit @1000
        through -> /home/bob/current/file @1000
        dangling -> /home/bob/gone @1000
        bobs-own -> /home/bob/own @1000
        roots -> /home/bob/roots @1000
        anns -> /home/bob/anns @1000
        kept -> /srv/kept @1000
        direct -> /srv/data @1000
      bob/ @1001
        current -> /srv/data @1001
        anns-here -> current @1000
        gone -> /srv/gone @1001
        own -> /srv/bobs @1001
        roots -> /srv/data
        anns -> /srv/data @1000
    srv/
      data/
        file
      bobs @1001
      kept -> data @1001`),
    [
      `${other} /home/ann/chain: goes through another one: /home/bob/current is a link of bob, who may lead it elsewhere`,
      `${other} /home/ann/dangling: goes through another one: /home/bob/gone is a link of bob, who may lead it elsewhere`,
      `${other} /home/ann/hit: goes through another one: /home/bob/current is a link of bob, who may lead it elsewhere`,
      `${other} /home/ann/through: goes through another one: /home/bob/current is a link of bob, who may lead it elsewhere`,
    ],
  );
});

test('a link of root through what another user or a group may change is told with who that is', () => {
  assert.deepEqual(
    found(`
    usr/
      app -> /srv/app/file
      logs -> /srv/logs/file
      site -> www
      www -> /srv/app/current
    srv/
      app/ @33
        file
        current -> release @33
        release/
      logs/ 0775 @0:4
        file`),
    [
      `${privileged} /usr/app: goes through /srv/app/file, in whose place another may be put: /srv/app belongs to www`,
      `${privileged} /usr/logs: goes through /srv/logs/file, in whose place another may be put: the group adm may write to /srv/logs`,
      `${privileged} /usr/site: goes through /srv/app/current, in whose place another may be put: /srv/app belongs to www`,
      `${privileged} /usr/www: goes through /srv/app/current, in whose place another may be put: /srv/app belongs to www`,
    ],
  );
});

test('no user may change the way of a link of root: a group without members, a file of the user’s own, a place that is not root’s', () => {
  assert.deepEqual(
    found(`
    usr/
      staff -> /srv/staff/file
      handed -> /srv/app/own
      to-dir -> /srv/app
      of-ann -> /srv/app/file @1000
      sticky -> /srv/sticky/file
      behind -> /srv/closed/app/file
    home/
      ann/ @1000
        etc/
          file -> ../mine @0
        mine @1000
    srv/
      staff/ 0775 @0:50
        file
      app/ @33
        own @33
        file
      sticky/ 1775 @0:4
        file
      closed/ 0700
        app/ @33
          file`),
    [],
  );
});

test('places with one cause have one key', () => {
  const scene = sceneFrom(`
    pub/ 0777
      a
      b
    one -> pub/a
    two -> pub/b`);
  const causes = findings(scene, open).map(({ cause }) => cause?.key);
  assert.deepEqual(causes, ['/pub', '/pub']);
});

test('circles, and chains that are too long, are followed to no end', () => {
  const chain = Array.from({ length: 60 }, (_, i) => `    n${i} -> n${i + 1}`).join('\n');
  assert.deepEqual(
    found(
      `
    pub/ 0777
      a -> b
      b -> a
    c -> pub/a
${chain}
    n60 -> pub/x`,
      open,
    ).length,
    3 + 40,
  );
});
