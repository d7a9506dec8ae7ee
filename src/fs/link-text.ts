declare const brand: unique symbol;

/** What a symbolic link stores: a path only from the link's own directory (symlink(7)). */
export type LinkText = string & { readonly [brand]: 'LinkText' };

/** Takes a string as the text of a link. */
export const linkText = (text: string): LinkText => text as LinkText;
