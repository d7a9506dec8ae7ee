import { type Errno, errorText } from './errno.ts';

/** A call that the file system refused: a value, never thrown below the command line. */
export class Fault {
  /** The system call, as in section 2 of the manual. */
  readonly call: string;
  readonly errno: Errno;
  /** What the call was asked to act on, as given to it. */
  readonly path: string;

  constructor(call: string, errno: Errno, path: string) {
    this.call = call;
    this.errno = errno;
    this.path = path;
  }

  /** strerror(3)'s sentence for the errno. */
  get reason(): string {
    return errorText(this.errno);
  }
}
