import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import { clientEvents } from '../../../contract/client-events.ts'
import type { ErrorCode } from '../../../contract/errors.ts'
import { fill } from './fill.ts'

/** What is live on this server now. */
export interface LiveFigures {
  sockets: number
  /** Shows by their status. */
  shows: Readonly<Record<'live' | 'interrupted', number>>
  /** People on all stages, by how they stand there. */
  stage: Readonly<Record<'granted' | 'onStage' | 'suspended', number>>
  waiting: number
  listeners: number
  /** Shows that play an item. */
  playing: number
  /** Writes of rooms that the store has not taken yet. */
  pendingWrites: number
}

/** Live shows: sockets, commands, and how the rooms stand. */
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
  const gauges = (
    name: string,
    help: string,
    label: string,
    of: (figures: LiveFigures) => Readonly<Record<string, number>>
  ) =>
    new Gauge({
      name,
      help,
      labelNames: [label],
      registers: [registry],
      collect() {
        if (read) fill(this, label, of(read()))
      }
    })

  const durations = new Histogram({
    name: 'ambient_realtime_command_duration_seconds',
    help: "From a realtime command's arrival to its answer, by event",
    labelNames: ['event'],
    buckets: [0.002, 0.01, 0.05, 0.1, 0.25, 1, 5],
    registers: [registry]
  })
  const refusals = new Counter({
    name: 'ambient_realtime_refusals_total',
    help: 'Realtime commands that were refused, or failed, by event and code',
    labelNames: ['event', 'code'],
    registers: [registry]
  })
  const handshakes = new Counter({
    name: 'ambient_realtime_handshakes_total',
    help: 'Sockets that came, by outcome: ok, or the code they were refused with',
    labelNames: ['outcome'],
    registers: [registry]
  })
  const closed = new Counter({
    name: 'ambient_realtime_sockets_closed_total',
    help: 'Sockets the server closed, by why: flooding, not_reading',
    labelNames: ['reason'],
    registers: [registry]
  })
  gauge('ambient_sockets', 'Sockets that are open', ({ sockets }) => sockets)
  gauges('ambient_shows', 'Shows on this server, by status', 'status', ({ shows }) => shows)
  gauges(
    'ambient_stage_people',
    'People on the stages of all shows, by how they stand there',
    'state',
    ({ stage }) => stage
  )
  gauge(
    'ambient_speak_requests_waiting',
    'People who asked to speak and were not answered yet',
    ({ waiting }) => waiting
  )
  gauge('ambient_listeners', 'People in shows, without their creators', ({ listeners }) => listeners)
  gauge('ambient_shows_playing', 'Shows that play an item of their playlist', ({ playing }) => playing)
  gauge(
    'ambient_room_writes_pending',
    'What happened in rooms and the store has not taken yet',
    ({ pendingWrites }) => pendingWrites
  )

  return {
    /** Who knows the rooms says how they stand, whenever somebody asks. */
    bind(figures: () => LiveFigures): void {
      read = figures
    },
    /** `event` as the client called it: what is none of ours is counted as `unknown`. */
    answered(event: string, code: 'ok' | ErrorCode, durationMs: number): void {
      const name = Object.hasOwn(clientEvents, event) ? event : 'unknown'
      durations.observe({ event: name }, durationMs / 1000)
      if (code !== 'ok') refusals.inc({ event: name, code })
    },
    knocked(outcome: 'ok' | ErrorCode): void {
      handshakes.inc({ outcome })
    },
    closed(reason: 'flooding' | 'not_reading'): void {
      closed.inc({ reason })
    }
  }
}
