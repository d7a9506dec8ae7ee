import type { Kind, Stat } from '../../fs/stat.ts';
import type { CommandIo } from '../session.ts';
import { users } from '../users.ts';

/** How files are told of: owners, times and sizes as coreutils writes them. */

/** Names of users and groups are the same here; a number that is nobody's stays one. */
export const userName = (uid: number): string => users.find((user) => user.uid === uid)?.name ?? String(uid);
export const groupName = (gid: number): string => users.find((user) => user.gid === gid)?.name ?? String(gid);

const named = (text: string, number: (user: (typeof users)[number]) => number): number | undefined => {
  const user = users.find(({ name }) => name === text);
  if (user) return number(user);
  return /^\+?\d+$/.test(text) ? Number(text) : undefined;
};

/** What `text` names; undefined if nobody. */
export const userNumber = (text: string): number | undefined => named(text, ({ uid }) => uid);
export const groupNumber = (text: string): number | undefined => named(text, ({ gid }) => gid);

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const fullMonths = [
  ...['January', 'February', 'March', 'April', 'May', 'June', 'July'],
  ...['August', 'September', 'October', 'November', 'December'],
];

const two = (number: number): string => String(number).padStart(2, '0');
const billion = 1_000_000_000n;

/** strftime(3) in UTC, with what GNU programs add: %N and %s. */
export const timeText = (time: bigint, format: string): string => {
  const date = new Date(Number(time / 1_000_000n));
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  const hour = date.getUTCHours();
  const start = Date.UTC(year, 0, 1);
  const nanoseconds = String(((time % billion) + billion) % billion).padStart(9, '0');
  const fields: Readonly<Record<string, () => string>> = {
    Y: () => String(year),
    y: () => two(year % 100),
    C: () => two(Math.floor(year / 100)),
    m: () => two(month + 1),
    d: () => two(day),
    e: () => String(day).padStart(2),
    H: () => two(hour),
    k: () => String(hour).padStart(2),
    I: () => two(hour % 12 || 12),
    l: () => String(hour % 12 || 12).padStart(2),
    p: () => (hour < 12 ? 'AM' : 'PM'),
    M: () => two(date.getUTCMinutes()),
    S: () => two(date.getUTCSeconds()),
    N: () => nanoseconds,
    s: () => String(time / billion),
    b: () => months[month] as string,
    h: () => months[month] as string,
    B: () => fullMonths[month] as string,
    a: () => (days[date.getUTCDay()] as string).slice(0, 3),
    A: () => days[date.getUTCDay()] as string,
    u: () => String(date.getUTCDay() || 7),
    w: () => String(date.getUTCDay()),
    j: () => String(Math.floor((date.getTime() - start) / 86_400_000) + 1).padStart(3, '0'),
    z: () => '+0000',
    Z: () => 'UTC',
    n: () => '\n',
    t: () => '\t',
    '%': () => '%',
    F: () => timeText(time, '%Y-%m-%d'),
    T: () => timeText(time, '%H:%M:%S'),
    R: () => timeText(time, '%H:%M'),
    D: () => timeText(time, '%m/%d/%y'),
    x: () => timeText(time, '%m/%d/%y'),
    X: () => timeText(time, '%H:%M:%S'),
    r: () => timeText(time, '%I:%M:%S %p'),
    c: () => timeText(time, '%a %b %e %T %Y'),
  };
  return format.replace(/%([-_0]?)(:*[A-Za-z%])/g, (all, flag: string, letter: string) => {
    if (letter === ':z') return '+00:00';
    const text = Object.hasOwn(fields, letter) ? (fields[letter] as () => string)() : all;
    return flag === '-'
      ? text.replace(/^[0 ]+(?=.)/, '')
      : flag === '_'
        ? text.replace(/^0+(?=.)/, (zeros) => ' '.repeat(zeros.length))
        : text;
  });
};

/** As stat(1) and `ls --full-time` have it. */
export const fullTime = (time: bigint): string => timeText(time, '%F %T.%N %z');

/** Half a year, in which ls shows the time of day. */
const recent = 31_556_952n * (billion / 2n);

export const listTime = (io: CommandIo, time: bigint): string => {
  const now = io.session.clock.now();
  return timeText(time, time > now - recent ? '%b %e %H:%M' : '%b %e  %Y');
};

/** `4.0K`: rounded up, one digit after the point below 10. */
export const human = (bytes: number, base = 1024): string => {
  if (bytes < base) return String(Math.ceil(bytes));
  let size = bytes;
  let unit = -1;
  while (size >= base && unit < 7) {
    size /= base;
    unit++;
  }
  const tenths = Math.ceil(size * 10 - 1e-9) / 10;
  if (tenths < 10) return `${tenths.toFixed(1)}${letters(base)[unit]}`;
  const whole = Math.ceil(size - 1e-9);
  return whole >= base ? `1.0${letters(base)[unit + 1]}` : `${whole}${letters(base)[unit]}`;
};
const letters = (base: number): string => (base === 1024 ? 'KMGTPEZY' : 'kMGTPEZY');

/** What stat(1) and find's messages call a kind. */
export const kindText = ({ kind, size }: Pick<Stat, 'kind' | 'size'>): string =>
  kind === 'file' && size === 0 ? 'regular empty file' : kindTexts[kind];

const kindTexts: Readonly<Record<Kind, string>> = {
  file: 'regular file',
  dir: 'directory',
  symlink: 'symbolic link',
  fifo: 'fifo',
  socket: 'socket',
  char: 'character special file',
  block: 'block special file',
  unknown: 'weird file',
};
