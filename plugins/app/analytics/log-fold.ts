import type { Playback } from '../../../contract/playback.ts'
import type { LogRecord } from '../shows/log-records.ts'
import { takeRecord, type StreamCursor } from './analytics-record.ts'
import { Durations, SpanList, type TimeSpan } from './spans.ts'
import { TalkFold } from './talk-fold.ts'

/** Something that played, and when. */
export interface Played extends TimeSpan {
  readonly itemId: string
  readonly songId: string | null
  readonly title: string
  readonly artists: readonly string[]
}

/** A request to speak that has no answer yet. */
interface OpenRequest {
  readonly userId: string
  readonly at: number
}

/** Folds the log of one show: start and end, songs, talk, and requests to speak. */
export class LogFold {
  readonly cursor: StreamCursor = { seq: 0, at: 0 }
  startedAt: number | null = null
  endedAt: number | null = null
  readonly talk = new TalkFold()
  readonly requests = { requested: 0, accepted: 0, rejected: 0, withdrawn: 0 }
  readonly waits = new Durations()
  readonly #open = new Map<string, OpenRequest>()
  readonly #played = new SpanList<Played>()
  #playing: Omit<Played, 'to'> | null = null

  /** Takes the next record. One that was taken before changes nothing. */
  add(record: Pick<LogRecord, 'seq' | 'at' | 'event'>): void {
    const at = takeRecord(this.cursor, record)
    if (at !== null) this.#apply(record.event, at)
  }

  /** Returns what played up to a time, in order. */
  played(endMs: number): { spans: Played[]; isTruncated: boolean } {
    const list = new SpanList<Played>()
    for (const span of this.#played.spans) list.add(span)
    if (this.#playing) list.add({ ...this.#playing, to: endMs })
    return { spans: list.spans, isTruncated: this.#played.isTruncated || list.isTruncated }
  }

  #apply(event: LogRecord['event'], at: number): void {
    switch (event.type) {
      case 'show:started':
        this.startedAt ??= at
        return
      case 'show:ended':
        return this.#end(at)
      case 'playback:changed':
        return this.#play(event.playback, at)
      case 'floor:granted':
        this.#answerOf(event.userId, 'accepted', at)
        return this.talk.seated(event.userId, at)
      case 'stage:joined':
        return this.talk.joined(event.userId, at, { isMuted: event.muted, isSilent: event.silent === true })
      case 'stage:heard':
        return this.talk.heard(event.userId, at)
      case 'mute:changed':
        return this.talk.muted(event.userId, at, event.muted)
      case 'stage:suspended':
      case 'stage:left':
      case 'floor:revoked':
        return this.talk.ended(event.userId, at)
      case 'speak:requested':
        this.requests.requested++
        this.#open.set(event.requestId, { userId: event.userId, at })
        return
      case 'speak:rejected':
      case 'speak:withdrawn':
        if (event.requestId === null) return
        return this.#answer(event.requestId, event.type === 'speak:rejected' ? 'rejected' : 'withdrawn', at)
      default:
    }
  }

  #end(at: number): void {
    this.endedAt ??= at
    this.talk.allEnded(at)
    this.#stop(at)
  }

  /** A change of the position, or of the producer, goes on with the same item. */
  #play({ status, item }: Playback, at: number): void {
    if (status === 'playing' && item && this.#playing?.itemId === item.id) return
    this.#stop(at)
    if (status !== 'playing' || !item) return
    const { id: itemId, songId = null, title, artists } = item
    this.#playing = { from: at, itemId, songId, title, artists }
  }

  #stop(at: number): void {
    if (this.#playing) this.#played.add({ ...this.#playing, to: at })
    this.#playing = null
  }

  /** A person who gets the floor has no request any more. */
  #answerOf(userId: string, answer: 'accepted', at: number): void {
    for (const [requestId, request] of this.#open) if (request.userId === userId) this.#answer(requestId, answer, at)
  }

  #answer(requestId: string, answer: 'accepted' | 'rejected' | 'withdrawn', at: number): void {
    const request = this.#open.get(requestId)
    if (!request) return
    this.#open.delete(requestId)
    this.requests[answer]++
    if (answer !== 'withdrawn') this.waits.add(at - request.at)
  }
}
