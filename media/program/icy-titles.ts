import type { ByteSink } from './byte-stream.ts'

/** Bytes of audio between two titles. */
export const icyInterval = 16_000
/** The length of a title is one byte that counts blocks of this size. */
const blockBytes = 16
const maxTitleBytes = 255 * blockBytes - "StreamTitle='';".length

/**
 * Returns a sink for a player that asked for titles (`Icy-MetaData: 1`): after every `icyInterval` bytes of audio comes
 * the title if it is another one, or a zero.
 */
export function withTitles(sink: ByteSink, title: () => string): ByteSink {
  let untilTitle = icyInterval
  let last: string | null = null

  function nextTitle(): Buffer {
    const next = title()
    if (next === last) return Buffer.alloc(1)
    last = next
    return titleBlock(next)
  }

  return {
    write(bytes) {
      const pieces: Buffer[] = []
      let rest = bytes
      while (rest.length >= untilTitle) {
        pieces.push(rest.subarray(0, untilTitle), nextTitle())
        rest = rest.subarray(untilTitle)
        untilTitle = icyInterval
      }
      untilTitle -= rest.length
      sink.write(pieces.length === 0 ? bytes : Buffer.concat([...pieces, rest]))
    },
    get waitingBytes() {
      return sink.waitingBytes
    },
    end: () => sink.end(),
    drop: () => sink.drop()
  }
}

/**
 * Players end the title at `';`, so an apostrophe before a semicolon cannot be written. icecast-parser 4.0.2 of npm
 * also ends it at `";`.
 */
function titleBlock(title: string): Buffer {
  const text = Buffer.from(
    title
      .replaceAll("';", '’;')
      .replaceAll('";', '”;')
      .replaceAll(/[\r\n\0]/g, ' ')
  )
  let end = Math.min(text.length, maxTitleBytes)
  // Cuts before a character of several bytes, not in it.
  while (end < text.length && ((text[end] ?? 0) & 0xc0) === 0x80) end--
  const content = Buffer.concat([Buffer.from("StreamTitle='"), text.subarray(0, end), Buffer.from("';")])
  const blocks = Math.ceil(content.length / blockBytes)
  return Buffer.concat([Buffer.from([blocks]), content, Buffer.alloc(blocks * blockBytes - content.length)])
}
