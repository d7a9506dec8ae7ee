/** What is mounted, and what should be: /proc/self/mountinfo and /etc/fstab. */
import { readFileSync } from 'node:fs';
import { decodeBytes, encodeBytes } from '../fs/bytes.ts';

/** One mount, as proc_pid_mountinfo(5) describes it. */
export interface Mount {
  readonly id: number;
  readonly parent: number;
  /** As Identity's. */
  readonly dev: number;
  /** The directory of the file system that is visible here: not `/` for a bind mount or a subvolume. */
  readonly root: string;
  readonly point: string;
  readonly options: readonly string[];
  readonly type: string;
  readonly source: string;
  /** Options of the file system, the same for all of its mounts. */
  readonly superOptions: readonly string[];
}

/** One line of fstab(5). */
export interface Volume {
  readonly source: string;
  readonly point: string;
  readonly type: string;
  readonly options: readonly string[];
}

/** The mounts of this process's namespace, in the order they were made. */
export const readMounts = (): readonly Mount[] => parseMountinfo(decodeBytes(readFileSync('/proc/self/mountinfo')));

/** The volumes that a machine's fstab lists; none where it has no such file. */
export const readVolumes = (path = '/etc/fstab'): readonly Volume[] => {
  try {
    return parseFstab(decodeBytes(readFileSync(path)));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EACCES') return [];
    throw error;
  }
};

export const parseMountinfo = (text: string): readonly Mount[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      // Optional fields of any number stand before a lone hyphen.
      const [before = '', after = ''] = splitOnce(line, ' - ');
      const [id, parent, device = '', root = '', point = '', options = ''] = before.split(' ');
      const [type = '', source = '', superOptions = ''] = after.split(' ');
      const [major = '', minor = ''] = device.split(':');
      return {
        id: Number(id),
        parent: Number(parent),
        dev: Number(major) * 0x100000 + Number(minor),
        root: decodeOctal(root),
        point: decodeOctal(point),
        options: options.split(','),
        type: decodeOctal(type),
        source: decodeOctal(source),
        superOptions: superOptions.split(','),
      };
    });

/** Lines with a mount point, swap and `none` left out. Those with `noauto` stay: what is not mounted is absent, for whatever reason. */
export const parseFstab = (text: string): readonly Volume[] =>
  text
    .split('\n')
    .map((line) => line.trim().split(/[ \t]+/))
    .filter(([source = '', point = '']) => !source.startsWith('#') && point.startsWith('/'))
    .map(([source = '', point = '', type = '', options = '']) => ({
      source: decodeOctal(source),
      point: decodeOctal(point).replace(/(?<=.)\/+$/, ''),
      type,
      options: options.split(','),
    }));

const splitOnce = (text: string, separator: string): readonly string[] => {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + separator.length)];
};

/** `\040` and its like are bytes in octal (getmntent(3)). */
const decodeOctal = (field: string): string => {
  if (!field.includes('\\')) return field;
  const bytes = Buffer.from(encodeBytes(field)).toString('latin1');
  return decodeBytes(
    Buffer.from(
      bytes.replace(/\\([0-3][0-7]{2})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8))),
      'latin1',
    ),
  );
};
