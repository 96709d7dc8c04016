import { Type } from 'typebox'
import { countBytes, countGraphemes, maxBytesFor } from './graphemes.ts'

/**
 * Bounds of a text in graphemes (what a person counts as characters), and whether it may have line breaks. Its bytes
 * are limited too, to four for each grapheme that it may have: a grapheme can have any number of bytes.
 */
export interface TextRule {
  min: number
  max: number
  multiline: boolean
}

/** Code points per grapheme in the coarse bound of a schema. Emoji families have up to about ten. */
const codePointsPerGrapheme = 16
const control = /[\p{Cc}\u2028\u2029]/u
const controlButNewline = /[^\P{Cc}\n]/u
// Overrides, embeddings and isolates let a name rewrite the line it stands in:
// https://www.unicode.org/reports/tr36/#Bidirectional_Text_Spoofing
const bidiOverride = /[\u202a-\u202e\u2066-\u2069]/
const bidiOverrides = new RegExp(bidiOverride, 'g')
// Letters of real scripts have a few marks. A letter with many marks is one grapheme, and covers the lines above and
// below: https://www.unicode.org/reports/tr36/#Recommendations_General The two halfwidth sound marks are letters that
// compatibility normalization turns into marks.
const stackedMarks = /(?:[\p{M}\uff9e\uff9f]\p{Cf}*){9}/u
// Hangul fillers and the blank Braille pattern are letters and symbols that show nothing.
const visible = /[^\p{Cf}\p{Z}\p{M}\p{Cc}\p{Cn}\u115f\u1160\u3164\uffa0\u2800]/u

/**
 * Returns a text as it is stored: NFC, trimmed, one kind of line break, a space for a tab, and without the invisible
 * direction characters that copied text often has around numbers and names. Text with stacked marks is not normalized,
 * since `textError` rejects it: sorting the marks of one letter takes time in the square of their number, which is
 * minutes for a hundred thousand.
 */
export function cleanText(text: string): string {
  const plain = text.replaceAll('\r\n', '\n').replaceAll('\t', ' ').replace(bidiOverrides, '')
  return (stackedMarks.test(plain) ? plain : plain.normalize('NFC')).trim()
}

/** Returns the error of a cleaned text, in words for a person; null when it is valid. */
export function textError(text: string, rule: TextRule): string | null {
  if (!text.isWellFormed()) return 'must be well-formed Unicode'
  if ((rule.multiline ? controlButNewline : control).test(text)) return 'must not contain control characters'
  if (bidiOverride.test(text)) return 'must not contain characters that override the direction of text'
  if (stackedMarks.test(text)) return 'must not have more than 8 marks on one letter'
  if (text === '' && rule.min === 0) return null
  if (!visible.test(text)) return 'must contain something that can be seen'
  const graphemes = countGraphemes(text, rule.max + 1)
  if (graphemes < rule.min) return `must have at least ${rule.min} characters`
  if (graphemes > rule.max) return `must have at most ${rule.max} characters`
  const maxBytes = maxBytesFor(rule.max)
  return countBytes(text) > maxBytes
    ? `must have at most ${maxBytes} bytes in UTF-8: some emoji and letters have many`
    : null
}

interface TextOptions {
  examples?: string[]
  /** Refuses words that the server's operators block. */
  'x-blocked-words'?: true
}

/** For texts that one person writes and others see. A text that is checked elsewhere, or names a work, has none. */
const shown = { 'x-blocked-words': true } as const

/**
 * Returns the schema of a text that people read. For the keyword `x-text` the server's validator cleans the value (NFC,
 * trimmed) and checks the rule. `maxLength` is the coarse bound that other tools can read.
 */
function personText(rule: TextRule, description: string, options: TextOptions = {}) {
  return Type.String({
    maxLength: rule.max * codePointsPerGrapheme,
    'x-text': rule,
    description: `${description}, at most ${maxBytesFor(rule.max)} bytes in UTF-8`,
    ...options
  })
}

export const Title = personText({ min: 1, max: 120, multiline: false }, 'Title of a show, 1–120 graphemes', shown)
export const Description = personText(
  { min: 0, max: 2000, multiline: true },
  'Description of a show, up to 2,000 graphemes',
  shown
)
export const DisplayName = personText(
  { min: 1, max: 50, multiline: false },
  'Name that other people see, 1–50 graphemes',
  shown
)
export const Bio = personText({ min: 0, max: 500, multiline: true }, 'About a person, up to 500 graphemes', shown)
export const LinkLabel = personText({ min: 1, max: 50, multiline: false }, 'Text of a link, 1–50 graphemes', shown)
export const SongText = personText(
  { min: 1, max: 200, multiline: false },
  'Title, artist or album of a song, 1–200 graphemes'
)
export const JingleName = personText({ min: 1, max: 20, multiline: false }, 'Name of a jingle, 1–20 graphemes', shown)
export const Reason = personText(
  { min: 0, max: 140, multiline: false },
  'Why a person asks to speak, up to 140 graphemes',
  shown
)
export const CommentText = personText({ min: 1, max: 500, multiline: true }, 'Text of a comment, 1–500 graphemes')
export const BlockedWord = personText(
  { min: 1, max: 50, multiline: false },
  'Word that comments may not have, 1–50 graphemes, at least one of them a letter or a digit'
)
export const AnnouncementText = personText(
  { min: 1, max: 500, multiline: true },
  'Text of an announcement, 1–500 graphemes',
  shown
)
export const PollQuestion = personText(
  { min: 1, max: 140, multiline: false },
  'Question of a poll, 1–140 graphemes',
  shown
)
export const PollOption = personText({ min: 1, max: 60, multiline: false }, 'Option of a poll, 1–60 graphemes', shown)
export const ReportReason = personText(
  { min: 1, max: 1000, multiline: true },
  'Why something is reported or done, 1–1,000 graphemes',
  { examples: ['It insults a person.'] }
)
export const Tag = personText({ min: 1, max: 30, multiline: false }, 'Tag of a show, 1–30 graphemes', {
  ...shown,
  examples: ['jazz']
})
