/**
 * Options that the real programs have and the lab's have not, in the words of `parse` (tool.ts): who gives one is told that
 * it is not here, and not that there is none.
 */
export const missingOptions: Readonly<Record<string, string>> = {
  chgrp: 'from:',
  cmp: 'i,ignore-initial: n,bytes: b,print-bytes',
  cp: 'Z context?',
  date: 'debug f,file: resolution rfc-3339: s,set:',
  df: 'B,block-size: si local no-sync sync output? v',
  diff:
    'binary normal c C: context? u U: unified? e,ed n,rcs y,side-by-side W,width: left-column suppress-common-lines p,show-c-function ' +
    'F,show-function-line: label: t,expand-tabs T,initial-tab tabsize: suppress-blank-empty l,paginate unidirectional-new-file ' +
    'ignore-file-name-case no-ignore-file-name-case x,exclude: X,exclude-from: S,starting-file: from-file: to-file: i,ignore-case ' +
    'E,ignore-tab-expansion Z,ignore-trailing-space b,ignore-space-change w,ignore-all-space B,ignore-blank-lines ' +
    'I,ignore-matching-lines: a,text strip-trailing-cr D,ifdef: line-format: d,minimal horizon-lines: speed-large-files color? ' +
    'palette: no-dereference',
  du: 'B,block-size: files0-from: si t,threshold: time? time-style: X,exclude-from: exclude:',
  env: 'C,chdir: S,split-string: block-signal? default-signal? ignore-signal? list-signal-handling debug',
  file: 'mime-type mime-encoding z Z s,special-files f,files-from: k,keep-going',
  grep:
    'P,perl-regexp f,file: z,null-data b,byte-offset line-buffered label: binary-files: a,text I d,directories: D,devices: ' +
    'include: exclude: exclude-from: exclude-dir: T,initial-tab Z,null B,before-context: A,after-context: C,context: ' +
    'group-separator: no-group-separator U,binary no-ignore-case',
  id: 'a Z,context z,zero',
  install: 's,strip strip-program: preserve-context Z context?',
  ls:
    'C x block-size: D,dired dereference-command-line-symlink-to-dir hyperlink? show-control-chars T,tabsize: w,width: ' +
    'Z,context',
  mkdir: 'Z context?',
  mkfifo: 'Z context?',
  mv: 'Z,context',
  sed: 'debug f,file: l,line-length: posix sandbox',
  seq: 'f,format:',
  sort:
    'd,dictionary-order g,general-numeric-sort i,ignore-nonprinting M,month-sort R,random-sort random-source: sort: batch-size: ' +
    'compress-program: debug files0-from: m,merge S,buffer-size: T,temporary-directory: parallel:',
  stat: 'cached:',
  tail: 'max-unchanged-stats:',
  tee: 'output-error?',
  tree: 'C n p s h u g D t r P: I: l f x J X H: N Q dirsfirst prune',
  uniq: 'D all-repeated? f,skip-fields: group? s,skip-chars: w,check-chars:',
  wc: 'files0-from:',
  xargs: 'E: e? eof? s,max-chars: x,exit p,interactive o,open-tty show-limits process-slot-var: l? replace? max-lines?',
};
