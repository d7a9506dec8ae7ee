import type { OpenFile, Session } from '../session.ts';
import { users } from '../users.ts';
import type { Picture } from './picture.ts';
import { type Held, type Holder, type PictureOptions, pictureOf } from './picture-of.ts';

/** The machine of a session as the shell and its jobs hold it. Directories of the system are open once a line touched them. */
export const sessionPicture = (
  session: Session,
  options: Pick<PictureOptions, 'root' | 'dots' | 'refused'> = {},
): Picture =>
  pictureOf(session.sketch, {
    ...options,
    processes: holdersOf(session),
    since: endOfStart(session),
    userName: (uid) => users.find((user) => user.uid === uid)?.name,
  });

const holdersOf = ({ process, files, jobs, below }: Session): readonly Holder[] => [
  { name: 'bash', process, opens: [...files].flatMap(([fd, file]) => held(file, fd)) },
  ...below.map((shell) => ({ name: 'bash', process: shell.process, opens: [] })),
  ...[...jobs.values()].flatMap((job) => {
    const own = job.files[0]?.process;
    return own ? [{ name: job.line, process: own, opens: job.files.flatMap((file) => held(file)) }] : [];
  }),
];

/** The shell counts its descriptors itself: a job's have no number that anyone typed. */
const held = ({ process, handle, access }: OpenFile, fd?: number): readonly Held[] => {
  const open = process.openFiles.find((one) => one.fd === handle.fd);
  return open ? [{ inode: open.location.inode, access, fd }] : [];
};

/** A line's clock is a second later than that of the start, which takes no time worth mentioning. */
const endOfStart = ({ sketch }: Session): bigint => (sketch.root.inode.btime ?? 0n) + 900_000_000n;
