import { type Builtin, complain } from '../builtin.ts';

/** `history [COUNT]`, `history -c`. */
export const history: Builtin = (io, [word]) => {
  const { history: lines } = io.run.session;
  if (word === '-c') {
    lines.length = 0;
    return 0;
  }
  if (word !== undefined && !/^\d+$/.test(word)) return complain(io, `${word}: numeric argument required`);
  const first = word === undefined ? 0 : Math.max(0, lines.length - Number(word));
  lines.slice(first).forEach((line, index) => {
    io.out(`${String(first + index + 1).padStart(5)}  ${line}\n`);
  });
  return 0;
};
