import type { Rows } from './panels.ts'
import { here, quantile, rate, sumOf } from './queries.ts'

/** Returns the share of sampled listeners whose packet loss is above a ratio. The ratio must be a bucket's bound. */
const lossAbove = (ratio: string) =>
  `1 - sum(${rate('ambient_media_listener_loss_ratio_bucket', `le="${ratio}"`)})` +
  ` / sum(${rate('ambient_media_listener_loss_ratio_count')})`

/** Rows about live shows: listeners, stages and commands. */
export const showRows: Rows = {
  'Experience of listeners': [
    {
      title: 'Join to first sound',
      description:
        'From show:join to the first packet sent to that session; only sessions that join while a sound plays',
      unit: 's',
      lines: {
        median: quantile(0.5, '', 'ambient_media_join_duration_seconds'),
        p90: quantile(0.9, '', 'ambient_media_join_duration_seconds'),
        p99: quantile(0.99, '', 'ambient_media_join_duration_seconds')
      }
    },
    {
      title: 'Packet loss',
      description: 'Share of sampled listeners that lose more than 2 % and 10 %, as receivers report it',
      unit: 'percentunit',
      lines: {
        'over 2 %': lossAbove('0.02'),
        'over 10 %': lossAbove('0.1')
      }
    },
    {
      title: 'Round-trip time',
      description: 'Between server and sampled listeners',
      unit: 's',
      lines: {
        median: quantile(0.5, '', 'ambient_media_listener_round_trip_seconds'),
        p90: quantile(0.9, '', 'ambient_media_listener_round_trip_seconds')
      }
    },
    {
      title: 'Silent joins',
      description: 'Sessions that requested a sound and received no packet within 15 s',
      unit: 'cps',
      lines: { '{{instance}}': rate('ambient_media_joins_silent_total') }
    }
  ],
  Shows: [
    {
      title: 'People connected',
      description: 'To all servers; each server shows the number that it knows',
      unit: 'short',
      lines: { '{{instance}}': `ambient_live_users_connected{${here}}` }
    },
    {
      title: 'Age of the live values',
      description: 'Time since the numbers that people see were refreshed; more than 5 s means that Redis is away',
      unit: 's',
      lines: { '{{instance}}': `ambient_live_values_age_seconds{${here}}` }
    },
    {
      title: 'Shows',
      description: 'By status',
      unit: 'short',
      lines: { '{{status}}': sumOf('status', `ambient_shows{${here}}`), playing: `sum(ambient_shows_playing{${here}})` }
    },
    {
      title: 'HTTP streams',
      description: 'Shows that are streamed over HTTP, and about how many people hear them there',
      unit: 'short',
      lines: {
        shows: `sum(ambient_streams{${here}})`,
        listeners: `sum(ambient_stream_listeners{${here}})`
      }
    },
    {
      title: 'Trouble of HTTP streams',
      description: 'Encoders that were started again, and listeners who were cut off because they did not read',
      unit: 'cps',
      lines: {
        'encoder restarts': `sum(${rate('ambient_stream_encoder_restarts_total')})`,
        'listeners cut off': `sum(${rate('ambient_stream_listeners_dropped_total')})`
      }
    },
    {
      title: 'Listeners',
      description: 'People in shows, without their creators, by server',
      unit: 'short',
      lines: { '{{instance}}': `ambient_listeners{${here}}` }
    },
    {
      title: 'Stage and request queue',
      description: 'People on all stages by state, and waiting speak requests',
      unit: 'short',
      lines: {
        '{{state}}': sumOf('state', `ambient_stage_people{${here}}`),
        waiting: `sum(ambient_speak_requests_waiting{${here}})`
      }
    }
  ],
  Commands: [
    {
      title: 'Commands per second',
      description: 'Commands over sockets, by event',
      unit: 'cps',
      lines: { '{{event}}': sumOf('event', rate('ambient_realtime_command_duration_seconds_count')) }
    },
    {
      title: 'Command duration, p95',
      description: 'From arrival to acknowledgement, by event',
      unit: 's',
      lines: { '{{event}}': quantile(0.95, 'event, ', 'ambient_realtime_command_duration_seconds') }
    },
    {
      title: 'Refused commands',
      description: 'By event and code',
      unit: 'cps',
      lines: { '{{event}} {{code}}': sumOf('event, code', rate('ambient_realtime_refusals_total')) }
    },
    {
      title: 'Handshakes, refused and closed sockets',
      description: 'Handshakes by outcome (ok or an error code); connections answered 503 and closed sockets by reason',
      unit: 'cps',
      lines: {
        '{{outcome}}': sumOf('outcome', rate('ambient_realtime_handshakes_total')),
        'answered 503: {{reason}}': sumOf('reason', rate('ambient_realtime_connections_refused_total')),
        'closed: {{reason}}': sumOf('reason', rate('ambient_realtime_sockets_closed_total'))
      }
    }
  ]
}
