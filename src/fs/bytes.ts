/**
 * Names are bytes; inside Linkwright a name is a string in which each byte that is not part of
 * valid UTF-8 stands as one lone surrogate U+DC80…U+DCFF (Python's surrogateescape, PEP 383).
 * Both directions are exact for every byte sequence.
 */
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** Bytes as a name or path. */
export const decodeBytes = (bytes: Uint8Array): string => {
  let ascii = true;
  for (let i = 0; i < bytes.length; i++) {
    if ((bytes[i] as number) >= 0x80) {
      ascii = false;
      break;
    }
  }
  if (ascii && bytes.length < 512) return String.fromCharCode.apply(null, bytes as unknown as number[]);
  try {
    return strict.decode(bytes);
  } catch {
    return decodeEscaping(bytes);
  }
};

/** A name or path as bytes. A lone surrogate that no byte made is a programming error. */
export const encodeBytes = (text: string): Uint8Array => {
  if (text.isWellFormed()) return encoder.encode(text);
  const out = new Uint8Array(byteLength(text));
  let filled = 0;
  let from = 0;
  const encodeUntil = (to: number): void => {
    if (to > from) filled += encoder.encodeInto(text.slice(from, to), out.subarray(filled)).written;
  };
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0xd800 || unit > 0xdfff) continue;
    if (isHigh(unit) && isLow(text.charCodeAt(i + 1))) i++;
    else if (unit >= 0xdc80 && unit <= 0xdcff) {
      encodeUntil(i);
      out[filled++] = unit - 0xdc00;
      from = i + 1;
    } else throw new Error(`not a name: lone surrogate U+${unit.toString(16)}`);
  }
  encodeUntil(text.length);
  return out;
};

const isHigh = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;
const isLow = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff;

/** Length of a name or path in bytes, as the kernel's limits count it. */
export const byteLength = (text: string): number => {
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) length += 1;
    else if (unit < 0x800) length += 2;
    else if (unit >= 0xd800 && unit < 0xdc00) {
      length += 4;
      i++;
    } else if (unit >= 0xdc80 && unit <= 0xdcff) length += 1;
    else length += 3;
  }
  return length;
};

const decodeEscaping = (bytes: Uint8Array): string => {
  let out = '';
  let from = 0;
  for (let at = 0; at < bytes.length; ) {
    const length = validLength(bytes, at);
    if (length === 0) {
      if (at > from) out += strict.decode(bytes.subarray(from, at));
      out += String.fromCharCode(0xdc00 + (bytes[at] as number));
      from = at + 1;
    }
    at += length || 1;
  }
  return from < bytes.length ? out + strict.decode(bytes.subarray(from)) : out;
};

/** Bytes of the valid UTF-8 sequence at `at`, 0 where there is none (RFC 3629 §4). */
const validLength = (bytes: Uint8Array, at: number): number => {
  const lead = bytes[at] as number;
  if (lead < 0x80) return 1;
  const length =
    lead >= 0xc2 && lead <= 0xdf ? 2 : lead >= 0xe0 && lead <= 0xef ? 3 : lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
  if (length === 0 || at + length > bytes.length) return 0;
  for (let i = 1; i < length; i++) if (((bytes[at + i] as number) & 0xc0) !== 0x80) return 0;
  const second = bytes[at + 1] as number;
  if (lead === 0xe0 && second < 0xa0) return 0;
  if (lead === 0xed && second > 0x9f) return 0;
  if (lead === 0xf0 && second < 0x90) return 0;
  if (lead === 0xf4 && second > 0x8f) return 0;
  return length;
};
