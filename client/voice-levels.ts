import type { types } from 'mediasoup-client'
import type { StageMember } from '../contract/snapshot.ts'
import type { SpeakingLevel } from '../contract/speaking.ts'
import type { Clock } from './clock.ts'
import type { MediaSession } from './media-session.ts'

export interface VoiceLevelsParts {
  clock: Pick<Clock, 'nowMs' | 'after'>
  getMediaSession: () => Pick<MediaSession, 'findMedia'> | null
  getStage: () => readonly StageMember[]
  /** Takes the loudness of those who speak, by user id, dBov. */
  onChange: (levels: ReadonlyMap<string, number>) => void
}

const intervalMs = 250
/** A voice that is quieter does not speak, dBov. */
const silenceDb = -60
/** A voice that pauses becomes silent by so much per measurement, so that the gaps between words do not show. */
const fallDb = 10
/** A receiver without packets for this time is silent: a microphone with Opus DTX sends at most each 400 ms then. */
const packetTimeoutMs = 600

/** Statistics are read in this interval. */
const statisticsMs = 100

/**
 * Returns the `levels` of `show:join`: all of them where nothing can be measured, and none of the received voices where
 * receivers know the level of each packet. Statistics, as in React Native, may have none: then the server says who
 * speaks.
 */
export function wantedLevels(): { levels?: boolean } {
  if (!canMeasureLevels()) return { levels: true }
  return 'getSynchronizationSources' in RTCRtpReceiver.prototype ? { levels: false } : {}
}

function canMeasureLevels(): boolean {
  return 'RTCRtpReceiver' in globalThis
}

/**
 * The loudness of the voices of a show: measured where they arrive, and told by the server for people whom this client
 * does not receive.
 */
export class VoiceLevels {
  readonly #parts: VoiceLevelsParts
  #levels: ReadonlyMap<string, number> = new Map()
  #told: ReadonlyMap<string, number> = new Map()
  /** The last packets that receivers have played, and when they were seen first. */
  readonly #packets = new WeakMap<object, { rtpTimestamp: number; atMs: number }>()
  /** Levels from WebRTC's statistics, of the user's own voice and where receivers know none. */
  readonly #statistics = new WeakMap<object, { level: number | undefined; readAtMs: number }>()
  #cancelTimer: (() => void) | undefined

  constructor(parts: VoiceLevelsParts) {
    this.#parts = parts
  }

  /** Takes the levels that the server has sent. */
  receive(levels: readonly SpeakingLevel[]): void {
    this.#told = new Map(levels.map(({ userId, volume }) => [userId, volume]))
    if (canMeasureLevels()) this.sync()
    else this.#set(this.#told)
  }

  /** Called when the stage has changed: measures while somebody may be heard. */
  sync(): void {
    if (!canMeasureLevels()) return
    this.#cancelTimer?.()
    const isHeard = this.#parts.getStage().some(({ producerId }) => producerId !== null)
    if (isHeard) this.#update()
    else this.stop()
  }

  /** Forgets all levels. */
  stop(): void {
    this.#cancelTimer?.()
    this.#told = new Map()
    this.#set(new Map())
  }

  /** Returns the loudness of a voice now, for a display that moves with it, dBov. Undefined when it is not known. */
  measure(userId: string): number | undefined {
    const member = this.#parts.getStage().find(member => member.userId === userId)
    return (member && this.#measure(member)) ?? this.#levels.get(userId)
  }

  #update(): void {
    const levels = new Map(this.#told)
    for (const member of this.#parts.getStage()) {
      const measured = this.#measure(member)
      if (measured === undefined) continue
      const level = Math.max(measured, (this.#levels.get(member.userId) ?? silenceDb) - fallDb)
      if (level > silenceDb) levels.set(member.userId, level)
      else levels.delete(member.userId)
    }
    this.#set(levels)
    this.#cancelTimer = this.#parts.clock.after(intervalMs, () => this.sync())
  }

  #set(levels: ReadonlyMap<string, number>): void {
    const isSame =
      levels.size === this.#levels.size && [...levels].every(([id, level]) => this.#levels.get(id) === level)
    if (isSame) return
    this.#levels = levels
    this.#parts.onChange(levels)
  }

  #measure({ producerId }: StageMember): number | undefined {
    const media = producerId === null ? null : this.#parts.getMediaSession()?.findMedia(producerId)
    if (!media) return undefined
    const receiver: Partial<RTCRtpReceiver> | undefined = 'rtpReceiver' in media ? media.rtpReceiver : undefined
    const [source] = receiver?.getSynchronizationSources?.() ?? []
    if (source?.audioLevel === undefined) return this.#statisticsOf(media)
    const nowMs = this.#parts.clock.nowMs()
    const last = this.#packets.get(media)
    if (last?.rtpTimestamp !== source.rtpTimestamp) {
      this.#packets.set(media, { rtpTimestamp: source.rtpTimestamp, atMs: nowMs })
    } else if (nowMs - last.atMs > packetTimeoutMs) return silenceDb
    return toDb(source.audioLevel)
  }

  /** Returns the level that was read last, and reads the next one. */
  #statisticsOf(media: types.Consumer | types.Producer): number | undefined {
    const { level, readAtMs = 0 } = this.#statistics.get(media) ?? {}
    const nowMs = this.#parts.clock.nowMs()
    if (nowMs - readAtMs >= statisticsMs) {
      this.#statistics.set(media, { level, readAtMs: nowMs })
      media.getStats().then(
        statistics => this.#statistics.set(media, { level: levelIn(statistics), readAtMs: nowMs }),
        () => {}
      )
    }
    return level
  }
}

/** Returns the level of a received track or of a microphone. */
function levelIn(statistics: RTCStatsReport): number | undefined {
  for (const entry of statistics.values()) {
    const { type, audioLevel }: { type?: unknown; audioLevel?: unknown } = entry
    if ((type === 'inbound-rtp' || type === 'media-source') && typeof audioLevel === 'number') return toDb(audioLevel)
  }
  return undefined
}

/** Converts a level from 0 to 1 to dBov, as the server sends it. */
function toDb(level: number): number {
  return level > 0 ? Math.max(-127, Math.round(20 * Math.log10(level))) : -127
}
