import type { SpeakingLevel } from '../../contract/speaking.ts'
import type { AmbientSocket } from '../sockets/socket-data.ts'
import { speakingAudienceOf, type SocketDelivery } from './socket-delivery.ts'

/** Tells the sockets of this node who speaks in their shows. */
export interface SpeakingFeed {
  /** Takes the levels of all speakers of a show: about every 500 ms while anybody speaks, and an empty list then. */
  report(showId: string, levels: SpeakingLevel[]): void
  /** Tells a socket that has joined a show who speaks at the moment. */
  tell(socket: AmbientSocket, showId: string): void
  close(): void
}

export interface SpeakingFeedParts {
  delivery: Pick<SocketDelivery, 'toSpeakingAudience' | 'unheardSocketsIn'>
  /** Whether a presence is sent the voice of a user. */
  isHearing(showId: string, presenceId: string, userId: string): boolean
  monotonicMs: () => number
}

/** A speaker who pauses for a shorter time has not stopped. */
const pauseMs = 1_500
/** While anybody speaks, clients that begin or stop to receive them are looked for in this interval. */
const refreshMs = 2_000
/** The speakers of a show without reports have stopped: its audio has closed. */
const reportTimeoutMs = 5_000

interface Speaker {
  readonly volume: number
  /** The end of their last word, on the monotonic clock; null while they are reported. */
  readonly quietSinceMs: number | null
}

/** The people who speak in one show. */
class ShowSpeakers {
  speakers = new Map<string, Speaker>()
  /** User ids of the speakers that were announced last. */
  announced = new Set<string>()
  reportedAtMs = 0
  refreshedAtMs = 0
  timer: NodeJS.Timeout | undefined
  /** User ids of the speakers that a presence was told about last, by presence id. Those without any are left out. */
  told = new Map<string, string>()

  get levels(): SpeakingLevel[] {
    return [...this.speakers].map(([userId, { volume }]) => ({ userId, volume }))
  }
}

export function createSpeakingFeed({ delivery, isHearing, monotonicMs }: SpeakingFeedParts): SpeakingFeed {
  const shows = new Map<string, ShowSpeakers>()

  /** Announces who began and stopped to speak. */
  function update(showId: string, show: ShowSpeakers): void {
    clearTimeout(show.timer)
    const nowMs = monotonicMs()
    const isOver = nowMs - show.reportedAtMs >= reportTimeoutMs
    for (const [userId, { quietSinceMs }] of show.speakers) {
      if (isOver || (quietSinceMs !== null && nowMs - quietSinceMs >= pauseMs)) show.speakers.delete(userId)
    }
    const { levels } = show
    const hasChanged = levels.length !== show.announced.size || levels.some(({ userId }) => !show.announced.has(userId))
    if (hasChanged) {
      show.announced = new Set(show.speakers.keys())
      delivery.toSpeakingAudience(showId, 'changes', { levels })
    }
    if (hasChanged || nowMs - show.refreshedAtMs >= refreshMs) refresh(showId, show, nowMs)
    if (levels.length === 0) shows.delete(showId)
    else show.timer = setTimeout(update, pauseMs, showId, show).unref()
  }

  /** Tells clients about the speakers whom they do not receive. */
  function refresh(showId: string, show: ShowSpeakers, nowMs: number): void {
    show.refreshedAtMs = nowMs
    const { levels, told } = show
    show.told = new Map()
    for (const socket of delivery.unheardSocketsIn(showId)) {
      const presenceId = socket.data.membership?.actor.presenceId
      if (presenceId === undefined) continue
      const unheard = levels.filter(({ userId }) => !isHearing(showId, presenceId, userId))
      const userIds = unheard.map(({ userId }) => userId).join(' ')
      if (userIds !== (told.get(presenceId) ?? '')) socket.emit('media:speaking', { levels: unheard })
      if (userIds !== '') show.told.set(presenceId, userIds)
    }
  }

  return {
    report(showId, levels) {
      delivery.toSpeakingAudience(showId, 'levels', { levels })
      const show = shows.get(showId) ?? new ShowSpeakers()
      if (levels.length === 0 && show.speakers.size === 0) return
      shows.set(showId, show)
      show.reportedAtMs = monotonicMs()
      const reported = new Map(levels.map(({ userId, volume }) => [userId, { volume, quietSinceMs: null }]))
      for (const [userId, { volume, quietSinceMs }] of show.speakers) {
        if (!reported.has(userId)) {
          show.speakers.set(userId, { volume, quietSinceMs: quietSinceMs ?? show.reportedAtMs })
        }
      }
      for (const [userId, speaker] of reported) show.speakers.set(userId, speaker)
      update(showId, show)
    },
    tell(socket, showId) {
      const levels = shows.get(showId)?.levels ?? []
      if (levels.length > 0 && speakingAudienceOf(socket) === 'changes') socket.emit('media:speaking', { levels })
    },
    close() {
      for (const { timer } of shows.values()) clearTimeout(timer)
      shows.clear()
    }
  }
}
