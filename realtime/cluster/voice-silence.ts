/**
 * Tells a voice that does not get through from one that is muted: the origin sends packets, and none arrives. Arriving
 * packets are counted once a second, so a voice that is heard all the time seems silent for a second again and again.
 */
export interface VoiceSilence {
  /** Whether to ask the origin now how many packets it has sent. */
  isCheckDue(silentForMs: number, nowMs: number): boolean
  /** Takes the answer. Returns true once per silence, when the voice should be heard and was not for 3 s. */
  takeSent(packets: number, silentForMs: number, nowMs: number): boolean
}

const silentMs = 3000
/** The origin is asked early, so that two answers are there by `silentMs`. */
const firstCheckMs = 1500
const mutedCheckIntervalMs = 3000
/** Packets that were sent this long ago have been counted here if they arrived. */
const countedAfterMs = 1300

export function createVoiceSilence(): VoiceSilence {
  let sent: number | null = null
  let sendingSinceMs: number | null = null
  let checkAtMs = 0
  let isReported = false

  function reset(): void {
    sent = null
    sendingSinceMs = null
    checkAtMs = 0
    isReported = false
  }

  return {
    isCheckDue(silentForMs, nowMs) {
      if (silentForMs < firstCheckMs) reset()
      return silentForMs >= firstCheckMs && !isReported && nowMs >= checkAtMs
    },
    takeSent(packets, silentForMs, nowMs) {
      if (silentForMs < firstCheckMs) reset()
      const isSending = sent !== null && packets > sent
      if (isSending) sendingSinceMs ??= nowMs
      else sendingSinceMs = null
      checkAtMs = sent === null || isSending ? 0 : nowMs + mutedCheckIntervalMs
      sent = packets
      if (isReported || sendingSinceMs === null) return false
      isReported = silentForMs >= silentMs && nowMs - sendingSinceMs >= countedAfterMs
      return isReported
    }
  }
}
