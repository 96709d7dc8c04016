import { open } from 'node:fs/promises'
import { findFrames } from './frame-sync.ts'

/** A file format that can become a song: ffmpeg's demuxer for it, and its file extension. */
export interface AudioFormat {
  demuxer: string
  extension: string
}

/** Number of leading bytes that identify a format with a header; only MOD has its signature further behind. */
export const headBytes = 64
/** Number of leading bytes in which frames may begin, in a format without a header. */
export const searchedBytes = 128 * 1024

const mp3: AudioFormat = { demuxer: 'mp3', extension: 'mp3' }
/** The first atoms of QuickTime files; only newer ones begin with a type of file. */
const firstAtoms = ['ftyp', 'moov', 'mdat', 'wide', 'free', 'skip', 'pnot']
/** ffmpeg's demuxer for tracker modules, which plays them with libopenmpt. */
export const moduleDemuxer = 'libopenmpt'
const moduleOf = (extension: string): AudioFormat => ({ demuxer: moduleDemuxer, extension })
/** Signatures of MOD files: https://wiki.multimedia.cx/index.php/Protracker_Module */
const modSignature = /^(M\.K\.|M!K!|M&K!|N\.T\.|FLT[48]|EXO[48]|CD[68]1|OKTA|OCTA|TDZ[1-9]|[1-9]CHN|[1-9]\dC[HN])$/
const [modLengthAt, modSignatureAt, modSignatureBytes, maxModLength] = [950, 1080, 4, 128]
/** Each sample of a MOD has a header. Trackers leave a few volumes that no tracker plays. */
const modSamples = { count: 31, minValid: 16, at: 20, bytes: 30, volumeAt: 25, maxVolume: 64 } as const
/** The GUID that Wave64 files begin with. */
const wave64 = [0x72, 0x69, 0x66, 0x66, 0x2e, 0x91, 0xcf, 0x11, 0xa5, 0xd6, 0x28, 0xdb, 0x04, 0xc1, 0x00, 0x00]
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
    matches: head => ['RIFF', 'RF64', 'BW64'].some(text => hasText(head, 0, text)) && hasText(head, 8, 'WAVE')
  },
  {
    format: { demuxer: 'aiff', extension: 'aiff' },
    matches: head => hasText(head, 0, 'FORM') && (hasText(head, 8, 'AIFF') || hasText(head, 8, 'AIFC'))
  },
  { format: { demuxer: 'w64', extension: 'w64' }, matches: head => startsWith(head, ...wave64) },
  {
    format: { demuxer: 'mov', extension: 'm4a' },
    matches: head => firstAtoms.some(atom => hasText(head, 4, atom))
  },
  { format: { demuxer: 'matroska', extension: 'mka' }, matches: head => startsWith(head, 0x1a, 0x45, 0xdf, 0xa3) },
  { format: { demuxer: 'amr', extension: 'amr' }, matches: head => hasText(head, 0, '#!AMR') },
  { format: moduleOf('xm'), matches: head => hasText(head, 0, 'Extended Module: ') },
  { format: moduleOf('it'), matches: head => hasText(head, 0, 'IMPM') },
  { format: moduleOf('s3m'), matches: head => hasText(head, 44, 'SCRM') },
  { format: moduleOf('mod'), matches: isMod }
]

/** Modules of 15 samples, which have no signature, are not recognised: any bytes could be one. */
function isMod(head: Uint8Array): boolean {
  const signature = Buffer.from(head.subarray(modSignatureAt, modSignatureAt + modSignatureBytes)).toString('latin1')
  const length = head[modLengthAt] ?? 0
  if (!modSignature.test(signature) || length < 1 || length > maxModLength) return false
  const { count, minValid, at, bytes, volumeAt, maxVolume } = modSamples
  const volumes = Array.from({ length: count }, (_, n) => head[at + n * bytes + volumeAt] ?? 0)
  return volumes.filter(volume => volume <= maxVolume).length >= minValid
}

/**
 * Returns the format of a file with these leading bytes; null when it is not an accepted audio format. An ID3 tag at
 * the start does not determine which format follows.
 */
export function formatOf(head: Uint8Array): AudioFormat | null {
  const known = knownFormats.find(({ matches }) => matches(head))?.format
  if (known) return known
  const stream = findFrames(head)
  return stream && { demuxer: stream, extension: stream }
}

/**
 * Returns ffmpeg's arguments for reading a file of a format. A module is played once: its first song, without the
 * repetitions that it asks for.
 */
export function inputArgsOf({ demuxer }: AudioFormat, fileName: string): string[] {
  return ['-f', demuxer, ...(demuxer === moduleDemuxer ? ['-subsong', '0'] : []), '-i', `file:${fileName}`]
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
      const head = Buffer.alloc(searchedBytes)
      const { bytesRead } = await file.read(head, 0, searchedBytes, offset)
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
