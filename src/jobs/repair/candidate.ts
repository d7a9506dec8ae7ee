import type { Stat } from '../../fs/stat.ts';
import type { NearName } from '../../trace/near-names.ts';

/** Why a lost target may be there. */
export type Evidence =
  /** A plan in the journal moved it there; `certain`: the file that the plan moved is the one that is there. */
  | { readonly kind: 'journal'; readonly plan: string; readonly certain: boolean }
  /** The same file: device, inode number, birth time. `certain`: and that name is where it went, not one it always had. */
  | { readonly kind: 'identity'; readonly certain: boolean }
  /** It never moved: the link did. */
  | { readonly kind: 'link-moved'; readonly from: string }
  /** A directory above it is the same directory as before, under another name or in another place. */
  | { readonly kind: 'directory'; readonly from: string; readonly to: string }
  /** Its contents; `certain`: there is one such file, and it is younger than what was remembered. */
  | { readonly kind: 'contents'; readonly certain: boolean }
  /** Name and size, and the time of its last change as well. */
  | { readonly kind: 'likeness'; readonly mtime: boolean }
  | { readonly kind: 'git'; readonly commit: string }
  /** One change of a prefix that explains all links with the same gap; `proven`: how many of them have evidence of their own. */
  | {
      readonly kind: 'group';
      readonly from: string;
      readonly to: string;
      readonly proven: number;
      readonly links: number;
    }
  | { readonly kind: 'near'; readonly how: NearName['how']; readonly from: string; readonly to: string }
  /** A file of the same name. */
  | { readonly kind: 'name' };

/** A path, and why it may be the one. */
export interface Lead {
  readonly path: string;
  readonly evidence: Evidence;
}

/** Something that a dangling link may have led to. */
export interface Candidate {
  /** From the root; its directories may be links where the old text went through them. */
  readonly path: string;
  /** What is there, all links followed. */
  readonly stat: Stat;
  /** The best first. */
  readonly evidence: readonly Evidence[];
}

/** Links are mended without a question on such evidence alone. */
export const proves = (evidence: Evidence): boolean => {
  switch (evidence.kind) {
    case 'journal':
    case 'identity':
    case 'contents':
      return evidence.certain;
    case 'link-moved':
    case 'directory':
      return true;
    case 'group':
      return evidence.proven >= groupProof;
    case 'likeness':
    case 'git':
    case 'near':
    case 'name':
      return false;
  }
};

/** So many links of a group must have led the same way on evidence of their own before one without any follows them. */
const groupProof = 3;

export const isProven = ({ evidence }: Candidate): boolean => evidence.some(proves);

/** The lower, the better. */
export const rankOf = (evidence: Evidence): number => {
  switch (evidence.kind) {
    case 'journal':
      return evidence.certain ? 0 : 3;
    case 'identity':
      return evidence.certain ? 0 : 2;
    case 'link-moved':
      return 0;
    case 'contents':
      return evidence.certain ? 1 : 2;
    case 'directory':
      return 1;
    case 'likeness':
      return evidence.mtime ? 3 : 6;
    case 'git':
      return 4;
    case 'group':
      return evidence.proven >= groupProof ? 1 : evidence.proven > 0 ? 3 : 5;
    case 'near':
      return nearRank[evidence.how];
    case 'name':
      return 9;
  }
};

const nearRank: Readonly<Record<NearName['how'], number>> = {
  'stray-space': 7,
  'other-case': 7,
  'unicode-form': 7,
  'other-version': 7,
  'other-ending': 8,
  spelling: 8,
};
