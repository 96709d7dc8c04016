import { open } from 'node:fs/promises'

/** A file format that can become a song: ffmpeg's demuxer for it, and its file extension. */
export interface AudioFormat {
  demuxer: string
  extension: string
}

/** Number of leading bytes that identify the format. */
export const headBytes = 64

const mp3: AudioFormat = { demuxer: 'mp3', extension: 'mp3' }
const hasText = (head: Uint8Array, offset: number, text: string) =>
  Buffer.from(head.subarray(offset, offset + text.length)).toString('latin1') === text
const startsWith = (head: Uint8Array, ...bytes: number[]) => bytes.every((byte, offset) => head[offset] === byte)

/**
 * Accepted formats and the leading bytes that identify them. ffmpeg gets no other file: it would guess the format, and
 * follow playlists.
 */
const knownFormats: ReadonlyArray<{ format: AudioFormat; matches: (head: Uint8Array) => boolean }> = [
  { format: { demuxer: 'flac', extension: 'flac' }, matches: head => hasText(head, 0, 'fLaC') },
  { format: { demuxer: 'ogg', extension: 'ogg' }, matches: head => hasText(head, 0, 'OggS') },
  {
    format: { demuxer: 'wav', extension: 'wav' },
    matches: head => (hasText(head, 0, 'RIFF') || hasText(head, 0, 'RF64')) && hasText(head, 8, 'WAVE')
  },
  {
    format: { demuxer: 'aiff', extension: 'aiff' },
    matches: head => hasText(head, 0, 'FORM') && (hasText(head, 8, 'AIFF') || hasText(head, 8, 'AIFC'))
  },
  { format: { demuxer: 'mov', extension: 'm4a' }, matches: head => hasText(head, 4, 'ftyp') },
  { format: { demuxer: 'matroska', extension: 'mka' }, matches: head => startsWith(head, 0x1a, 0x45, 0xdf, 0xa3) },
  { format: { demuxer: 'aac', extension: 'aac' }, matches: isAdts },
  { format: mp3, matches: isMpegAudio }
]

/**
 * Returns the format of a file with these leading bytes; null when it is not an accepted audio format. An ID3 tag at
 * the start does not determine which format follows.
 */
export function formatOf(head: Uint8Array): AudioFormat | null {
  return knownFormats.find(({ matches }) => matches(head))?.format ?? null
}

/** Whether an upload with these leading bytes may be audio in an accepted format. */
export function mayBeAudio(head: Uint8Array): boolean {
  return id3Bytes(head) > 0 || formatOf(head) !== null
}

/** Returns the format of a file, read behind its leading tags; null when it is not an accepted audio format. */
export async function formatOfFile(path: string): Promise<AudioFormat | null> {
  const file = await open(path)
  try {
    let offset = 0
    for (let tags = 0; tags <= maxTags; tags++) {
      const head = Buffer.alloc(headBytes)
      const { bytesRead } = await file.read(head, 0, headBytes, offset)
      const tagBytes = id3Bytes(head.subarray(0, bytesRead))
      // Some writers leave a gap behind a tag; players search for the first MP3 frame there.
      if (tagBytes === 0) return formatOf(head.subarray(0, bytesRead)) ?? (tags > 0 ? mp3 : null)
      offset += tagBytes
    }
    return null
  } finally {
    await file.close()
  }
}

const maxTags = 4
const id3HeaderBytes = 10

/** Returns the size of an ID3v2 tag with header and footer; 0 without a tag: https://id3.org/id3v2.4.0-structure */
function id3Bytes(head: Uint8Array): number {
  const [a = 0x80, b = 0x80, c = 0x80, d = 0x80] = head.subarray(6, id3HeaderBytes)
  if (!hasText(head, 0, 'ID3') || (a | b | c | d) & 0x80) return 0
  const hasFooter = ((head[5] ?? 0) & 0x10) !== 0
  return id3HeaderBytes + ((a << 21) | (b << 14) | (c << 7) | d) + (hasFooter ? id3HeaderBytes : 0)
}

/** Whether a file starts with the ADTS sync word, whose layer is always 0. */
function isAdts([first = 0, second = 0]: Uint8Array): boolean {
  return first === 0xff && (second & 0xf6) === 0xf0
}

/** Whether a file starts with the header of an MPEG audio frame. Reserved values do not count. */
function isMpegAudio([first = 0, second = 0, third = 0]: Uint8Array): boolean {
  const version = (second >> 3) & 3
  const layer = (second >> 1) & 3
  return (
    first === 0xff &&
    (second & 0xe0) === 0xe0 &&
    version !== 1 &&
    layer !== 0 &&
    third >> 4 !== 15 &&
    ((third >> 2) & 3) !== 3
  )
}
