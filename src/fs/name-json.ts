import { decodeBytes, encodeBytes } from './bytes.ts';

/** A name in JSON: a string, or where its bytes are no UTF-8, those in base64. */
export type NameJson = string | { readonly bytes: string };

export const nameToJson = (name: string): NameJson =>
  name.isWellFormed()
    ? name
    : { bytes: btoa(Array.from(encodeBytes(name), (byte) => String.fromCharCode(byte)).join('')) };

export const nameFromJson = (json: NameJson): string =>
  typeof json === 'string' ? json : decodeBytes(Uint8Array.from(atob(json.bytes), (char) => char.charCodeAt(0)));
