import type { Picture } from './picture.ts';

/** What the picture shows as an HTML table: a row for each name. */
export const tableOf = (_picture: Picture): string => '<table></table>';
