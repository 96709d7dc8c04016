import { pageLength, parsePage, maxPageBytes, type OggPage } from '../../../media/player/ogg-page.ts'
import { samplesPerMs } from '../../../media/player/opus-packet.ts'
import type { ClockMark } from './document.ts'

/** Offset of the pre-skip in the head of an Ogg Opus stream: https://www.rfc-editor.org/rfc/rfc7845#section-5.1 */
const preSkipOffset = 10
const chunkBytes = 1024 * 1024

/** The whole pages at the beginning of a file. */
export interface WholePages {
  sizeBytes: number
  /** Length of the audio, samples at 48 kHz. */
  samples: number
}

/** Measures Ogg Opus audio that arrives in pieces, up to its last whole page. Each page is checked. */
export function createPageMeter() {
  let rest: Buffer = Buffer.alloc(0)
  let sizeBytes = 0
  let preSkip: number | undefined
  let granule = 0
  let isDamaged = false

  function count(page: OggPage): void {
    sizeBytes += page.end - page.start
    const [head] = page.parts
    if (preSkip === undefined) {
      preSkip = head && head.length >= preSkipOffset + 2 ? head.readUInt16LE(preSkipOffset) : 0
    } else if (page.granule !== null) granule = page.granule
  }

  return {
    add(bytes: Uint8Array): void {
      if (isDamaged) return
      rest = rest.length === 0 ? Buffer.from(bytes) : Buffer.concat([rest, bytes])
      for (;;) {
        const length = pageLength(rest, 0)
        if (length === null || length > rest.length) break
        const page = parsePage(rest.subarray(0, length), 0)
        if (!page) {
          isDamaged = true
          break
        }
        count(page)
        rest = rest.subarray(length)
      }
      if (rest.length > maxPageBytes) isDamaged = true
    },

    result: (): WholePages => ({ sizeBytes, samples: Math.max(0, granule - (preSkip ?? 0)) })
  }
}

/** Something that reads parts of a file, such as a `FileHandle`. */
export interface FilePart {
  read(buffer: Buffer, offset: number, length: number, position: number): Promise<{ bytesRead: number }>
}

/** Finds the whole pages at the beginning of a file, whose end may be torn. */
export async function measureFile(file: FilePart): Promise<WholePages> {
  const meter = createPageMeter()
  const chunk = Buffer.alloc(chunkBytes)
  for (let position = 0; ;) {
    const { bytesRead } = await file.read(chunk, 0, chunkBytes, position)
    if (bytesRead === 0) return meter.result()
    meter.add(chunk.subarray(0, bytesRead))
    position += bytesRead
  }
}

/** Duration of audio, ms. */
export const durationOf = ({ samples }: Pick<WholePages, 'samples'>): number => Math.round(samples / samplesPerMs)

/** Maximum number of marks of a stored stint: of more, some are left out evenly. */
const maxMarks = 1_000

/** Returns the marks that lie within the audio: at least one, the first and the last among them. */
export function usableMarks(marks: readonly ClockMark[], samples: number, startedAtMs: number): ClockMark[] {
  const within = marks.filter(mark => mark.samples <= samples)
  if (within.length === 0) return [{ samples: 0, atMs: startedAtMs }]
  if (within.length <= maxMarks) return within
  const step = (within.length - 1) / (maxMarks - 1)
  return Array.from({ length: maxMarks }, (_, n) => within[Math.round(n * step)]).filter(mark => mark !== undefined)
}

/** Writes a mark as a line of the file beside the audio. */
export const markLine = ({ samples, atMs }: ClockMark): string => `${JSON.stringify([samples, atMs])}\n`

/** Writes the first line of that file: the show of the stint, for when no document knows it any more. */
export const showLine = (showId: string): string => `${JSON.stringify({ showId })}\n`

const showLinePattern = /^\{"showId":"([A-Za-z0-9_-]{1,64})"\}\n/

/** Returns the show of the first line; null in files of earlier builds. */
export function parseShowId(text: string): string | null {
  return showLinePattern.exec(text)?.[1] ?? null
}

const linePattern = /^\[(\d{1,15}),(\d{1,15}(?:\.\d{1,6})?)\]$/

/** Reads the whole lines of marks; a torn or damaged one is left out. */
export function parseMarks(text: string): ClockMark[] {
  const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n')
  return lines.flatMap(line => {
    const [, samples, atMs] = linePattern.exec(line) ?? []
    return samples === undefined || atMs === undefined ? [] : [{ samples: Number(samples), atMs: Number(atMs) }]
  })
}
