/** A voice counts as not recorded after this time, so that a short failure is not told. */
const toldAfterMs = 3_000

/** The parts of recording a voice that can fail, and are tried again. */
export type FailingPart = 'tap' | 'stint'

/** Tells when a voice has not been recorded for some time, and at once when it is again. */
export interface VoiceFailure {
  failed(part: FailingPart, nowMs: number): void
  worked(part: FailingPart): void
  /** Tells what is due. Call it several times a second. */
  tick(nowMs: number): void
}

/** Creates the watch over one voice, which counts as recorded until it fails. */
export function watchVoiceFailure(onChanged: (isRecorded: boolean) => void): VoiceFailure {
  const failing = new Set<FailingPart>()
  let sinceMs = 0
  let isTold = false

  return {
    failed(part, nowMs) {
      if (failing.size === 0) sinceMs = nowMs
      failing.add(part)
    },
    worked(part) {
      failing.delete(part)
      if (failing.size > 0 || !isTold) return
      isTold = false
      onChanged(true)
    },
    tick(nowMs) {
      if (isTold || failing.size === 0 || nowMs - sinceMs < toldAfterMs) return
      isTold = true
      onChanged(false)
    }
  }
}
