import { Counter, type Registry } from 'prom-client'

/**
 * Outcome of a call to the transcriber: `ok`; `wait`, it asked to wait; `refused`, it refused the key; `failed`, any
 * other answer; `away`, none.
 */
export type TranscriberOutcome = 'ok' | 'wait' | 'refused' | 'failed' | 'away'

/** Metrics of the transcriber. */
export function createTranscriptMeter(registry: Registry) {
  const calls = new Counter({
    name: 'ambient_transcriber_calls_total',
    help: 'Calls to the transcriber by outcome; wait is an answer that asks to wait',
    labelNames: ['outcome'],
    registers: [registry]
  })
  const audio = new Counter({
    name: 'ambient_transcriber_audio_seconds_total',
    help: 'Length of the audio that was sent to the transcriber, without long pauses',
    registers: [registry]
  })
  const stints = new Counter({
    name: 'ambient_transcribed_stints_total',
    help: 'Stints by what became of them: transcribed, or rejected by the transcriber',
    labelNames: ['outcome'],
    registers: [registry]
  })

  return {
    called: (outcome: TranscriberOutcome): void => calls.inc({ outcome }),
    sent: (durationMs: number): void => audio.inc(durationMs / 1000),
    finished: (outcome: 'transcribed' | 'rejected'): void => stints.inc({ outcome })
  }
}
