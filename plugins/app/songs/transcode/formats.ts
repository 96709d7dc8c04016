import { open } from 'node:fs/promises'

/** A kind of file that may become a song: what ffmpeg's reader of it is called, and how such files are named. */
export interface AudioFormat {
  demuxer: string
  extension: string
}

/** So many bytes at the beginning are enough to tell. */
export const headBytes = 64

const mp3: AudioFormat = { demuxer: 'mp3', extension: 'mp3' }
const ascii = (head: Uint8Array, at: number, text: string) =>
  Buffer.from(head.subarray(at, at + text.length)).toString('latin1') === text
const bytes = (head: Uint8Array, ...wanted: number[]) => wanted.every((byte, at) => head[at] === byte)

/** What is read, and by which first bytes it is known; nothing else is ever given to ffmpeg, which would guess and follow playlists. */
const known: ReadonlyArray<{ format: AudioFormat; fits: (head: Uint8Array) => boolean }> = [
  { format: { demuxer: 'flac', extension: 'flac' }, fits: head => ascii(head, 0, 'fLaC') },
  { format: { demuxer: 'ogg', extension: 'ogg' }, fits: head => ascii(head, 0, 'OggS') },
  {
    format: { demuxer: 'wav', extension: 'wav' },
    fits: head => (ascii(head, 0, 'RIFF') || ascii(head, 0, 'RF64')) && ascii(head, 8, 'WAVE')
  },
  {
    format: { demuxer: 'aiff', extension: 'aiff' },
    fits: head => ascii(head, 0, 'FORM') && (ascii(head, 8, 'AIFF') || ascii(head, 8, 'AIFC'))
  },
  { format: { demuxer: 'mov', extension: 'm4a' }, fits: head => ascii(head, 4, 'ftyp') },
  { format: { demuxer: 'matroska', extension: 'mka' }, fits: head => bytes(head, 0x1a, 0x45, 0xdf, 0xa3) },
  { format: { demuxer: 'aac', extension: 'aac' }, fits: isAdts },
  { format: mp3, fits: isMpegAudio }
]

/** The format of what begins so; null for what is no audio file we read. A tag in front (ID3) says nothing yet of what follows. */
export function formatOf(head: Uint8Array): AudioFormat | null {
  return known.find(({ fits }) => fits(head))?.format ?? null
}

/** Whether an upload that begins so is worth taking in. */
export function mayBeAudio(head: Uint8Array): boolean {
  return id3Bytes(head) > 0 || formatOf(head) !== null
}

/** The format of a file, seen behind the tags in front of it; null for what is none we read. */
export async function formatOfFile(path: string): Promise<AudioFormat | null> {
  const file = await open(path)
  try {
    let at = 0
    for (let tags = 0; tags <= mostTags; tags++) {
      const head = Buffer.alloc(headBytes)
      const { bytesRead } = await file.read(head, 0, headBytes, at)
      const tagBytes = id3Bytes(head.subarray(0, bytesRead))
      // Players look for the first frame behind a tag, where some writers leave a gap.
      if (tagBytes === 0) return formatOf(head.subarray(0, bytesRead)) ?? (tags > 0 ? mp3 : null)
      at += tagBytes
    }
    return null
  } finally {
    await file.close()
  }
}

const mostTags = 4
const id3HeaderBytes = 10

/** How long the ID3v2 tag is that stands here, header and footer included; 0 when there is none: https://id3.org/id3v2.4.0-structure */
function id3Bytes(head: Uint8Array): number {
  const [a = 0x80, b = 0x80, c = 0x80, d = 0x80] = head.subarray(6, id3HeaderBytes)
  if (!ascii(head, 0, 'ID3') || (a | b | c | d) & 0x80) return 0
  const hasFooter = ((head[5] ?? 0) & 0x10) !== 0
  return id3HeaderBytes + ((a << 21) | (b << 14) | (c << 7) | d) + (hasFooter ? id3HeaderBytes : 0)
}

/** The sync word of ADTS, with its layer always 0. */
function isAdts([first = 0, second = 0]: Uint8Array): boolean {
  return first === 0xff && (second & 0xf6) === 0xf0
}

/** The header of an MPEG audio frame, without the values that are reserved. */
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
