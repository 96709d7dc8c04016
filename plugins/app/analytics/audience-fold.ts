import type { AudienceEvent, AudienceRecord, ListenerSource } from '../../../contract/audience-events.ts'
import { takeRecord, type StreamCursor } from './analytics-record.ts'
import { levelAt, minuteOf, rowAt, type MinuteRows } from './minute-rows.ts'
import { Durations } from './spans.ts'

/** A person who comes back within this time neither left nor joined, ms. */
export const absenceMs = 60_000

/** A join or leave that is not counted yet: a leave may turn out to be an absence. */
interface Change {
  readonly at: number
  readonly listener: Listener
  readonly isJoin: boolean
  isVoid: boolean
}

interface Listener {
  readonly guest: boolean
  readonly source: ListenerSource | null
  /** Start of the stay that goes on; null after a leave that counted. */
  since: number | null
  /** The leave that counts unless the person comes back. */
  leaving: Change | null
  /** Earlier stays. */
  stayMs: number
  hasLeft: boolean
  cameBack: boolean
}

/** Numbers of the audience up to a time. Times are ms. */
export interface AudienceNumbers {
  readonly listeners: number
  readonly guests: number
  readonly peak: number
  readonly joins: number
  readonly leaves: number
  /** Sum of all stays. */
  readonly stayMs: number
  readonly averageStayMs: number | null
  readonly medianStayMs: number | null
  readonly cameBack: number | null
  readonly sources: Readonly<Record<ListenerSource | 'unknown', number>>
  readonly comments: number
  readonly reactions: number
  readonly rows: MinuteRows
}

/** Folds the audience events of one show, person by person. People are pseudonyms. */
export class AudienceFold {
  readonly cursor: StreamCursor = { seq: 0, at: 0 }
  /** Time of the first record; null for a show whose audience nobody recorded. */
  firstAt: number | null = null
  /** Leaves of people who never joined. After an erasure a person leaves under another pseudonym. */
  unknownLeaves = 0
  readonly #listeners = new Map<string, Listener>()
  /** Joins and leaves of the last minute, in order. Those before it are counted. */
  readonly #changes: Change[] = []
  /** Index of the first change that is not counted. */
  #firstOpen = 0
  #level = 0
  #comments = 0
  #reactions = 0
  readonly #rows: MinuteRows = new Map()

  /** Everybody who ever listened. */
  get people(): Iterable<string> {
    return this.#listeners.keys()
  }

  /** Takes the next record. One that was taken before changes nothing. */
  add(record: AudienceRecord): void {
    const at = takeRecord(this.cursor, record)
    if (at === null) return
    this.firstAt ??= at
    this.#count(at)
    this.#apply(record.event, at)
  }

  /** Returns the numbers up to a time: who is present then has stayed until then. */
  upTo(endMs: number): AudienceNumbers {
    const rows: MinuteRows = new Map([...this.#rows].map(([minute, row]) => [minute, { ...row }]))
    let level = this.#level
    for (const change of this.#changes.slice(this.#firstOpen)) {
      if (change.isVoid || change.at > endMs) continue
      level += change.isJoin ? 1 : -1
      countIn(rows, change, level)
    }
    const stays = new Durations()
    const sources = { link: 0, follow: 0, discover: 0, unknown: 0 }
    let [guests, stayMs, haveLeft, haveComeBack] = [0, 0, 0, 0]
    for (const listener of this.#listeners.values()) {
      const stay = stayOf(listener, endMs)
      stays.add(stay)
      stayMs += stay
      sources[listener.source ?? 'unknown']++
      if (listener.guest) guests++
      if (listener.hasLeft || (listener.leaving && listener.leaving.at <= endMs)) haveLeft++
      if (listener.cameBack) haveComeBack++
    }
    const counted = [...rows.values()]
    return {
      listeners: this.#listeners.size,
      guests,
      peak: Math.max(0, ...counted.map(({ max }) => max ?? 0)),
      joins: counted.reduce((sum, { joins }) => sum + joins, 0),
      leaves: counted.reduce((sum, { leaves }) => sum + leaves, 0),
      stayMs,
      averageStayMs: stays.averageMs,
      medianStayMs: stays.medianMs,
      cameBack: haveLeft === 0 ? null : haveComeBack / haveLeft,
      sources,
      comments: this.#comments,
      reactions: this.#reactions,
      rows
    }
  }

  #apply(event: AudienceEvent, at: number): void {
    switch (event.type) {
      case 'audience:opened':
        for (const listener of this.#listeners.values()) this.#leave(listener, at)
        return
      case 'listener:joined':
        return this.#join(event, at)
      case 'listener:left': {
        const listener = this.#listeners.get(event.person)
        if (listener) this.#leave(listener, at)
        else this.unknownLeaves++
        return
      }
      case 'comments:counted':
        this.#comments += event.count
        rowAt(this.#rows, minuteOf(at)).comments += event.count
        return
      case 'reactions:counted':
        this.#reactions += event.count
        rowAt(this.#rows, minuteOf(at)).reactions += event.count
    }
  }

  #join({ person, guest, source }: Extract<AudienceEvent, { type: 'listener:joined' }>, at: number): void {
    const known = this.#listeners.get(person)
    if (known?.leaving) {
      known.leaving.isVoid = true
      known.leaving = null
      return
    }
    if (known && known.since !== null) return
    const listener = known ?? newListener(guest, source)
    this.#listeners.set(person, listener)
    listener.since = at
    listener.cameBack = listener.hasLeft
    this.#changes.push({ at, listener, isJoin: true, isVoid: false })
  }

  #leave(listener: Listener, at: number): void {
    if (listener.since === null || listener.leaving) return
    listener.leaving = { at, listener, isJoin: false, isVoid: false }
    this.#changes.push(listener.leaving)
  }

  /** Counts the changes that are decided at a time. */
  #count(nowMs: number): void {
    for (; this.#firstOpen < this.#changes.length; this.#firstOpen++) {
      const change = this.#changes[this.#firstOpen]
      if (!change || change.at + absenceMs >= nowMs) break
      if (change.isVoid) continue
      if (!change.isJoin) endStay(change)
      this.#level += change.isJoin ? 1 : -1
      countIn(this.#rows, change, this.#level)
    }
    // Moving the rest for each change would take a time that grows with the square of their number.
    if (this.#firstOpen < 1_000 || this.#firstOpen * 2 < this.#changes.length) return
    this.#changes.splice(0, this.#firstOpen)
    this.#firstOpen = 0
  }
}

function newListener(guest: boolean, source: ListenerSource | null): Listener {
  return { guest, source, since: null, leaving: null, stayMs: 0, hasLeft: false, cameBack: false }
}

function endStay({ listener, at }: Change): void {
  listener.stayMs += at - (listener.since ?? at)
  listener.since = null
  listener.leaving = null
  listener.hasLeft = true
}

function stayOf({ stayMs, since, leaving }: Listener, endMs: number): number {
  if (since === null) return stayMs
  return stayMs + Math.max(0, Math.min(leaving?.at ?? endMs, endMs) - since)
}

/** Adds a change to its minute. `level`: listeners after it. */
function countIn(rows: MinuteRows, { at, isJoin }: Change, level: number): void {
  const row = levelAt(rows, minuteOf(at), level, isJoin ? level - 1 : level + 1)
  if (isJoin) row.joins++
  else row.leaves++
}
