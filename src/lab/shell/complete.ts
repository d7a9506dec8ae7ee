import type { Session } from '../session.ts';

/** What the word at the cursor may become: whole words, quoted where that is needed, directories with `/`. */
export const complete = (_session: Session, _line: string, _cursor: number): readonly string[] => [];
