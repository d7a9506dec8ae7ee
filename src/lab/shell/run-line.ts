import type { Answer, Session } from '../session.ts';

/** Runs one typed line. */
export const runLine = (session: Session, line: string): Answer => {
  session.clock.tick();
  session.history.push(line);
  return { out: '', err: '', output: [], code: session.status, refused: [] };
};
