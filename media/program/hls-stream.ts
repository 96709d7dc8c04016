import { bitratesKbps, partMs } from './encoding.ts'
import { createFmp4Reader } from './fmp4-boxes.ts'
import { createFragmentClock } from './fragment-clock.ts'
import { mediaPlaylist, multivariantPlaylist, type HlsPart, type HlsSegment } from './hls-playlist.ts'

/** Media playlist of a show, beside its multivariant one. */
const hlsMediaName = 'audio.m3u8'

/** The place that a player waits for: `_HLS_msn` and `_HLS_part`. */
export interface HlsPlace {
  segment: number
  part: number | undefined
}

/** The answer to a blocking reload: the playlist, or why there is none. */
export type HlsReload = { playlist: string } | { refusal: 'tooFar' | 'late' }

/** A show as Low-Latency HLS. */
export interface HlsStream {
  push(bytes: Buffer): void
  /**
   * A run of the encoder begins; its first sample is heard at this time. What was begun is completed. The run follows
   * without a discontinuity, and the date says how much is missing.
   */
  restart(startedAtMs: number): void
  multivariant(): string
  /** Returns the media playlist as soon as it has this place; without a place, as soon as it has a segment. */
  reload(place: HlsPlace | undefined): Promise<HlsReload>
  /** Returns a head, a segment, or a part; waits for the part that is announced, as long as it may come. */
  read(name: string): Promise<Buffer | undefined>
  /** Notes a request of a listener. */
  heard(listener: string): void
  /** Number of listeners of the last moments, about. */
  readonly size: number
  close(): void
}

const partsPerSegment = 4
const segmentMs = partsPerSegment * partMs
const targetSeconds = Math.round(segmentMs / 1000)
/** Complete segments in the playlist, and those that stay readable after they have left it. */
const [listedSegments, keptSegments] = [8, 16]
/** A reload waits this long at most: three target durations. */
const maxWaitMs = 3 * targetSeconds * 1000
/** A first playlist takes longer: the encoder starts. */
const maxFirstWaitMs = 15_000
const listenerWindowMs = 10_000
const maxListeners = 100_000

interface OpenSegment extends HlsSegment {
  parts: HlsPart[]
  durationMs: number | null
}

/**
 * `runId` is in all names, so that a cache never mixes runs. Numbers begin with the time, so that they also increase
 * when the stream starts again.
 */
export function createHlsStream(runId: string, nowMs: () => number): HlsStream {
  const segments: OpenSegment[] = []
  const files = new Map<string, Buffer>()
  const listeners = new Map<string, number>()
  const waiting = new Set<() => void>()
  const clock = createFragmentClock()
  let readPieces = createFmp4Reader()
  let nextNumber = Math.floor(nowMs() / segmentMs)
  let heads = 0
  let discontinuities = 0
  let nextStartsAtMs = nowMs()
  let isClosed = false

  const open = () => segments.find(({ durationMs }) => durationMs === null)
  const headName = () => `${runId}-head-${heads}.mp4`
  const partName = (number: number, part: number) => `${runId}-${number}-${part}.m4s`
  const nextPartName = () => partName(open()?.number ?? nextNumber, open()?.parts.length ?? 0)

  function begin(): OpenSegment {
    const number = nextNumber++
    const segment: OpenSegment = {
      number,
      name: `${runId}-${number}.m4s`,
      parts: [],
      durationMs: null,
      startsAtMs: nextStartsAtMs,
      headName: headName(),
      isDiscontinuous: segments.length > 0 && segments.at(-1)?.headName !== headName()
    }
    segments.push(segment)
    return segment
  }

  function complete(segment: OpenSegment): void {
    segment.durationMs = segment.parts.reduce((sum, { durationMs }) => sum + durationMs, 0)
    files.set(segment.name, Buffer.concat(segment.parts.flatMap(({ name }) => files.get(name) ?? [])))
    while (segments.length > keptSegments) {
      const old = segments.shift()
      if (!old) break
      if (segments[0]?.isDiscontinuous) discontinuities++
      if (segments[0] && segments[0].headName !== old.headName) files.delete(old.headName)
      for (const name of [old.name, ...old.parts.map(part => part.name)]) files.delete(name)
    }
  }

  function addPart(bytes: Buffer, durationMs: number): void {
    const segment = open() ?? begin()
    const name = partName(segment.number, segment.parts.length)
    files.set(name, bytes)
    segment.parts.push({ name, durationMs })
    nextStartsAtMs += durationMs
    if (segment.parts.length === partsPerSegment) complete(segment)
    for (const check of waiting) check()
  }

  function has({ segment: number, part }: HlsPlace): boolean {
    const last = segments.at(-1)
    if (!last) return false
    if (number !== last.number) return number < last.number
    return last.durationMs !== null || (part !== undefined && part < last.parts.length)
  }

  async function until(isTrue: () => boolean, timeoutMs: number): Promise<boolean> {
    if (isTrue()) return true
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const check = () => {
      if (isTrue() || isClosed) resolve(isTrue())
    }
    const timer = setTimeout(() => resolve(false), timeoutMs)
    waiting.add(check)
    return await promise.finally(() => {
      clearTimeout(timer)
      waiting.delete(check)
    })
  }

  function playlist(): string {
    const first = Math.max(0, segments.length - listedSegments)
    const skipped = segments.slice(1, first + 1).filter(({ isDiscontinuous }) => isDiscontinuous).length
    return mediaPlaylist({
      segments: segments.slice(first),
      discontinuities: discontinuities + skipped,
      nextPartName: nextPartName(),
      partTargetMs: partMs,
      targetSeconds
    })
  }

  function forgetListeners(): void {
    for (const [listener, atMs] of listeners) {
      if (nowMs() - atMs <= listenerWindowMs && listeners.size <= maxListeners) return
      listeners.delete(listener)
    }
  }

  return {
    push(bytes) {
      for (const piece of readPieces(bytes)) {
        if (piece.kind === 'fragment') {
          addPart(clock.place(piece.bytes, piece.durationMs), piece.durationMs)
          continue
        }
        // Every run has the same head. Players that know only one (VLC 3) then go on without noticing another run.
        if (files.get(headName())?.equals(piece.bytes)) continue
        heads++
        files.set(headName(), piece.bytes)
      }
    },
    restart(startedAtMs) {
      const unfinished = open()
      if (unfinished) complete(unfinished)
      readPieces = createFmp4Reader()
      clock.restart()
      nextStartsAtMs = startedAtMs
      for (const check of waiting) check()
    },
    multivariant: () => multivariantPlaylist(hlsMediaName, bitratesKbps.aac * 1000),
    async reload(place) {
      if (!place) {
        const isReady = await until(() => segments[0]?.durationMs != null, maxFirstWaitMs)
        return isReady ? { playlist: playlist() } : { refusal: 'late' }
      }
      if (place.segment > (segments.at(-1)?.number ?? nextNumber) + 2) return { refusal: 'tooFar' }
      return (await until(() => has(place), maxWaitMs)) ? { playlist: playlist() } : { refusal: 'late' }
    },
    async read(name) {
      await until(() => files.has(name) || name !== nextPartName(), maxWaitMs)
      return files.get(name)
    },
    heard(listener) {
      listeners.delete(listener)
      listeners.set(listener, nowMs())
      forgetListeners()
    },
    get size() {
      forgetListeners()
      return listeners.size
    },
    close() {
      isClosed = true
      for (const check of waiting) check()
    }
  }
}
