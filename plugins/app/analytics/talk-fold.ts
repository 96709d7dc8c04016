import { SpanList, type TimeSpan } from './spans.ts'

/** A voice as the log describes it. It is heard while it is on air, not silent and not muted. */
interface Voice {
  isOnAir: boolean
  isSilent: boolean
  isMuted: boolean
  /** Since when it is heard; null while it is not. */
  since: number | null
  talkMs: number
}

/** The times in which a person was heard. */
export interface TalkSpan extends TimeSpan {
  readonly userId: string
}

/** The talk time of everybody who was ever on stage. */
export class TalkFold {
  readonly #voices = new Map<string, Voice>()
  readonly #spans = new SpanList<TalkSpan>()

  /** A person got the floor: an earlier voice of theirs is gone. */
  seated(userId: string, at: number): void {
    this.#change(userId, at, { isOnAir: false, isSilent: false, isMuted: false })
  }

  joined(userId: string, at: number, voice: { isMuted: boolean; isSilent: boolean }): void {
    this.#change(userId, at, { isOnAir: true, ...voice })
  }

  heard(userId: string, at: number): void {
    this.#change(userId, at, { isSilent: false })
  }

  muted(userId: string, at: number, isMuted: boolean): void {
    this.#change(userId, at, { isMuted })
  }

  /** The voice ended, or the connection was lost. */
  ended(userId: string, at: number): void {
    this.#change(userId, at, { isOnAir: false, isSilent: false })
  }

  allEnded(at: number): void {
    for (const userId of this.#voices.keys()) this.ended(userId, at)
  }

  /** Returns talk time and spans up to a time. People who were never heard are not in it. */
  upTo(endMs: number): { talkMs: Map<string, number>; spans: TalkSpan[]; isTruncated: boolean } {
    const talkMs = new Map<string, number>()
    const spans = new SpanList<TalkSpan>()
    for (const span of this.#spans.spans) spans.add(span)
    for (const [userId, voice] of this.#voices) {
      const openMs = voice.since === null ? 0 : Math.max(0, endMs - voice.since)
      if (voice.since !== null) spans.add({ userId, from: voice.since, to: endMs })
      if (voice.talkMs + openMs > 0) talkMs.set(userId, voice.talkMs + openMs)
    }
    return { talkMs, spans: spans.spans, isTruncated: this.#spans.isTruncated || spans.isTruncated }
  }

  #change(userId: string, at: number, change: Partial<Pick<Voice, 'isOnAir' | 'isSilent' | 'isMuted'>>): void {
    const voice = this.#voices.get(userId) ?? {
      isOnAir: false,
      isSilent: false,
      isMuted: false,
      since: null,
      talkMs: 0
    }
    this.#voices.set(userId, voice)
    Object.assign(voice, change)
    const isHeard = voice.isOnAir && !voice.isSilent && !voice.isMuted
    if (isHeard) {
      voice.since ??= at
    } else if (voice.since !== null) {
      voice.talkMs += at - voice.since
      this.#spans.add({ userId, from: voice.since, to: at })
      voice.since = null
    }
  }
}
