/** Runs before the first paint, so that a page in the dark does not begin with a flash. */
import { kept } from './keep.ts';

document.documentElement.dataset.theme = kept().theme;
