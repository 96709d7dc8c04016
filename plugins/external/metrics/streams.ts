import { Counter, Gauge, type Registry } from 'prom-client'

/** Streams of live shows over HTTP, now. */
export interface StreamFigures {
  shows: number
  listeners: number
}

/** Metrics of the streams of live shows over HTTP. */
export function createStreamMeter(registry: Registry) {
  let read: (() => StreamFigures) | undefined
  const registers = [registry]
  const gauge = (name: string, help: string, of: (figures: StreamFigures) => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        if (read) this.set(of(read()))
      }
    })

  gauge('ambient_streams', 'Shows that this node streams over HTTP', ({ shows }) => shows)
  gauge('ambient_stream_listeners', 'Listeners of HTTP streams, about', ({ listeners }) => listeners)
  const crashes = new Counter({
    name: 'ambient_stream_encoder_restarts_total',
    help: 'Encoders of streams that ended by themselves and were started again',
    registers
  })
  const dropped = new Counter({
    name: 'ambient_stream_listeners_dropped_total',
    help: 'Listeners of streams that were cut off because they did not read',
    registers
  })
  return {
    /** Binds the function that reads the figures; it is called by each scrape. */
    bind(readFigures: () => StreamFigures): void {
      read = readFigures
    },
    onEncoderCrash: () => crashes.inc(),
    onListenerDropped: () => dropped.inc()
  }
}
