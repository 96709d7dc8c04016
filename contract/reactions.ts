import { Type, type Static } from 'typebox'
import { Exactly } from './primitives.ts'

/**
 * The longest emoji recommended for interchange is far shorter:
 * https://www.unicode.org/Public/emoji/latest/emoji-zwj-sequences.txt
 */
const emojiCodeUnits = 40
const oneEmoji = /^\p{RGI_Emoji}$/v

/** One emoji recommended for general interchange: https://www.unicode.org/reports/tr51/#def_rgi_set */
export const Emoji = Type.String({
  minLength: 1,
  maxLength: emojiCodeUnits,
  'x-emoji': true,
  description: 'One RGI emoji'
})

/** Whether a text is one such emoji; the keyword `x-emoji` of a schema demands it. */
export function isEmoji(text: string): boolean {
  return oneEmoji.test(text)
}

/** How often each emoji was sent since the last batch. */
export const ReactionBatch = Exactly({ counts: Type.Record(Type.String(), Type.Integer({ minimum: 1 })) })
export type ReactionBatch = Static<typeof ReactionBatch>
