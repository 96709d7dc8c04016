import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import { clientEvents } from '../../../contract/client-events.ts'
import type { ErrorCode } from '../../../contract/errors.ts'
import { createLabelledGauges } from './labelled-gauges.ts'

/** Figures of the live shows on this server. */
export interface LiveFigures {
  sockets: number
  /** Shows by their status. */
  shows: Readonly<Record<'live' | 'interrupted', number>>
  /** People on all stages, by their state there. */
  stage: Readonly<Record<'granted' | 'onStage' | 'suspended', number>>
  waiting: number
  listeners: number
  /** Number of shows that play an item. */
  playing: number
  /** Writes of rooms that are not stored yet. */
  pendingWrites: number
}

/** Metrics of live shows: sockets, commands and rooms. */
export function createRealtimeMeter(registry: Registry) {
  let read: (() => LiveFigures) | undefined
  const gauge = (name: string, help: string, of: (figures: LiveFigures) => number) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        if (read) this.set(of(read()))
      }
    })
  const gauges = createLabelledGauges(registry, () => read?.())

  const durations = new Histogram({
    name: 'ambient_realtime_command_duration_seconds',
    help: 'Time from the arrival of a realtime command to its answer, by event',
    labelNames: ['event'],
    buckets: [0.002, 0.01, 0.05, 0.1, 0.25, 1, 5],
    registers: [registry]
  })
  const rejections = new Counter({
    name: 'ambient_realtime_refusals_total',
    help: 'Realtime commands that were rejected or failed, by event and code',
    labelNames: ['event', 'code'],
    registers: [registry]
  })
  const handshakes = new Counter({
    name: 'ambient_realtime_handshakes_total',
    help: 'Socket handshakes, by outcome: ok, or the code of the rejection',
    labelNames: ['outcome'],
    registers: [registry]
  })
  const closed = new Counter({
    name: 'ambient_realtime_sockets_closed_total',
    help: 'Sockets closed by the server, by reason: flooding, not_reading',
    labelNames: ['reason'],
    registers: [registry]
  })
  const refusedConnections = new Counter({
    name: 'ambient_realtime_connections_refused_total',
    help: 'Connections answered 503, so that a proxy goes to another node, by reason: draining, full, cut_off',
    labelNames: ['reason'],
    registers: [registry]
  })
  gauge('ambient_sockets', 'Open sockets', ({ sockets }) => sockets)
  gauges('ambient_shows', 'Shows on this server, by status', 'status', ({ shows }) => shows)
  gauges(
    'ambient_stage_people',
    'People on the stages of all shows, by their state there',
    'state',
    ({ stage }) => stage
  )
  gauge('ambient_speak_requests_waiting', 'Speak requests without an answer', ({ waiting }) => waiting)
  gauge('ambient_listeners', 'Members of shows, without their creators', ({ listeners }) => listeners)
  gauge('ambient_shows_playing', 'Shows that play an item of their playlist', ({ playing }) => playing)
  gauge('ambient_room_writes_pending', 'Events of rooms that are not stored yet', ({ pendingWrites }) => pendingWrites)

  return {
    /** Binds the function that reads the figures of the rooms; it is called by each scrape. */
    bind(readRooms: () => LiveFigures): void {
      read = readRooms
    },
    /** `event` is the name the client sent. An unknown one is counted as `unknown`. */
    answered(event: string, code: 'ok' | ErrorCode, durationMs: number): void {
      const name = Object.hasOwn(clientEvents, event) ? event : 'unknown'
      durations.observe({ event: name }, durationMs / 1000)
      if (code !== 'ok') rejections.inc({ event: name, code })
    },
    handshakeFinished(outcome: 'ok' | ErrorCode): void {
      handshakes.inc({ outcome })
    },
    connectionRefused(reason: 'draining' | 'full' | 'cut_off'): void {
      refusedConnections.inc({ reason })
    },
    closed(reason: 'flooding' | 'not_reading'): void {
      closed.inc({ reason })
    }
  }
}
