/** `lw why`, by transcripts: a tree, a path, and what people read. Each answer's JSON is checked against the schema too. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { draw } from '../src/cli/causes/draw.ts';
import type { Explanation } from '../src/cli/causes/explain.ts';
import { permissionCause } from '../src/cli/causes/permission.ts';
import { sceneOf } from '../src/cli/causes/scene.ts';
import { speak } from '../src/cli/causes/sentence.ts';
import { shellWord } from '../src/cli/causes/shell-word.ts';
import { thisMachine } from '../src/cli/causes/this-machine.ts';
import { kernelWorld } from '../src/cli/kernel-world.ts';
import { terminalProgress } from '../src/cli/progress.ts';
import { show } from '../src/cli/show.ts';
import { decodeBytes } from '../src/fs/bytes.ts';
import { Fault } from '../src/fs/fault.ts';
import type { Fs } from '../src/fs/fs.ts';
import { kernel } from '../src/kernel/kernel.ts';
import { editDistance } from '../src/trace/edit-distance.ts';
import { nearNames } from '../src/trace/near-names.ts';
import { lw, lwPath } from './cli/lw.ts';
import { canMount, isRoot, nobody, openPlace, Scratch } from './scratch.ts';
import { ask, plain, run } from './why-transcript.ts';

/** A line of bash that grows a tree, the path asked for, and the answer. The tree is the root, so commands name it by /T. */
const situation = (name: string, grow: string, path: string, expected: string): void => {
  test(name, async () => {
    const { text } = await run(unindented(grow), path);
    assert.equal(text, unindented(expected));
  });
};

const unindented = (text: string): string => text.replaceAll(/^ {4}/gm, '').replace(/^\n/, '');

const notRun = (name: string): string => {
  process.stderr.write(`NOT RUN: ${name}: it needs root\n`);
  return 'it needs root';
};

situation(
  'a chain of links is drawn to its file',
  `
    mkdir -p usr/bin etc/alternatives; printf 1234567 > usr/bin/vim.basic
    ln -s /etc/alternatives/editor usr/bin/editor; ln -s /usr/bin/vim.basic etc/alternatives/editor; ln usr/bin/vim.basic usr/bin/vim`,
  '/usr/bin/editor',
  `
    /usr/bin/editor
      /usr/bin/editor -> /etc/alternatives/editor     absolute
      /etc/alternatives/editor -> /usr/bin/vim.basic  absolute
      = /usr/bin/vim.basic                            file, inode N, 2 names, 7 bytes
      2 links lead to a file.`,
);

situation(
  'a link to a directory on the way is one of the hops',
  `
    mkdir -p usr/bin; ln -s usr/bin bin; printf x > usr/bin/vi`,
  '/bin/vi',
  `
    /bin/vi
      /bin -> usr/bin  relative, a directory on the way
      = /usr/bin/vi    file, inode N, 1 name, 1 byte
      1 link leads to a file.`,
);

situation(
  'a path without links says so',
  `
    mkdir empty`,
  '/empty/',
  `
    /empty/
      = /empty  directory, inode N
      It is a directory, and no link lies on the way.`,
);

situation(
  'a missing version is answered with the nearest one, newer before older',
  `
    mkdir -p lib releases/41 releases/43 releases/44; ln -s ../releases/42 lib/current`,
  'lib/current',
  `
    lib/current
      /lib/current -> ../releases/42  relative
      ✗ /releases/42                  does not exist (ENOENT)
      It leads nowhere: /releases has no "42"; it holds "43", "41" and "44", which are of another version.
        try: ln -sfn ../releases/43 /T/lib/current`,
);

situation(
  'a version is nearest only where the rest of the path is below it',
  `
    mkdir -p releases/41/bin releases/43; ln -s releases/42/bin now`,
  'now',
  `
    now
      /now -> releases/42/bin  relative
      ✗ /releases/42           does not exist (ENOENT)
      It leads nowhere: /releases has no "42"; it holds "41", which is of another version.
        try: ln -sfn releases/41/bin /T/now`,
);

situation(
  'another case',
  `
    mkdir -p Documents; ln -s documents notes`,
  'notes',
  `
    notes
      /notes -> documents  relative
      ✗ /documents         does not exist (ENOENT)
      It leads nowhere: / has no "documents"; it holds "Documents", which differs in capital letters only.
        try: ln -sfn Documents /T/notes`,
);

situation(
  'another Unicode form is shown in bytes',
  String.raw`
    touch "$(printf 'cafe\u0301')"; ln -s "$(printf 'caf\u00e9')" menu`,
  'menu',
  String.raw`
    menu
      /menu -> café  relative
      ✗ /café        does not exist (ENOENT)
      It leads nowhere: / has no "café"; it holds $'cafe\xcc\x81', the same letters in other bytes (composed or decomposed Unicode).
        try: ln -sfn $'cafe\xcc\x81' /T/menu`,
);

situation(
  'a close spelling',
  `
    touch config.yaml; ln -s confg.yaml settings`,
  'settings',
  `
    settings
      /settings -> confg.yaml  relative
      ✗ /confg.yaml            does not exist (ENOENT)
      It leads nowhere: / has no "confg.yaml"; it holds "config.yaml", which is spelt almost alike.
        try: ln -sfn config.yaml /T/settings`,
);

situation(
  'another ending',
  `
    mkdir man; touch man/ls.1.gz; ln -s ls.1 man/dir.1`,
  'man/dir.1',
  `
    man/dir.1
      /man/dir.1 -> ls.1  relative
      ✗ /man/ls.1         does not exist (ENOENT)
      It leads nowhere: /man has no "ls.1"; it holds "ls.1.gz", which has another ending.
        try: ln -sfn ls.1.gz /T/man/dir.1`,
);

situation(
  'a line break at the end of the link text',
  String.raw`
    touch config; ln -s $'config\n' settings`,
  'settings',
  String.raw`
    settings
      /settings -> $'config\n'  relative
      ✗ $'/config\n'            does not exist (ENOENT)
      It leads nowhere: / has no $'config\n'; it holds "config", without the space or line break.
        try: ln -sfn config /T/settings`,
);

situation(
  'a name that ends with a space',
  `
    touch 'config '; ln -s config settings`,
  'settings',
  `
    settings
      /settings -> config  relative
      ✗ /config            does not exist (ENOENT)
      It leads nowhere: / has no "config"; it holds $'config ', with a space or line break at its end.
        try: ln -sfn 'config ' /T/settings`,
);

situation(
  'a tilde that no shell has expanded',
  `
    ln -s '~/music' songs`,
  'songs',
  `
    songs
      /songs -> ~/music  relative
      ✗ /~               does not exist (ENOENT)
      It leads nowhere: / has no "~"; that is taken as it stands: only a shell puts a home directory in its place.
        try: write the real path into the link`,
);

situation(
  'a variable that no shell has expanded',
  `
    ln -s '$HOME/music' songs`,
  'songs',
  `
    songs
      /songs -> $HOME/music  relative
      ✗ /$HOME               does not exist (ENOENT)
      It leads nowhere: / has no "$HOME"; that is taken as it stands: only a shell puts a value in its place.
        try: write the real path into the link`,
);

situation(
  'a pattern that no shell has expanded',
  `
    touch app-1.2.jar; ln -s 'app-*.jar' app.jar`,
  'app.jar',
  `
    app.jar
      /app.jar -> app-*.jar  relative
      ✗ /app-*.jar           does not exist (ENOENT)
      It leads nowhere: / has no "app-*.jar"; that is taken as a name, not as a pattern; as a pattern it would match "app-1.2.jar".
        try: ln -sfn app-1.2.jar /T/app.jar`,
);

situation(
  'a text written from the directory above',
  `
    mkdir -p home/src home/bin; touch home/src/tool; ln -s src/tool home/bin/tool`,
  'home/bin/tool',
  `
    home/bin/tool
      /home/bin/tool -> src/tool  relative
      ✗ /home/bin/src             does not exist (ENOENT)
      It leads nowhere: /home/bin has no "src"; its text is read from its own directory, /home/bin; read from /home it would lead to /home/src/tool.
        try: ln -sfn ../src/tool /T/home/bin/tool`,
);

situation(
  'a text without its leading slash',
  `
    mkdir -p usr/bin srv; touch usr/bin/tool; ln -s usr/bin/tool srv/tool`,
  'srv/tool',
  `
    srv/tool
      /srv/tool -> usr/bin/tool  relative
      ✗ /srv/usr                 does not exist (ENOENT)
      It leads nowhere: /srv has no "usr"; its text lacks the leading slash; with it, it would lead to /usr/bin/tool.
        try: ln -sfn /usr/bin/tool /T/srv/tool`,
);

situation(
  'a link made for another root',
  `
    mkdir -p image/usr/bin image/bin; touch image/usr/bin/tool; ln -s /usr/bin/tool image/bin/tool`,
  'image/bin/tool',
  `
    image/bin/tool
      /image/bin/tool -> /usr/bin/tool  absolute
      ✗ /usr                            does not exist (ENOENT)
      It leads nowhere: / has no "usr"; it would lead to /image/usr/bin/tool if /image were the root, as inside an image or a chroot.
        try: lw why --root /T/image /usr/bin/tool`,
);

situation(
  'a lock is no broken link',
  `
    ln -s 'ann@desk.4242:1700000000' '.#notes'`,
  '.#notes',
  `
    .#notes
      /.#notes -> ann@desk.4242:1700000000  relative
      ✗ /ann@desk.4242:1700000000           does not exist (ENOENT)
      It leads nowhere: / has no "ann@desk.4242:1700000000"; its text is no path but a note of who holds a lock, as editors and browsers leave it.
        try: leave it while that program runs`,
);

situation(
  'an empty directory may be a mount point',
  `
    mkdir -p mnt/disk; ln -s mnt/disk/film film`,
  'film',
  `
    film
      /film -> mnt/disk/film  relative
      ✗ /mnt/disk/film        does not exist (ENOENT)
      It leads nowhere: /mnt/disk has no "film"; the directory is empty: if a volume is usually mounted there, it is not now.`,
);

situation(
  'nothing near',
  `
    touch apple; ln -s zebra animal`,
  'animal',
  `
    animal
      /animal -> zebra  relative
      ✗ /zebra          does not exist (ENOENT)
      It leads nowhere: / has no "zebra".`,
);

situation(
  'the path as asked is at fault where every link did its part',
  `
    mkdir real; touch real/report.txt; ln -s real data`,
  'data/reprot.txt',
  `
    data/reprot.txt
      /data -> real       relative, a directory on the way
      ✗ /real/reprot.txt  does not exist (ENOENT)
      It leads nowhere: /real has no "reprot.txt"; it holds "report.txt", which is spelt almost alike.
        try: the path data/report.txt`,
);

situation(
  'a link that leads to itself, written from the directory above',
  `
    mkdir -p srv/app; touch srv/config; ln -s config srv/app/config`,
  'srv/app/config',
  `
    srv/app/config
    ↻ /srv/app/config -> config  relative
      ✗ /srv/app/config          again, without end (ELOOP)
      It leads nowhere: /srv/app/config leads to itself; its text is read from its own directory, /srv/app; read from /srv it would lead to /srv/config.
        try: ln -sfn ../config /T/srv/app/config`,
);

situation(
  'a link that leads to itself',
  `
    mkdir app; ln -s me app/me`,
  'app/me',
  `
    app/me
    ↻ /app/me -> me  relative
      ✗ /app/me      again, without end (ELOOP)
      It leads nowhere: /app/me leads to itself; a text is read from the link's own directory, and there it names the link itself.
        try: ln -sfn TARGET /T/app/me`,
);

situation(
  'a circle of three, entered from outside',
  `
    ln -s a start; ln -s b a; ln -s c b; ln -s a c`,
  'start',
  `
    start
      /start -> a  relative
    ┌ /a -> b      relative
    │ /b -> c      relative
    └ /c -> a      relative
      ✗ /a         again, without end (ELOOP)
      It leads nowhere: /a, /b and /c lead round in a circle; all were made within one second, so their age does not tell which one is wrong.
        try: give one of them the text that it should have`,
);

situation(
  'a slash at the end of a link to a file',
  `
    touch file; ln -s file/ link`,
  'link',
  `
    link
      /link -> file/  relative
      ✗ /file         a file, not a directory (ENOTDIR)
      It leads nowhere: /file is a file, not a directory; the text of /link ends with a slash, which asks for one.
        try: ln -sfn file /T/link`,
);

situation(
  'a slash at the end of the path',
  `
    touch file`,
  'file/',
  `
    file/
      ✗ /file  a file, not a directory (ENOTDIR)
      It leads nowhere: /file is a file, not a directory; the path ends with a slash, which asks for one.
        try: the path file`,
);

situation(
  'a file used as a directory',
  `
    touch file; ln -s file/inner link`,
  'link',
  `
    link
      /link -> file/inner  relative
      ✗ /file              a file, not a directory (ENOTDIR)
      It leads nowhere: /file is a file, not a directory; nothing can lie below it, so "inner" cannot.`,
);

situation(
  'a file used as a directory, beside the directory that was meant',
  `
    touch conf; mkdir conf.d; touch conf.d/inner; ln -s conf/inner link`,
  'link',
  `
    link
      /link -> conf/inner  relative
      ✗ /conf              a file, not a directory (ENOTDIR)
      It leads nowhere: /conf is a file, not a directory; perhaps /conf.d/inner was meant.`,
);

situation(
  'a name that is too long',
  `
    ln -s "$(printf 'n%.0s' $(seq 256))" link`,
  'link',
  `
    link
      /link -> nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn  relative
      ✗ /nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn        too long (ENAMETOOLONG)
      It leads nowhere: one of its names has 256 bytes, and no name can have more than 255.`,
);

situation(
  'names that a terminal would act on are shown harmlessly',
  String.raw`
    ln -s $'bad\xff\e[31m\nname' $'li\tnk'`,
  'li\tnk',
  String.raw`
    $'li\tnk'
      $'/li\tnk' -> $'bad\xff\e[31m\nname'  relative
      ✗ $'/bad\xff\e[31m\nname'             does not exist (ENOENT)
      It leads nowhere: / has no $'bad\xff\e[31m\nname'.`,
);

situation(
  'a file that an installed package brought',
  String.raw`
    mkdir -p usr/bin usr/lib/tool var/lib/dpkg/info; ln -s ../lib/tool/main usr/bin/tool
    printf '/.\n/lib/tool\n/lib/tool/main\n/usr/bin/tool\n' > var/lib/dpkg/info/tool:amd64.list`,
  '/usr/bin/tool',
  `
    /usr/bin/tool
      /usr/bin/tool -> ../lib/tool/main  relative
      ✗ /usr/lib/tool/main               does not exist (ENOENT)
      It leads nowhere: /usr/lib/tool has no "main"; the installed package tool brought /usr/lib/tool/main, and it has been removed since.
        try: chroot /T apt-get install --reinstall tool`,
);

situation(
  'a link of a package whose target another one brings',
  String.raw`
    mkdir -p usr/bin var/lib/dpkg/info; ln -s helper usr/bin/tool
    printf '/.\n/usr/bin/tool\n' > var/lib/dpkg/info/tool.list
    printf 'Package: tool\nStatus: install ok installed\nProvides: tool-api\nRecommends: tool-api, here | gone\nSuggests: tool-helper (>= 2)\n\nPackage: here\nStatus: install ok installed\n' > var/lib/dpkg/status`,
  '/usr/bin/tool',
  `
    /usr/bin/tool
      /usr/bin/tool -> helper  relative
      ✗ /usr/bin/helper        does not exist (ENOENT)
      It leads nowhere: /usr/bin has no "helper"; /usr/bin/tool belongs to the package tool, and no installed package brings its target; tool recommends or suggests tool-helper, not installed here.
        try: see whether one of these packages brings it`,
);

situation(
  'a name that is diverted',
  String.raw`
    mkdir -p usr/bin var/lib/dpkg/info; ln -s perf usr/bin/p; printf '/usr/bin/perf\n/usr/bin/perf.real\nlinux-perf\n' > var/lib/dpkg/diversions`,
  '/usr/bin/p',
  `
    /usr/bin/p
      /usr/bin/p -> perf  relative
      ✗ /usr/bin/perf     does not exist (ENOENT)
      It leads nowhere: /usr/bin has no "perf"; the package linux-perf has diverted this name to /usr/bin/perf.real.`,
);

situation(
  'an alternative whose choice is gone',
  String.raw`
    mkdir -p usr/bin etc/alternatives var/lib/dpkg/info var/lib/dpkg/alternatives; ln -s /usr/bin/nano etc/alternatives/editor; ln -s /etc/alternatives/editor usr/bin/editor; touch usr/bin/vim usr/bin/ed
    printf 'manual\n/usr/bin/editor\neditor.1.gz\n/usr/share/man/man1/editor.1.gz\n\n/usr/bin/nano\n40\n\n/usr/bin/vim\n30\n\n/usr/bin/ed\n-100\n\n' > var/lib/dpkg/alternatives/editor`,
  '/usr/bin/editor',
  `
    /usr/bin/editor
      /usr/bin/editor -> /etc/alternatives/editor  absolute
      /etc/alternatives/editor -> /usr/bin/nano    absolute
      ✗ /usr/bin/nano                              does not exist (ENOENT)
      It leads nowhere: /usr/bin has no "nano"; the alternative editor was chosen by hand, and of its candidates /usr/bin/vim and /usr/bin/ed are there.
        try: chroot /T update-alternatives --auto editor`,
);

situation(
  "a link of somebody else's is named",
  String.raw`
    mkdir etc; printf 'ann:x:1234:1234::/:/bin/sh\n' > etc/passwd; touch file; ln -s file link; chown -h 1234:1234 link`,
  'link',
  `
    link
      /link -> file  relative, belongs to ann
      = /file        file, inode N, 1 name, 0 bytes
      1 link leads to a file.`,
);

test('a loop is cut at its newest link', async () => {
  const { text } = await run('ln -s a b; sleep 1.2; ln -s b a', 'b');
  assert.match(text, /; \/a is the newest, made or renamed \d{4}-\d\d-\d\d \d\d:\d\d:\d\d: it closed the circle/);
});

test('the 41st link is refused, and the link text that would do is named', async () => {
  const { text, exitCode } = await run('for i in {0..44}; do ln -s l$((i+1)) l$i; done; touch l45', 'l0');
  const lines = text.split('\n');
  assert.equal(exitCode, 1);
  assert.deepEqual(lines.slice(40), [
    '  /l39 -> l40  relative',
    '  ✗ /l40       one link too many (ELOOP)',
    '  It leads nowhere: /l40 is link number 41; the kernel follows 40 in one lookup; from there the way ends at /l45.',
    `    try: ln -sfn l45 /T/l0`,
  ]);
});

test('a volume that fstab lists and nobody mounted is unknown, not broken', async () => {
  const { text, exitCode } = await run('mkdir -p mnt/disk; ln -s mnt/disk/film film', 'film', {
    absentVolumes: ['/mnt/disk'],
  });
  assert.equal(exitCode, 3);
  assert.equal(
    text,
    `film
  /film -> mnt/disk/film  relative
  ? /mnt/disk             not mounted (ENOENT)
  Whether it leads anywhere is unknown: the volume of /mnt/disk is not mounted; /etc/fstab lists it, so what it holds may be unharmed.
    try: mount /T/mnt/disk`,
  );
});

test('where the kernel answers something else, that is said and the path counts as unknown', async () => {
  const fs: Fs = {
    ...kernel,
    open: (at, path, how) =>
      path === '/file' && how.resolve?.inRoot ? new Fault('openat2', 'EACCES', path) : kernel.open(at, path, how),
  };
  const { text, exitCode } = await run('touch file', '/file', { fs });
  assert.equal(exitCode, 3);
  assert.match(text, /no link lies on the way\. But the kernel answers EACCES: something changed meanwhile/);
});

test('a link that fs.protected_symlinks forbids to follow', () => {
  using scratch = new Scratch();
  using root = openPlace(scratch.path);
  mkdirSync(scratch.at('etc'));
  mkdirSync(scratch.at('tmp'));
  writeFileSync(scratch.at('etc/passwd'), 'root:x:0:0::/:/bin/sh\nann:x:1234:1234::/:/bin/sh\n');
  symlinkSync('/etc/passwd', scratch.at('tmp/mine'));
  const world = {
    fs: kernel,
    from: { handle: root.handle, path: '/' },
    root: { handle: root.handle, path: '/' },
    absentVolumes: [],
  };
  const stat = kernel.stat(root.handle, 'tmp/mine');
  assert.ok(!(stat instanceof Fault));
  const cause = permissionCause(sceneOf(world, thisMachine(world)), {
    kind: 'permission',
    errno: 'EACCES',
    path: '/tmp/mine',
    stat: { ...stat, uid: 1234 },
    cause: 'protected-symlink',
  });
  assert.equal(cause.kind, 'protected-symlinks');
  assert.match(
    speak(cause.because, show),
    /^\/tmp is open to all and sticky and belongs to \w+, and the link belongs to ann,/,
  );
});

const permissions = [
  [
    '61234:61234',
    '0750',
    "drwxr-x--- of 61234:61234; you are nobody, neither its owner nor in its group, so the others' bits decide, and they lack x",
    'chmod o+x',
  ],
  [
    `${nobody}:61234`,
    '0655',
    "drw-r-xr-x of nobody:61234; you are nobody, its owner, so the owner's bits decide, and they lack x",
    'chmod u+x',
  ],
  [
    `61234:${nobody}`,
    '0705',
    "drwx---r-x of 61234:nogroup; you are nobody, in the group nogroup, so the group's bits decide, and they lack x",
    'chmod g+x',
  ],
] as const;

for (const [owner, mode, sentence, command] of permissions) {
  test(`a directory ${mode} of ${owner} that nobody may not search leaves the end unknown`, (t) => {
    if (!isRoot) return t.skip(notRun(t.name));
    using scratch = new Scratch();
    spawnSync(
      'bash',
      ['-ec', `mkdir closed; touch closed/in; ln -s closed/in link; chown ${owner} closed; chmod ${mode} closed`],
      { cwd: scratch.path },
    );
    const { out, code } = lw(['why', scratch.at('link')], { uid: nobody, gid: nobody });
    assert.equal(code, 3, out);
    const dir = scratch.at('closed');
    assert.equal(
      out.replace(/ {2,}(?=relative|may)/g, '  '),
      `${scratch.at('link')}
  ${scratch.at('link')} -> closed/in  relative
  ? ${dir}  may not be searched (EACCES)
  Whether it leads anywhere is unknown: you may not look into ${dir}; it is ${sentence}.
    try: ask as a user who may search it, or let its owner run: ${command} ${dir}
`,
    );
  });
}

test('a mount with nosymfollow is named, and a crossing names mount and type', () => {
  if (!canMount('why in mounts of its own')) return;
  using scratch = new Scratch();
  const script = `
    mkdir in && mount -t tmpfs -o nosymfollow none in && ln -s ../file in/link && touch file && ln -s in over
    mkdir disk && mount -t tmpfs none disk && touch disk/film && ln -s disk/film film
    mkdir same && mount --bind disk same && ln -s ../same/film disk/again
    "$0" "$1" why in/link film disk/again`;
  const ran = spawnSync(
    'unshare',
    ['--mount', '--propagation=private', 'bash', '-c', script, process.execPath, lwPath],
    {
      cwd: scratch.path,
      encoding: 'utf8',
    },
  );
  const text = ran.stdout
    .replaceAll(scratch.path, '/T')
    .replaceAll(/inode \d+/g, 'inode N')
    .replaceAll(/(?<=\S) {2,}/g, '  ');
  assert.equal(
    text,
    `in/link
  ? /T/in/link  ELOOP
  Whether it leads anywhere is unknown: Too many levels of symbolic links (ELOOP) at /T/in/link; the file system at /T/in is mounted with nosymfollow, so the kernel follows no link there.
    try: mount -o remount,symfollow /T/in

film
  /T/film -> disk/film  relative, into /T/disk (tmpfs)
  = /T/disk/film  file, inode N, 1 name, 0 bytes
  1 link leads to a file.

disk/again
  /T/disk/again -> ../same/film  relative, into the same file system again, mounted at /T/same (tmpfs)
  = /T/same/film  file, inode N, 1 name, 0 bytes
  1 link leads to a file.
`,
  );
});

test('--null gives the ends byte for byte, and the others as problems', () => {
  using scratch = new Scratch();
  spawnSync('bash', ['-ec', String.raw`touch $'e\xff\e[1m\nnd'; ln -s $'e\xff\e[1m\nnd' good; ln -s $'\xfe' bad`], {
    cwd: scratch.path,
  });
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [lwPath, 'why', '--root', scratch.path, '--null', 'good', 'bad'],
    { cwd: scratch.path },
  );
  assert.equal(status, 1);
  assert.deepEqual(stdout, Buffer.concat([Buffer.from('/e'), Buffer.from([0xff]), Buffer.from('\x1b[1m\nnd\0')]));
  assert.equal(stderr.toString(), "lw: bad: It leads nowhere: / has no $'\\xfe'.\n");
});

test('a name that is no text stands in JSON as its bytes', async () => {
  const { json } = await run(String.raw`ln -s $'a\xffb' link`, 'link');
  assert.deepEqual((json as { routes: { hops: { text: unknown }[] }[] }).routes[0]?.hops[0]?.text, {
    bytes: Buffer.from([0x61, 0xff, 0x62]).toString('base64'),
  });
});

test('80 columns hold every line that has a place to break', async () => {
  using scratch = new Scratch();
  const dir = 'a-directory-with-a-rather-long-name';
  spawnSync('bash', ['-ec', `mkdir -p ${dir}/inner; ln -s ../${dir}/innen/and-a-file ${dir}/link`], {
    cwd: scratch.path,
  });
  using world = kernelWorld(scratch.path, terminalProgress(undefined));
  const { explanations } = await ask(world, [`${dir}/link`], scratch.path);
  const lines = [...draw(explanations[0] as Explanation, { ...plain, width: 80 })];
  assert.deepEqual(
    lines.slice(0, -1),
    [
      'a-directory-with-a-rather-long-name/link',
      '  /a-directory-with-a-rather-long-name/link',
      '    -> ../a-directory-with-a-rather-long-name/innen/and-a-file',
      '      relative',
      '  ✗ /a-directory-with-a-rather-long-name/innen  does not exist (ENOENT)',
      '  It leads nowhere: /a-directory-with-a-rather-long-name has no "innen"; it',
      '  holds "inner", which is spelt almost alike, but no "and-a-file" below it.',
    ].slice(0, -1),
  );
});

test('near names: a version is nearer than a spelling, and the newer of two equally far is nearer', () => {
  assert.deepEqual(
    nearNames('python3.11', ['python3.10', 'python3.12', 'python3', 'pithon3.11', 'perl']).map(({ name }) => name),
    ['python3.12', 'python3.10', 'python3', 'pithon3.11'],
  );
});

test('edit distance is symmetric, zero for equals alone, and never above its limit plus one', () => {
  const word = fc.string({ maxLength: 8 });
  fc.assert(
    fc.property(word, word, fc.nat(8), (a, b, limit) => {
      const distance = editDistance(a, b, limit);
      assert.equal(distance, editDistance(b, a, limit));
      assert.equal(distance === 0, a === b);
      assert.ok(distance <= limit + 1);
    }),
  );
});

test('a word for the shell gives the same bytes back', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 20 }), (bytes) => {
      const name = decodeBytes(bytes.map((byte) => byte || 1));
      const { stdout } = spawnSync('bash', ['-c', `printf %s ${shellWord(name)}`]);
      assert.equal(decodeBytes(stdout), name);
    }),
    { numRuns: 60 },
  );
});
