/** Mistakes in what the sketch does, as changes of its text. The proofs of the sketch must notice each. */

export interface Mutant {
  /** What the sketch then does. */
  readonly name: string;
  /** Below src/sketch/. */
  readonly file: string;
  /** Is there exactly once. */
  readonly find: string;
  readonly replace: string;
  /** Why nobody can notice it. */
  readonly equivalent?: string;
}

type Change = readonly [name: string, find: string, replace: string, equivalent?: string];

const changes: Readonly<Record<string, readonly Change[]>> = {
  'walk.ts': [
    ['45 links pass', 'const maxLinks = 40;', 'const maxLinks = 45;'],
    ['39 links pass', 'const maxLinks = 40;', 'const maxLinks = 39;'],
    ['links are not counted', 'if (this.#links++ >= maxLinks)', 'if (this.#links >= maxLinks * 1000)'],
    [
      'a last link counts even if it is not followed',
      "if (top.inode.kind === 'symlink' && follow) return this.#follow(top, last);",
      "if (top.inode.kind === 'symlink' && !follow && this.#links >= maxLinks) return 'ELOOP';\n    if (top.inode.kind === 'symlink' && follow) return this.#follow(top, last);",
    ],
    [
      '`..` at the root of a mount stays there',
      'while (inode === mount.root) {\n      if (!mount.on)',
      'while (inode === mount.root) {\n      if (mount.on) return undefined;\n      if (!mount.on)',
    ],
    ['`..` goes nowhere', "if (kind === '..') return this.#ascend();", "if (kind === '..') return undefined;"],
    [
      '`..` at the root of the process leaves it',
      'if (sameLocation(this.at, this.#root)) return',
      'if (sameLocation(this.at, this.#sketch.root)) return',
    ],
    [
      '`..` does not see what is mounted on the parent',
      'const top = this.#sketch.top({ mount, inode: parent });',
      'const top = { mount, inode: parent };',
    ],
    [
      'what was moved out of a bind mount still goes up',
      "if (!parent || !isBelow(parent, mount.root)) return 'ENOENT';",
      "if (!parent) return 'ENOENT';",
    ],
    [
      'nobody needs to search a directory',
      'if (refused) return refused;\n      const end = rest',
      "if (refused && refused !== 'EACCES') return refused;\n      const end = rest",
    ],
    [
      'the last directory need not be searched',
      'const refused = this.#sketch.allows(this.#who, this.at.inode, wants.search);',
      "const refused = rest.includes('/') ? this.#sketch.allows(this.#who, this.at.inode, wants.search) : undefined;",
    ],
    [
      'a directory in the middle need not be searched',
      'const refused = this.#sketch.allows(this.#who, this.at.inode, wants.search);',
      "const refused = rest.includes('/') ? undefined : this.#sketch.allows(this.#who, this.at.inode, wants.search);",
    ],
    [
      'only the names after the first are looked up in directories',
      "} else if (this.at.inode.kind !== 'dir') return 'ENOTDIR';",
      "} else if (this.at.inode.kind !== 'dir') return 'ENOENT';",
    ],
    [
      'a slash at the end does not ask for a directory',
      "if (last.kind === 'name' && last.slash) directory = following = true;",
      "if (last.kind === 'name' && last.slash) following = true;",
    ],
    [
      'a slash at the end does not follow a link',
      "if (last.kind === 'name' && last.slash) directory = following = true;",
      "if (last.kind === 'name' && last.slash) directory = true;",
    ],
    [
      'absolute links begin at the root of the machine',
      'const refused = crosses ? ',
      'this.at = this.#sketch.root;\n    const away = this.#root !== this.#sketch.root && !this.#resolve.beneath && !this.#resolve.inRoot;\n    const refused = away ? undefined : crosses ? ',
    ],
    [
      'a mount that follows no links follows them',
      'if (link.mount.noSymlinks || this.#resolve.noSymlinks)',
      'if (this.#resolve.noSymlinks)',
    ],
    [
      'RESOLVE_NO_SYMLINKS is not heard',
      'if (link.mount.noSymlinks || this.#resolve.noSymlinks)',
      'if (link.mount.noSymlinks)',
    ],
    ['RESOLVE_BENEATH lets absolute links out', "if (this.#resolve.beneath) return 'EXDEV';\n    this.at", 'this.at'],
    [
      'RESOLVE_BENEATH stops `..` at the top in place of refusing it',
      "if (sameLocation(this.at, this.#root)) return this.#resolve.beneath ? 'EXDEV' : undefined;",
      'if (sameLocation(this.at, this.#root)) return undefined;',
    ],
    [
      'RESOLVE_IN_ROOT is not heard',
      'this.#root = resolve.beneath || resolve.inRoot ? start : root;',
      'this.#root = resolve.beneath ? start : root;',
    ],
    [
      'RESOLVE_NO_XDEV lets down into mounts',
      "if (top.mount !== this.at.mount && this.#resolve.noCrossing) return 'EXDEV';",
      '',
    ],
    [
      'RESOLVE_NO_XDEV lets up out of mounts',
      "if (mount !== this.at.mount && this.#resolve.noCrossing) return 'EXDEV';",
      '',
    ],
    [
      'RESOLVE_NO_XDEV lets absolute links out',
      'const crosses = this.#resolve.noCrossing && ',
      'const crosses = false && ',
    ],
    [
      'protected_symlinks holds for every component',
      "if (last && this.#isProtected(link)) return 'EACCES';",
      "if (this.#isProtected(link)) return 'EACCES';",
    ],
    [
      'protected_symlinks exempts root',
      'inode.uid !== this.#who.uid &&',
      'inode.uid !== this.#who.uid &&\n      this.#who.uid !== 0 &&',
    ],
    [
      'protected_symlinks distrusts the owner of the directory',
      '(dir.mode & 0o1002) === 0o1002 &&\n      dir.uid !== inode.uid',
      '(dir.mode & 0o1002) === 0o1002',
    ],
    ['protected_symlinks distrusts one’s own links', 'inode.uid !== this.#who.uid &&', ''],
    [
      'protected_symlinks holds in every sticky directory',
      '(dir.mode & 0o1002) === 0o1002 &&\n      dir.uid',
      '(dir.mode & 0o1000) === 0o1000 &&\n      dir.uid',
    ],
    ['protected_symlinks cannot be turned off', 'this.#sketch.protectedSymlinks &&', ''],
  ],

  'permission.ts': [
    ['O_CREAT opens what others planted', 'if (protection === 0 || (dir.mode', 'if (protection >= 0 || (dir.mode'],
    ['protected_regular cannot be turned off', 'if (protection === 0 || (dir.mode', 'if ((dir.mode'],
    ['protected_regular holds in every directory', '(dir.mode & 0o1000) === 0 || uid === dir.uid', 'uid === dir.uid'],
    ['protected_regular distrusts the owner of the directory', 'uid === dir.uid || uid === who.uid', 'uid === who.uid'],
    ['protected_regular distrusts one’s own files', 'uid === dir.uid || uid === who.uid', 'uid === dir.uid'],
    [
      'protected_regular 1 looks at the group',
      '(protection === 2 && (dir.mode & 0o20) !== 0)',
      '(dir.mode & 0o20) !== 0',
    ],
    ['protected_regular 2 does not look at the group', '(protection === 2 && (dir.mode & 0o20) !== 0)', 'false'],
    [
      'an owner falls through to the other classes',
      'return ((inode.mode >> shift) & bits) === bits',
      'if (shift === 6 && permission({ uid: -2, gid: who.gid, groups: who.groups }, inode, bits) === undefined) return undefined;\n  return ((inode.mode >> shift) & bits) === bits',
    ],
    [
      'a member of the group falls through to the others',
      'return ((inode.mode >> shift) & bits) === bits',
      'return ((inode.mode >> shift) & bits) === bits || (shift === 3 && (inode.mode & bits) === bits)',
    ],
    ['supplementary groups do not count', 'who.gid === gid || who.groups.includes(gid)', 'who.gid === gid'],
    ['only supplementary groups count', 'who.gid === gid || who.groups.includes(gid)', 'who.groups.includes(gid)'],
    [
      'root runs what nobody may run',
      "return inode.kind !== 'dir' && bits & wants.search && !(inode.mode & 0o111) ? 'EACCES' : undefined;",
      'return undefined;',
    ],
    [
      'root needs the bit to search a directory',
      "return inode.kind !== 'dir' && bits & wants.search",
      'return bits & wants.search',
    ],
    ['what is immutable can be written', "if (inode.immutable) return 'EPERM';", ''],
    ['any bit that is asked for is enough', '& bits) === bits ?', '& bits) !== 0 ?'],
    ['the sticky bit means nothing', '(dir.mode & 0o1000) !== 0 && who.uid', 'false && who.uid'],
    [
      'in a sticky directory its owner is like others',
      ' && who.uid !== dir.uid && who.uid !== 0;',
      ' && who.uid !== 0;',
    ],
    [
      'in a sticky directory the owner of a file is like others',
      'who.uid !== inode.uid && who.uid !== dir.uid',
      'who.uid !== dir.uid',
    ],
    ['the sticky bit holds root', 'who.uid !== dir.uid && who.uid !== 0;', 'who.uid !== dir.uid;'],
    [
      'protected_hardlinks lets set-user-ID files through',
      "kind === 'file' && (mode & 0o4000) === 0 &&",
      "kind === 'file' &&",
    ],
    [
      'protected_hardlinks lets set-group-ID programs through',
      ' && (mode & groupExecutable) !== groupExecutable;',
      ';',
    ],
    ['protected_hardlinks lets what is no file through', "kind === 'file' && (mode & 0o4000)", '(mode & 0o4000)'],
    ['chown keeps set-user-ID', 'return mode & ~0o4000 &', 'return mode &'],
    ['chown takes bits of directories', "if (kind === 'dir') return mode;", ''],
    ['chown keeps set-group-ID', '(keepsGroup ? 0o7777 : ~S_ISGID)', '0o7777'],
    ['chmod gives set-group-ID to strangers', 'who.uid === 0 || isInGroup(who, gid) ? mode : mode & ~S_ISGID', 'mode'],
    [
      'chmod takes set-group-ID from everyone but root',
      'who.uid === 0 || isInGroup(who, gid) ? mode : mode',
      'who.uid === 0 ? mode : mode',
    ],
    ['anyone owns everything', 'who.uid === 0 || who.uid === inode.uid;', 'true;'],
    ['root owns only what is its own', 'who.uid === 0 || who.uid === inode.uid;', 'who.uid === inode.uid;'],
  ],

  'directory.ts': [
    [
      'a name that is gone is still that of its file',
      "if (inode.kind !== 'dir' && home?.dir === dir && home.name === name) inode.home = undefined;",
      '',
    ],
    [
      'the times of a directory that gets a name stay',
      'inode.home = { dir, name };\n  dir.mtime = dir.ctime = sketch.now();',
      'inode.home = { dir, name };',
    ],
    [
      'only the mtime of a directory that gets a name moves',
      'inode.home = { dir, name };\n  dir.mtime = dir.ctime = sketch.now();',
      'inode.home = { dir, name };\n  dir.mtime = sketch.now();',
    ],
    [
      'the times of a directory that loses a name stay',
      'else dir.entries.delete(name);\n  dir.mtime = dir.ctime = sketch.now();',
      'else dir.entries.delete(name);',
    ],
    ['unlink does not move the ctime', 'inode.nlink - 1;\n  inode.ctime = sketch.now();', 'inode.nlink - 1;'],
    ['unlink takes all names', "inode.nlink = inode.kind === 'dir' ? 0 : inode.nlink - 1;", 'inode.nlink = 0;'],
    [
      'btrfs counts directories',
      "if (directoryLinks === 'one' || dir.nlink === 1) return;",
      'if (dir.nlink === 1) return;',
      'they begin with a count of 1, from which nothing is counted',
    ],
    [
      'a directory that gave up counting counts again',
      "if (directoryLinks === 'one' || dir.nlink === 1) return;",
      "if (directoryLinks === 'one') return;",
    ],
    [
      'ext4 never gives up counting',
      "if (directoryLinks === 'count-to-limit' && dir.nlink > namesMax) dir.nlink = 1;",
      '',
    ],
    [
      'whiteouts are forgotten',
      'if (dir.origin) dir.entries.set(name, undefined);\n  else dir.entries.delete(name);',
      'dir.entries.delete(name);',
    ],
  ],

  'attributes.ts': [
    [
      'what has no known name is changed over a base without a step',
      "if (sketch.overBase && !inode.home) return 'EOPNOTSUPP';",
      '',
    ],
    ['chmod is anyone’s', "if (!owns(who, inode)) return 'EPERM';\n  const granted", 'const granted'],
    ['chmod does not move the ctime', 'inode.changed = true;\n  inode.ctime = sketch.now();', 'inode.changed = true;'],
    [
      'anyone gives files away',
      "if (!isRoot && uid !== undefined && !(isOwner && uid === inode.uid)) return 'EPERM';",
      '',
    ],
    ['a file goes to any group', '(isOwner && (gid === inode.gid || isInGroup(who, gid)))', 'isOwner'],
    ['a file goes to no group', '(isOwner && (gid === inode.gid || isInGroup(who, gid)))', 'false'],
    ['times are anyone’s', "if (!toNow) return 'EPERM';", ''],
    ['times to now are the owner’s alone', "if (!toNow) return 'EPERM';", "return 'EPERM';"],
    [
      'times are set without moving the ctime',
      'inode.mtime = set(mtime, inode.mtime);\n  inode.ctime = now;',
      'inode.mtime = set(mtime, inode.mtime);',
    ],
    ['a time that is left out becomes now', '(time ?? before)', '(time ?? now)'],
    [
      'a changed mode is still answered by the base',
      'inode.mode = granted;\n  inode.changed = true;',
      'inode.mode = granted;',
    ],
  ],

  'names.ts': [
    [
      'what has no known name is linked over a base without a step',
      "if (sketch.overBase && !home) return 'EOPNOTSUPP';",
      '',
    ],
    ['paths have 4,096 bytes', 'const pathMax = 4096;', 'const pathMax = 4097;'],
    ['paths have 4,094 bytes', 'const pathMax = 4096;', 'const pathMax = 4095;'],
    ['link texts are counted in characters', 'if (byteLength(text) >= pathMax)', 'if (text.length >= pathMax)'],
    ['link texts have any length', "if (byteLength(text) >= pathMax) return 'ENAMETOOLONG';", ''],
    ['an empty link text is let through', "if (text === '') return 'ENOENT';", ''],
    [
      'the limit of a file system for link texts is one byte more',
      'byteLength(text) > textMax;',
      'byteLength(text) > textMax + 1;',
    ],
    ['link looks at the device alone', 'if (file.mount !== dir.mount)', 'if (file.mount.volume !== dir.mount.volume)'],
    ['protected_hardlinks is off', 'if (sketch.protectedHardlinks && !owns', 'if (false && !owns'],
    ['protected_hardlinks cannot be turned off', 'if (sketch.protectedHardlinks && !owns', 'if (!owns'],
    [
      'protected_hardlinks holds for owners',
      '&& !owns(who, inode) && !mayChange(sketch, who, inode)',
      '&& who.uid !== 0 && !mayChange(sketch, who, inode)',
    ],
    [
      'protected_hardlinks asks for reading alone',
      'isPlainFile(inode) && sketch.allows(who, inode, wants.read | wants.write)',
      'isPlainFile(inode) && sketch.allows(who, inode, wants.read)',
    ],
    [
      'a directory gets a second name',
      "inode.immutable || inode.appendOnly || inode.kind === 'dir') return 'EPERM'",
      "inode.immutable || inode.appendOnly) return 'EPERM'",
    ],
    [
      'what is immutable gets a second name',
      "inode.immutable || inode.appendOnly || inode.kind === 'dir') return 'EPERM'",
      "inode.kind === 'dir') return 'EPERM'",
    ],
    [
      'a file without a name gets one again',
      "if (inode.nlink === 0) return 'ENOENT';\n  if (inode.nlink >=",
      'if (inode.nlink >=',
    ],
    ['EMLINK comes a name late', 'if (inode.nlink >= (inode.volume', 'if (inode.nlink > (inode.volume'],
    ['EMLINK comes a name early', 'if (inode.nlink >= (inode.volume', 'if (inode.nlink + 1 >= (inode.volume'],
    ['link does not move the ctime', 'inode.nlink++;\n  inode.ctime = sketch.now();', 'inode.nlink++;'],
    ['link does not count', 'inode.nlink++;\n  inode.ctime', 'inode.ctime'],
    [
      'link needs no permission in the directory',
      "return 'EPERM';\n  const refused = sketch.allows(who, dir.inode, changeDir);\n  if (refused) return refused;\n  if (inode.immutable",
      "return 'EPERM';\n  if (inode.immutable",
    ],
    [
      'what is new needs write permission alone',
      'const changeDir = wants.write | wants.search;',
      'const changeDir = wants.write;',
      'the way to a name has already asked for permission to search its directory',
    ],
    [
      'a new name is made in a removed directory',
      "dir.inode.nlink === 0 ? 'ENOENT' : sketch.child(dir, name);",
      'sketch.child(dir, name);',
    ],
    ['`.` and `..` can be made', "if (kind !== 'name') return 'EEXIST';", "if (kind !== 'name') return 'ENOENT';"],
    ['a slash makes no difference to what is new', "if (slash && !directory) return 'ENOENT';", ''],
    [
      'a slash keeps directories from being made',
      "if (slash && !directory) return 'ENOENT';",
      "if (slash) return 'ENOENT';",
    ],
    [
      'EROFS comes before EEXIST',
      "if (kind !== 'name') return 'EEXIST';",
      "if (kind !== 'name') return 'EEXIST';\n    if (isReadOnly(dir)) return 'EROFS';",
    ],
    ['mkdir takes set-ID bits', 'mode & 0o1777 & ~actor.umask', 'mode & 0o7777 & ~actor.umask'],
    ['mkdir has no umask', 'mode & 0o1777 & ~actor.umask', 'mode & 0o1777'],
    ['open has no umask', 'return stripped & 0o7777 & ~umask;', 'return stripped & 0o7777;'],
    ['a new program gets the bit of a foreign group', 'const stripped = isForeign && ', 'const stripped = false && '],
    [
      'anyone makes devices',
      "if ((kind === 'char' || kind === 'block') && !isWhiteout && actor.who.uid !== 0) return 'EPERM';",
      '',
    ],
    ['a new directory has one name', 'inode.nlink = counts ? 2 : 1;', 'inode.nlink = 1;'],
    [
      'mkdir does not count in the parent',
      "inode.nlink = counts ? 2 : 1;\n  if (kind === 'dir') oneDirMore(dir.inode);",
      'inode.nlink = counts ? 2 : 1;',
    ],
    [
      'rmdir does not count in the parent',
      'at: sketch.spot(dir, name) });\n  oneDirLess(dir.inode);',
      'at: sketch.spot(dir, name) });',
    ],
    [
      'unlink takes directories',
      "if (asDirectory) return inode.kind === 'dir' ? undefined : 'ENOTDIR';\n  return inode.kind === 'dir' ? 'EISDIR' : undefined;",
      "if (asDirectory) return inode.kind === 'dir' ? undefined : 'ENOTDIR';\n  return undefined;",
    ],
    [
      'rmdir takes files',
      "if (asDirectory) return inode.kind === 'dir' ? undefined : 'ENOTDIR';",
      'if (asDirectory) return undefined;',
    ],
    ['rmdir takes full directories', "if (entries.length > 0) return 'ENOTEMPTY';\n  takeDirectory", 'takeDirectory'],
    ['rmdir of `.` is ENOTEMPTY', "'.': 'EINVAL'", "'.': 'ENOTEMPTY'"],
    ['rmdir of `..` is EINVAL', "'..': 'ENOTEMPTY'", "'..': 'EINVAL'"],
    [
      'rmdir takes mount points',
      "return actor.sketch.isMountPoint(found.inode) ? 'EBUSY' : found.inode;",
      'return found.inode;',
    ],
    [
      'unlink takes mount points',
      "if (sketch.isMountPoint(inode)) return 'EBUSY';\n  sketch.record({ kind: 'unlink'",
      "sketch.record({ kind: 'unlink'",
    ],
    ['unlink with a slash takes files', "if (slash) return inode.kind === 'dir' ? 'EISDIR' : 'ENOTDIR';", ''],
    [
      'removal needs no permission in the directory',
      'if (refused) return refused;\n  if (dir.appendOnly',
      'if (dir.appendOnly',
    ],
    ['in an append-only directory names go', 'if (dir.appendOnly || isStuck', 'if (isStuck'],
    ['what is immutable loses names', 'inode.appendOnly || inode.immutable) return', 'inode.appendOnly) return'],
    [
      'creating needs no permission in the directory',
      "isReadOnly(place.dir) ? 'EROFS' : actor.sketch.allows(actor.who, place.dir.inode, changeDir);",
      "isReadOnly(place.dir) ? 'EROFS' : undefined;",
    ],
    [
      'what is created over a base is let through',
      "if (actor.sketch.overBase) return 'EOPNOTSUPP';\n  return add(actor, place, 'file'",
      "return add(actor, place, 'file'",
    ],
  ],

  'rename.ts': [
    [
      'EXCHANGE moves one ctime only',
      'const both = exchange && there ? [file, there] : [file];',
      'const both = [file];',
    ],
    ['a rename moves no ctime', 'if (both.length === 1 || file', 'if (both.length === 1) return;\n    if (file'],
    [
      'an exchange of files moves their ctimes on xfs',
      "exchangeTouches !== 'parents')",
      "exchangeTouches !== 'parents' || !exchange || file)",
    ],
    ['an exchange of directories keeps their mtimes on xfs', "if (moved.kind === 'dir') moved.mtime = now;", ''],
    [
      'rename looks at the device alone',
      'if (from.dir.mount !== to.dir.mount)',
      'if (from.dir.mount.volume !== to.dir.mount.volume)',
    ],
    [
      'rename of a directory does not count where it came from',
      "if (file.kind === 'dir') oneDirLess(from.dir.inode);",
      '',
    ],
    [
      'rename of a directory does not count where it goes',
      "put(sketch, to.dir.inode, to.name, file);\n  if (file.kind === 'dir') oneDirMore(to.dir.inode);",
      'put(sketch, to.dir.inode, to.name, file);',
    ],
    ['a replaced directory still counts', "if (there.kind === 'dir') oneDirLess(to.dir.inode);", ''],
    [
      'exchange does not count the directory that comes back',
      "if (there.kind === 'dir') oneDirMore(from.dir.inode);",
      '',
    ],
    ['rename takes mount points', 'if (sketch.isMountPoint(file) || (there', 'if ((there'],
    ['rename replaces mount points', ' || (there && sketch.isMountPoint(there))) return', ') return'],
    [
      'a rename between two names of one inode removes the first',
      'if (file === there) return undefined;\n  const refused',
      'if (file === there) {\n    take(sketch, from.dir.inode, from.name);\n    drop(sketch, file, from.dir.inode, from.name);\n    return undefined;\n  }\n  const refused',
    ],
    [
      'a rename between two names of one inode asks for permission',
      'if (file === there) return undefined;\n  const refused =',
      'const refused =',
    ],
    ['a directory goes below itself', "if (apart && isDir && isBelow(to.dir.inode, file)) return 'EINVAL';", ''],
    ['a rename onto what holds it is EINVAL', "return exchange ? 'EINVAL' : 'ENOTEMPTY';", "return 'EINVAL';"],
    [
      'a rename replaces full directories',
      "if (entries.length > 0) return there.volume.type.fullDirectory ?? 'ENOTEMPTY';",
      '',
    ],
    ['xfs says ENOTEMPTY of a full directory', "there.volume.type.fullDirectory ?? 'ENOTEMPTY'", "'ENOTEMPTY'"],
    [
      'a directory that moves need not be writable',
      '(apart && isDir ? sketch.allows(who, file, wants.write) : undefined) ??',
      '',
    ],
    [
      'a directory that is exchanged need not be writable',
      '(apart && exchange && toDir ? sketch.allows(who, there as Inode, wants.write) : undefined)',
      'undefined',
    ],
    ['a directory must be writable even where its parent stays', '(apart && isDir ? sketch', '(isDir ? sketch'],
    ['NOREPLACE replaces', "if (there && how === 'no-replace') return 'EEXIST';", ''],
    [
      'NOREPLACE sees no dangling links',
      "if (there && how === 'no-replace') return 'EEXIST';",
      "if (there && there.inode.kind !== 'symlink' && how === 'no-replace') return 'EEXIST';",
    ],
    ['EXCHANGE with nothing is a rename', "if (!there && how === 'exchange') return 'ENOENT';", ''],
    ['EXCHANGE replaces', 'if (exchange && there) {', 'if (exchange && there && false) {'],
    ['EXCHANGE needs two of one kind', 'exchange ? toDir : isDir', 'isDir'],
    ['rename of `.` with NOREPLACE is EBUSY', "return how === 'no-replace' ? 'EEXIST' : 'EBUSY';", "return 'EBUSY';"],
    ['a replaced file keeps its name', 'if (there) drop(sketch, there, to.dir.inode, to.name);', ''],
    [
      'rename with a slash takes files',
      'if (!isDir && (from.slash || (!exchange && to.slash)))',
      'if (!isDir && from.slash)',
    ],
    ['a replaced file is not in its step', '...(there ? { replaced: sketch.refer(there) } : {})', '...{}'],
  ],

  'process.ts': [
    ['paths are counted in characters', 'if (byteLength(path) >= pathMax)', 'if (path.length >= pathMax)'],
    [
      'link follows links',
      'addLink(this, this.#find(from, fromPath, follow !== undefined)',
      'addLink(this, this.#find(from, fromPath, true)',
    ],
    [
      'link never follows links',
      'addLink(this, this.#find(from, fromPath, follow !== undefined)',
      'addLink(this, this.#find(from, fromPath, false)',
    ],
    [
      'O_EXCL follows links',
      "let following = !how.nofollow && how.create !== 'exclusive';",
      'let following = !how.nofollow;',
    ],
    ['O_EXCL opens what is there', "if (how.create === 'exclusive') return 'EEXIST';", ''],
    [
      'O_NOFOLLOW is not heard',
      "let following = !how.nofollow && how.create !== 'exclusive';",
      "let following = how.create !== 'exclusive';",
    ],
    [
      'O_PATH with O_NOFOLLOW follows',
      'walk.find(path, !how.nofollow, how.directory)',
      'walk.find(path, true, how.directory)',
    ],
    [
      'O_CREAT refuses dangling links',
      'if (!there) return addFile(this, last, how.mode ?? 0);',
      "if (!there) return text === path ? addFile(this, last, how.mode ?? 0) : 'ENOENT';",
    ],
    ['O_CREAT takes a slash', "if (last.slash) return 'EISDIR';", ''],
    ['O_CREAT with O_DIRECTORY is let through', "if (how.create && how.directory) return 'EINVAL';", ''],
    ['O_CREAT opens directories', "if (how.create && inode.kind === 'dir') return 'EISDIR';", ''],
    [
      'O_DIRECTORY opens files',
      "if (directory && inode.kind !== 'dir') return 'ENOTDIR';\n    const cuts",
      'const cuts',
    ],
    ['O_TRUNC needs no write permission', '(writes || how.truncate ? wants.write : 0)', '(writes ? wants.write : 0)'],
    ['O_TRUNC cuts nothing', 'if (cuts) cutData(this, inode, 0);', ''],
    ['writing needs read permission', "(how.access === 'write' ? 0 : wants.read)", 'wants.read'],
    ['directories can be written', "if (inode.kind === 'dir' && (writes || how.truncate)) return 'EISDIR';", ''],
    [
      'a read-only mount opens files for writing',
      "if (writes && isStored(inode.kind) && isReadOnly(found)) return 'EROFS';",
      '',
    ],
    [
      'a read-only mount opens no fifo for writing',
      'if (writes && isStored(inode.kind) && isReadOnly(found))',
      'if (writes && isReadOnly(found))',
    ],
    [
      'what is append-only is written anywhere',
      "if (inode.appendOnly && ((writes && !how.append) || how.truncate)) return 'EPERM';",
      '',
    ],
    ['readlink of a descriptor of a file is EINVAL', "path === '' ? 'ENOENT' : 'EINVAL'", "'EINVAL'"],
    [
      'readlink follows',
      "const found = this.#find(at, path, false);\n    if (typeof found === 'string') return new Fault('readlinkat'",
      "const found = this.#find(at, path, true);\n    if (typeof found === 'string') return new Fault('readlinkat'",
    ],
    ['entries come again and again', 'open.atEnd = true;', ''],
    [
      'a removed directory still has entries',
      "if (inode.nlink === 0) return new Fault('getdents64', 'ENOENT', '');",
      '',
    ],
    [
      'access is a matter of the mount',
      "const readOnly = wanted === 'write' && found.mount.readOnly && isStored(found.inode.kind);",
      'const readOnly = false;',
    ],
    [
      'a place can be read',
      "if (!open || open.how.access === 'path') return new Fault('getdents64', 'EBADF', '');",
      "if (!open) return new Fault('getdents64', 'EBADF', '');",
    ],
    ['a descriptor for reading writes', "if (!open?.how.access.endsWith('write'))", 'if (!open)'],
    ['append writes anywhere', 'open.how.append ? inode.size : position', 'position'],
    [
      'truncate needs no descriptor for writing',
      "if (!open.how.access.endsWith('write') || inode.kind !== 'file')",
      "if (inode.kind !== 'file')",
    ],
    [
      'a descriptor is linked by whoever has it',
      'if (open && open.who !== this.who && this.who.uid !== 0)',
      'if (false)',
    ],
    [
      'chmod follows links even if told not to',
      'chmod(this, this.#find(at, path, follow !== undefined), mode & 0o7777)',
      'chmod(this, this.#find(at, path, true), mode & 0o7777)',
    ],
    [
      'closing gives no room back',
      'open.location.inode.opens--;\n    this.sketch.release(open.location.inode);',
      'open.location.inode.opens--;',
    ],
  ],

  'inode.ts': [
    ['a read-only mount can be written', 'mount.readOnly || mount.volume.readOnly;', 'mount.volume.readOnly;'],
    ['a read-only volume can be written', 'mount.readOnly || mount.volume.readOnly;', 'mount.readOnly;'],
  ],

  'file-data.ts': [
    ['writing keeps set-ID bits', 'if (who.uid !== 0) inode.mode = modeAfterChown(who, inode);', ''],
    [
      'root’s writing takes set-ID bits',
      'if (who.uid !== 0) inode.mode = modeAfterChown(who, inode);',
      'inode.mode = modeAfterChown(who, inode);',
    ],
    ['room is never used up', 'inode.volume.freeBytes -= more;', ''],
    ['cutting gives no room back', 'inode.volume.freeBytes += inode.content.room;\n', ''],
  ],

  'stat-of.ts': [
    ['a long link text takes no room', '>= (volume.type.textBlockFrom ?? Infinity) ? 8 : 0', '>= Infinity ? 8 : 0'],
    [
      'the limit of short link texts is a byte further',
      '>= (volume.type.textBlockFrom ?? Infinity) ? 8 : 0',
      '> (volume.type.textBlockFrom ?? Infinity) ? 8 : 0',
    ],
    ['nothing is the root of a mount', 'mountRoot: inode === mount.root,', 'mountRoot: false,'],
  ],

  'machine.ts': [
    ['planted devices are opened', '? this.#protected[kind] : 1', '? this.#protected[kind] : 0'],
    ['names have 256 bytes', 'const nameMax = 255;', 'const nameMax = 256;'],
    ['names have 254 bytes', 'const nameMax = 255;', 'const nameMax = 254;'],
    ['names are counted in characters', 'byteLength(name) > nameMax)', 'name.length > nameMax)'],
    [
      'the first mount covers the others',
      'findLast(({ on }) => on?.mount === mount)',
      'find(({ on }) => on?.mount === mount)',
    ],
    ['a mount is seen through all mounts', 'findLast(({ on }) => on?.mount === mount)', 'at(-1)'],
    [
      'a set-group-ID directory hands on nothing',
      'const inherits = (dirMode & 0o2000) !== 0;',
      'const inherits = false;',
    ],
    [
      'a set-group-ID directory hands on its group alone',
      "mode: inherits && kind === 'dir' ? mode | 0o2000 : mode,",
      'mode,',
    ],
    [
      'a set-group-ID directory hands its bit to files',
      "mode: inherits && kind === 'dir' ? mode | 0o2000 : mode,",
      'mode: inherits ? mode | 0o2000 : mode,',
    ],
    ['inodes never run out', "if (volume.freeInodes < 1) return 'ENOSPC';", ''],
    [
      'a file that is open gives its room back',
      'if (inode.nlink > 0 || inode.opens > 0 || inode.origin) return;',
      'if (inode.nlink > 0 || inode.origin) return;',
    ],
    ['a file with other names gives its room back', 'if (inode.nlink > 0 || inode.opens > 0', 'if (inode.opens > 0'],
    ['what is removed gives no room back', 'inode.volume.freeInodes++;\n', ''],
    [
      'link texts are measured in characters',
      'size: rest.text === undefined ? 0 : byteLength(rest.text)',
      'size: rest.text === undefined ? 0 : rest.text.length',
    ],
    [
      'entries of the base come back',
      '[...below.filter(({ name }) => !dir.entries.has(name)), ...found]',
      '[...below.filter(({ name }) => !found.some((own) => own.name === name)), ...found]',
    ],
    [
      'entries are those of the base alone',
      '[...below.filter(({ name }) => !dir.entries.has(name)), ...found]',
      'below',
    ],
    ['a name of the base is asked for each time', 'dir.entries.set(name, loaded);', ''],
    ['the text of a link of the base is asked for each time', "if ('text' in found) link.text = found.text;", ''],
    ['hard links of the base are files of their own', 'if (before) return before;', ''],
    ['witnesses have no link text', "return 'errno' in text ? known : { ...known, text: text.text };", 'return known;'],
    ['what a step made is not known as such', 'if (madeBy !== undefined) return { kind, madeBy };', ''],
    ['mounts of the base are not noticed', 'if (stat.mountId === mount.baseId) {', 'if (stat.mountId >= 0) {'],
    [
      'a read-only mount of the base is not foreseen',
      'const { readOnly = false, noSymlinks = false } = this.#mountOf(id) ?? {};',
      'const { noSymlinks = false } = this.#mountOf(id) ?? {};\n    const readOnly = false;',
    ],
    ['new files over a base have small numbers', 'nextIno: this.#base ? 1n << 63n : 2n,', 'nextIno: 2n,'],
    ['a negative look-up is an error', "if (stat === 'ENOENT') return undefined;", ''],
    [
      'the base’s rights are not asked',
      'if (this.#base && inode.origin && !inode.changed) return this.#base.allows',
      'if (false) return (this.#base as Base).allows',
    ],
    [
      'a path below a mount is that of the mount',
      'while (inode === mount.root && mount.on) ({ mount, inode } = mount.on);',
      '',
    ],
    [
      'a mounted file is not told from a directory',
      "if ((root.kind === 'dir') !== (on.inode.kind === 'dir')) return 'ENOTDIR';",
      '',
    ],
  ],

  'base.ts': [
    ['the base is asked once for all rights', 'if (!(bit in known)) known[bit]', 'if (known.length === 0) known[bit]'],
    ['the base is asked for one right only', 'if (known[bit]) return known[bit];', 'return known[bit];'],
    ['a missing right of the base is not remembered', 'if (known[bit]) return known[bit];', ''],
  ],

  'content.ts': [
    ['a hole keeps what was in the buffer', 'else bytes.fill(0, from, to);', ''],
    ['a cut file comes back when it grows', 'else held.fill(0, Math.min(pageSize, size - page * pageSize));', ''],
    ['a cut file keeps its room', 'if (page * pageSize >= size) this.#pages.delete(page);\n      else ', ''],
    [
      'a write across pages stays in the first',
      'const to = Math.min(length, from + pageSize - at);',
      'const to = length;',
    ],
  ],
};

export const mutants: readonly Mutant[] = Object.entries(changes).flatMap(([file, list]) =>
  list.map(([name, find, replace, equivalent]) => ({
    name,
    file,
    find,
    replace,
    ...(equivalent !== undefined && { equivalent }),
  })),
);
