import { encodeBytes } from '../../fs/bytes.ts';

/**
 * A name as one word of a shell command, exact for every byte. What cannot be told apart by eye (control
 * characters, bytes that are no text, combining marks, odd spaces) is written as \xHH inside $'…' (bash, POSIX 2024).
 */
export const shellWord = (name: string): string => {
  if (/^[\w@%+=:,./-]+$/.test(name)) return name;
  if (!/[\p{C}\p{M}]|(?! )\p{Z}/u.test(name)) return `'${name.replaceAll("'", `'\\''`)}'`;
  const escaped = name.replace(/[\p{C}\p{M}'\\]|(?! )\p{Z}/gu, (char) =>
    [...encodeBytes(char)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join(''),
  );
  return `$'${escaped}'`;
};
