/**
 * Columns that a text takes on a terminal, as wcwidth(3) counts them: East Asian wide characters
 * and emoji two, combining marks none (Unicode Standard Annex 11). Where terminals disagree, the
 * larger answer, so that a line believed to fit does fit.
 */
export const displayWidth = (text: string): number => {
  if (plain.test(text)) return text.length;
  let columns = 0;
  for (const char of text) columns += char === emojiSelector || !none.test(char) ? (wide.test(char) ? 2 : 1) : 0;
  return columns;
};

const plain = /^[\x20-\x7e]*$/;

/** Makes the character before it an emoji, on some terminals one column wider. */
const emojiSelector = '\ufe0f';

/** Marks that share the cell before them; the vowels and finals of a Hangul syllable written in parts. The soft hyphen is seen. */
const none = /^(?!\u00ad)[\p{Mn}\p{Me}\p{Cf}\u1160-\u11ff]$/u;

/** EastAsianWidth.txt's W and F, with the unassigned places of their blocks. */
const wide =
  /^(?:[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe1f\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{16fe0}-\u{18dff}\u{1aff0}-\u{1b2ff}\u{1d300}-\u{1d37f}\u{1f200}-\u{1f2ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation})$/u;
