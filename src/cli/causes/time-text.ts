/** Nanoseconds since 1970 as `2026-11-22 16:24:14`, in local time. */
export const timeText = (nanoseconds: bigint): string => {
  const date = new Date(Number(nanoseconds / 1_000_000n));
  const two = (number: number): string => String(number).padStart(2, '0');
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
  return `${day} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':')}`;
};
