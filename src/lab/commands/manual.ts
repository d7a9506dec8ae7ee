/** What `help`, `man NAME` and `NAME --help` say: what follows the name, and what it does. */
export const manuals: Readonly<Record<string, readonly [usage: string, does: string]>> = {
  basename: ['NAME [SUFFIX]', 'The last name of a path, as text: no file is looked at.'],
  cat: ['[-n] [FILE...]', 'Write what files hold. A link is followed to its end.'],
  chgrp: ['[-R] [-h] GROUP FILE...', 'Give files another group; with -h links themselves.'],
  chmod: [
    '[-R] [-v] MODE FILE...',
    'Change permission bits: 644, u+x, go-w. They belong to the inode, so every name of it shows them. A link has none of its own: what it leads to is changed.',
  ],
  chown: ['[-R] [-h] OWNER[:GROUP] FILE...', 'Give files another owner; with -h links themselves.'],
  cmp: ['[-s] FILE1 FILE2', 'Compare what two files hold: 0 equal, 1 different.'],
  cp: [
    '[-afilnprsuvHLPT] SOURCE... DEST',
    'Copy contents into a new inode, or into the one that has the name. -a keeps links, modes and times; -l makes hard links and -s symbolic ones instead of copies.',
  ],
  date: ['[-d TIME] [+FORMAT]', 'The time of the lab: each line takes a second.'],
  df: ['[-h] [-i] [FILE...]', 'File systems, and how much room is left in them.'],
  diff: ['[-q] [-r] FILE1 FILE2', 'The lines in which two files differ.'],
  dirname: ['NAME...', 'A path without its last name, as text.'],
  du: [
    '[-a] [-h] [-l] [-s] [FILE...]',
    'How much room files take. An inode counts once however many names it has; -l counts each name.',
  ],
  edit: [
    '[--rename] [-a] FILE TEXT...',
    'An editor in one line: save TEXT as what FILE holds. As it is, it writes into the file: its inode stays, and every name shows the new text. With --rename it writes a new file that takes the name, as vim with backupcopy=no, VS Code with some settings and sed -i save: other names keep the old text, and a link is replaced by a file. nano is edit.',
  ],
  env: ['[COMMAND]', 'The variables that commands get.'],
  file: ['[-b] [-L] FILE...', 'What kind of file each is.'],
  find: [
    '[-P|-H|-L] [DIR...] [EXPRESSION]',
    'Walk trees and list what fits: -name, -type, -xtype l (broken links), -samefile FILE, -inum N, -links +1, -lname TEXT, -newer FILE, -perm, -user, -empty, -maxdepth N; then -print, -printf, -delete or -exec … \\;',
  ],
  findmnt: ['[-T FILE] [MOUNTPOINT]', 'What is mounted where.'],
  grep: ['[-cilnvrE] PATTERN [FILE...]', 'Write the lines that match.'],
  head: ['[-n N] [FILE...]', 'The first lines.'],
  help: ['[NAME]', 'What there is in this lab, or what a command does.'],
  id: ['[USER]', 'Who you are.'],
  install: ['-d DIR... | [-m MODE] SOURCE DEST', 'Make directories, or copy files and set their modes.'],
  ls: [
    '[-1aAdFhiklnRrsStLH] [FILE...]',
    'List names. -l tells kind, mode, link count, owner, size and time, -i the inode number; a link is shown with its text.',
  ],
  lw: [
    'COMMAND [ARGUMENT...]',
    'Linkwright: why, map, ls, names, who, check, make, mv, rm, can, undo, history. lw help tells more.',
  ],
  man: ['NAME', 'What a command of this lab does.'],
  mkdir: ['[-p] [-m MODE] DIR...', 'Make directories.'],
  mkfifo: ['NAME...', 'Make named pipes.'],
  mktemp: ['[-d] [TEMPLATE]', 'Make a file or directory that nobody else has.'],
  mount: [
    '[--bind] [-o OPTIONS] [-t tmpfs] SOURCE DIR',
    'Mount a new file system, or with --bind show a directory at one more place. Without arguments: list.',
  ],
  mv: [
    '[-fintTuv] [--exchange] SOURCE... DEST',
    'Give a file another name: rename(2). The inode stays the same on one file system; to another one it is copied and removed.',
  ],
  namei: ['[-l] PATH...', 'Each name on the way of a path, with links and where they go on.'],
  rm: ['[-dfirv] NAME...', 'Remove names. The file goes when its last name is gone and nobody has it open.'],
  rmdir: ['[-p] DIR...', 'Remove empty directories.'],
  sed: [
    "[-n] [-i] 's/OLD/NEW/g' [FILE...]",
    'Change text. With -i a new file takes the name: other hard links keep the old text, and a link is replaced unless --follow-symlinks is given.',
  ],
  seq: ['[FIRST] LAST', 'Count.'],
  sleep: ['SECONDS', 'Let the clock of the lab go on.'],
  sort: ['[-nru] [FILE...]', 'Sort lines.'],
  stat: [
    '[-L] [-c FORMAT] FILE...',
    'All that an inode says of itself: kind, size, links, mode, owner, times. %i is the inode number, %h the link count, %N the name and where a link leads.',
  ],
  sync: ['', 'Wait until everything is on the storage.'],
  tail: [
    '[-n N] [-f|-F] [FILE...]',
    'The last lines. -f goes on with the file that is open, whatever becomes of its name; -F with what has the name. Put & after it.',
  ],
  tee: ['[-a] FILE...', 'Write what comes in to files and on.'],
  touch: ['[-achm] [-d TIME] [-r FILE] FILE...', 'Set times to now; make a file that is missing.'],
  tree: ['[-adF] [-L N] [DIR]', 'Draw a tree.'],
  truncate: ['-s SIZE FILE...', 'Cut or grow a file in place.'],
  umount: ['[-l] DIR', 'Take a mount away.'],
  uniq: ['[-cdu] [FILE]', 'Leave out repeated lines.'],
  wc: ['[-clw] [FILE...]', 'Count lines, words and bytes.'],
  whoami: ['', 'Your name.'],
  xargs: ['[-0] [-I WORD] [-n N] COMMAND', 'Run a command with what comes in as its arguments.'],
};

/** What a command says of itself. */
export const manualText = (name: string): string => {
  const [usage, does] = manuals[name] ?? ['', ''];
  return `Usage: ${name}${usage === '' ? '' : ` ${usage}`}\n${does}\n`;
};
