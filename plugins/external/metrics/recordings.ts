import { Gauge, type Registry } from 'prom-client'

/** Recorded stints on their way to the storage. */
export function createRecordingMeter(registry: Registry) {
  let countWaiting: (() => number) | undefined
  registry.registerMetric(
    new Gauge({
      name: 'ambient_recorded_stints_waiting',
      help: 'Ended stints of recordings in the spool of this server that are not in the storage yet',
      registers: [],
      collect() {
        if (countWaiting) this.set(countWaiting())
      }
    })
  )

  return {
    /** Binds the function that counts the waiting stints. */
    bind(count: () => number): void {
      countWaiting = count
    }
  }
}
