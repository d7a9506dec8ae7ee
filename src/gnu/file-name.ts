/** Paths as they were typed, taken apart as GNU programs do it (gnulib's dirname): needless slashes at the end do not count. */

export const lastName = (path: string): string =>
  /^\/+$/.test(path) ? '/' : path.replace(/\/+$/, '').replace(/^.*\//s, '');

export const parentOf = (path: string): string => {
  const cut = path.replace(/\/+$/, '').replace(/[^/]*$/, '');
  return cut === '' ? (/^\/+$/.test(path) ? '/' : '.') : cut.replace(/(?<=.)\/+$/s, '');
};

export const inDirectory = (dir: string, name: string): string => (dir.endsWith('/') ? dir + name : `${dir}/${name}`);
