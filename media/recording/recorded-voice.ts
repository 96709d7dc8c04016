import type { types } from 'mediasoup'
import { openStintFile, type OpeningFileParts } from './opening-file.ts'
import { watchVoiceFailure } from './voice-failure.ts'
import { createVoiceStints } from './voice-stints.ts'
import { openVoiceTap, type VoiceTap } from '../voice-tap.ts'

/** A voice that could not be received is tried again after this time, while its producer is open. */
const tapRetryMs = 1_000

/** A speaker's producer on this node, and the router it is on. */
export interface LocalVoice {
  readonly producer: types.Producer
  readonly userId: string
  readonly router: types.Router
}

export interface RecordedVoiceParts extends Omit<OpeningFileParts, 'onOpened'> {
  showId: string
  nowMs: () => number
  /** The voice could not be received, though its producer is open. It is tried again. */
  onTapFailed(error: unknown): void
  /** The voice has not been recorded for some time, or is recorded again. It is recorded until this says otherwise. */
  onRecordedChanged(voice: LocalVoice, isRecorded: boolean): void
}

/** The recording of one voice, while its producer and the recording last. */
export interface RecordedVoice {
  /** Passes on what is due. Call it several times a second. */
  tick(): void
  /** Ends the recording. Resolves when its files are closed. Never rejects. */
  end(): Promise<void>
}

/** Begins to record a voice. Its first stint begins with its first packet. */
export function recordVoice(voice: LocalVoice, parts: RecordedVoiceParts): RecordedVoice {
  const { producer, userId, router } = voice
  const { showId, nowMs } = parts
  const failure = watchVoiceFailure(isRecorded => parts.onRecordedChanged(voice, isRecorded))
  const stints = createVoiceStints(isStereo(producer), (startedAtMs, onLost) =>
    openStintFile(
      { showId, userId, startedAtMs },
      {
        ...parts,
        onLost(error) {
          onLost()
          failure.failed('stint', nowMs())
          parts.onLost(error)
        },
        onOpened: () => failure.worked('stint')
      }
    )
  )
  let isEnded = false
  let tap: VoiceTap | null = null
  let retryTapAtMs = Infinity

  async function openTap(): Promise<void> {
    retryTapAtMs = Infinity
    try {
      const opened = await openVoiceTap(router, producer.id)
      tap = opened
      if (isEnded) opened.close()
      else await opened.start(packet => stints.add(packet, nowMs()))
      if (!isEnded) failure.worked('tap')
    } catch (error) {
      tap?.close()
      if (isEnded || producer.closed) return
      retryTapAtMs = nowMs() + tapRetryMs
      failure.failed('tap', nowMs())
      parts.onTapFailed(error)
    }
  }

  openTap()

  return {
    tick() {
      stints.tick(nowMs())
      failure.tick(nowMs())
      if (nowMs() >= retryTapAtMs) openTap()
    },
    async end() {
      isEnded = true
      tap?.close()
      await stints.end()
    }
  }
}

/** See https://www.rfc-editor.org/rfc/rfc7587#section-6.1 */
function isStereo({ rtpParameters }: types.Producer): boolean {
  return rtpParameters.codecs.some(({ parameters }) => parameters?.['sprop-stereo'] === 1)
}
