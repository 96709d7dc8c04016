import { samplesPerMs } from '../player/opus-packet.ts'
import { createRtpOrder, type ArrivedPacket } from './rtp-order.ts'
import { parseRtpPacket } from '../rtp-packet.ts'
import type { StintFile } from './stint-file.ts'
import { createStintWriter, samplesOf, type StintWriter } from './stint-writer.ts'

/** A stint that ends by itself, or is lost, is followed by the next one not sooner than this after its beginning. */
const minStintMs = 10_000
/** A crash loses no more audio than this, and what waits for a lost packet. */
const flushEveryMs = 1_000

/** Writes the voice of one producer: one stint after another, each to its own file. */
export interface VoiceStints {
  /** Takes an RTP packet that has just arrived. */
  add(bytes: Buffer, atMs: number): void
  /** Passes on what is due. Call it several times a second. */
  tick(nowMs: number): void
  /** Ends the current stint. Resolves when all files are closed. Never rejects. */
  end(): Promise<void>
}

interface OpenStint {
  readonly file: StintFile
  readonly writer: StintWriter
}

/** Opens the file of a stint whose first sample was spoken at this time. `onLost` begins another stint later. */
export type OpenStintFile = (startedAtMs: number, onLost: () => void) => StintFile

export function createVoiceStints(isStereo: boolean, openFile: OpenStintFile): VoiceStints {
  const order = createRtpOrder(write)
  const closing = new Set<Promise<void>>()
  let current: OpenStint | null = null
  let lastStartMs = -Infinity
  let flushedAtMs = 0
  let isEnded = false

  function write(packet: ArrivedPacket): void {
    if (current && !current.writer.add(packet)) endStint()
    else if (current) return
    if (packet.atMs - lastStartMs < minStintMs) return
    const samples = samplesOf(packet.payload)
    if (samples === null) return
    current = begin(packet, samples)
    current.writer.add(packet)
  }

  function begin({ atMs, payload }: ArrivedPacket, samples: number): OpenStint {
    lastStartMs = atMs
    const startedAtMs = Math.round(atMs - samples / samplesPerMs)
    const file = openFile(startedAtMs, () => {
      if (current === stint) current = null
    })
    const hasStereoFlag = ((payload[0] ?? 0) & 4) !== 0
    const stint = { file, writer: createStintWriter(isStereo || hasStereoFlag ? 2 : 1, file) }
    return stint
  }

  function endStint(): void {
    if (!current) return
    const { file, writer } = current
    current = null
    writer.end()
    const closed = file.close().finally(() => closing.delete(closed))
    closing.add(closed)
  }

  return {
    add(bytes, atMs) {
      const packet = isEnded ? null : parseRtpPacket(bytes)
      if (packet) order.add({ ...packet, atMs })
    },
    tick(nowMs) {
      order.tick(nowMs)
      if (nowMs - flushedAtMs < flushEveryMs) return
      flushedAtMs = nowMs
      current?.writer.flush()
    },
    async end() {
      isEnded = true
      order.flush()
      endStint()
      await Promise.all(closing)
    }
  }
}
