import type { types } from 'mediasoup'
import { openStintFile, type OpeningFileParts } from './opening-file.ts'
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

export interface RecordedVoiceParts extends OpeningFileParts {
  showId: string
  nowMs: () => number
  /** The voice could not be received, though its producer is open. It is tried again. */
  onTapFailed(error: unknown): void
}

/** The recording of one voice, while its producer and the recording last. */
export interface RecordedVoice {
  /** Passes on what is due. Call it several times a second. */
  tick(): void
  /** Ends the recording. Resolves when its files are closed. Never rejects. */
  end(): Promise<void>
}

/** Begins to record a voice. Its first stint begins with its first packet. */
export function recordVoice({ producer, userId, router }: LocalVoice, parts: RecordedVoiceParts): RecordedVoice {
  const { showId, nowMs } = parts
  const stints = createVoiceStints(isStereo(producer), (startedAtMs, onLost) =>
    openStintFile(
      { showId, userId, startedAtMs },
      {
        ...parts,
        onLost(error) {
          onLost()
          parts.onLost(error)
        }
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
    } catch (error) {
      tap?.close()
      if (isEnded || producer.closed) return
      retryTapAtMs = nowMs() + tapRetryMs
      parts.onTapFailed(error)
    }
  }

  openTap()

  return {
    tick() {
      stints.tick(nowMs())
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
