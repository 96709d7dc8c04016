/** A piece of a text; a mention is `@` and the name of a person. */
interface TextPart {
  readonly part: string
  readonly isMention: boolean
}

/** Splits a text at the names of mentioned people. Of two names that begin alike, the longer one is found first. */
export function splitMentions(text: string, mentions: readonly { name: string }[]): TextPart[] {
  const names = mentions.map(({ name }) => `@${name}`).sort((a, b) => b.length - a.length)
  const parts: TextPart[] = []
  let plainFrom = 0
  let place = text.indexOf('@')
  while (place >= 0 && names.length > 0) {
    const name = names.find(name => text.startsWith(name, place))
    if (name !== undefined) {
      if (place > plainFrom) parts.push({ part: text.slice(plainFrom, place), isMention: false })
      parts.push({ part: name, isMention: true })
      plainFrom = place + name.length
    }
    place = text.indexOf('@', place + (name?.length ?? 1))
  }
  if (plainFrom < text.length) parts.push({ part: text.slice(plainFrom), isMention: false })
  return parts
}
