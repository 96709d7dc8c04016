/** A voice of this node, as the room knows it. */
export interface ReportedVoice {
  readonly userId: string
  readonly producerId: string
}

/** Tells the home of a show which voices of one recording are not recorded, one report of a voice after another. */
export interface VoiceReports {
  /** Reports the voice, unless the home knows it so already. Waits for nothing. */
  changed(voice: ReportedVoice, isRecorded: boolean): void
}

export interface VoiceReportsParts {
  send(voice: ReportedVoice, isRecorded: boolean): Promise<void>
  /** Calls again until it resolves. Rejects when the recording is over, or after many calls. */
  repeat(send: () => Promise<void>): Promise<void>
  onFailed(error: unknown): void
}

interface VoiceState {
  isRecorded: boolean
  /** The last that the home was told for certain; null when it is not known whether a report arrived. */
  told: boolean | null
  isTelling: boolean
}

/** Creates the reports of one recording. */
export function createVoiceReports({ send, repeat, onFailed }: VoiceReportsParts): VoiceReports {
  /** By producer id. A voice that the home knows as recorded is not in it. */
  const voices = new Map<string, VoiceState>()

  async function sendLatest(voice: ReportedVoice, state: VoiceState): Promise<void> {
    const { isRecorded } = state
    state.told = null
    await send(voice, isRecorded)
    state.told = isRecorded
  }

  async function tell(voice: ReportedVoice, state: VoiceState): Promise<void> {
    state.isTelling = true
    try {
      while (state.told !== state.isRecorded) await repeat(async () => await sendLatest(voice, state))
      if (state.isRecorded) voices.delete(voice.producerId)
    } catch (error) {
      onFailed(error)
    } finally {
      state.isTelling = false
    }
  }

  return {
    changed(voice, isRecorded) {
      const state = voices.get(voice.producerId) ?? { isRecorded, told: true, isTelling: false }
      state.isRecorded = isRecorded
      voices.set(voice.producerId, state)
      if (!state.isTelling) tell(voice, state)
    }
  }
}
