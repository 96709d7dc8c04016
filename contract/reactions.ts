import { Type, type Static } from 'typebox'
import { Exactly } from './primitives.ts'

/**
 * Maximum length of an emoji, UTF-16 code units. All emoji recommended for interchange are far shorter:
 * https://www.unicode.org/Public/emoji/latest/emoji-zwj-sequences.txt
 */
const maxEmojiLength = 40
const oneEmoji = /^\p{RGI_Emoji}$/v

/** One emoji recommended for general interchange: https://www.unicode.org/reports/tr51/#def_rgi_set */
export const Emoji = Type.String({
  minLength: 1,
  maxLength: maxEmojiLength,
  'x-emoji': true,
  description: 'One RGI emoji'
})

/** Whether a text is one such emoji. The validator calls it for the keyword `x-emoji` of a schema. */
export function isEmoji(text: string): boolean {
  return oneEmoji.test(text)
}

const emojiSelector = '\ufe0f'
/** Characters that are shown as text unless a selector or a skin tone follows. */
const textByDefault = /(?!\p{Emoji_Presentation})\p{Emoji}(?!\p{Emoji_Modifier})/gu

/**
 * Returns an emoji with its selectors, as RGI emoji have them: many keyboards and databases leave them out, so that
 * ❤️ arrives as ❤. Returns any other text unchanged.
 */
export function cleanEmoji(text: string): string {
  if (isEmoji(text)) return text
  const qualified = text.replaceAll(emojiSelector, '').replace(textByDefault, `$&${emojiSelector}`)
  return isEmoji(qualified) ? qualified : text
}

/** Number of reactions with each emoji since the last batch. */
export const ReactionBatch = Exactly({ counts: Type.Record(Type.String(), Type.Integer({ minimum: 1 })) })
export type ReactionBatch = Static<typeof ReactionBatch>
