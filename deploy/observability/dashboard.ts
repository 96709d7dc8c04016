/*
 * node deploy/observability/dashboard.ts > deploy/observability/dashboard.json
 *
 * The Grafana dashboard, by Grafana's own builders, so that it is of the shape Grafana reads: for import under Dashboards → New → Import.
 */
import {
  DashboardBuilder,
  DashboardCursorSync,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
  VariableSort
} from '@grafana/grafana-foundation-sdk/dashboard'
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus'
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat'
import { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries'

/** What a panel shows: each expression with what to call its lines. */
type Lines = Readonly<Record<string, string>>

interface Chart {
  title: string
  about: string
  unit: 'short' | 's' | 'bytes' | 'Bps' | 'percentunit' | 'cps'
  lines: Lines
  wide?: boolean
}

const datasource = { type: 'prometheus', uid: '$datasource' }
const here = 'instance=~"$instance"'
const [third, half] = [8, 12]
const tall = 8
const short = 4

const rate = (metric: string, labels = '') =>
  `rate(${metric}{${[here, labels].filter(part => part !== '').join(', ')}}[$__rate_interval])`
const sumOf = (by: string, inner: string) => `sum by (${by}) (${inner})`
const quantile = (q: number, by: string, metric: string, labels = '') =>
  `histogram_quantile(${q}, ${sumOf(`${by}le`, rate(`${metric}_bucket`, labels))})`

function queries(lines: Lines): DataqueryBuilder[] {
  return Object.entries(lines).map(([name, expression], index) =>
    new DataqueryBuilder()
      .refId(String.fromCharCode(65 + index))
      .expr(expression)
      .legendFormat(name)
  )
}

function stat(title: string, about: string, expression: string, unit = 'short'): StatBuilder {
  return new StatBuilder()
    .title(title)
    .description(about)
    .datasource(datasource)
    .unit(unit)
    .height(short)
    .span(short)
    .targets(queries({ '': expression }))
}

function chart({ title, about, unit, lines, wide = false }: Chart): TimeseriesBuilder {
  return new TimeseriesBuilder()
    .title(title)
    .description(about)
    .datasource(datasource)
    .unit(unit)
    .min(0)
    .height(tall)
    .span(wide ? half : third)
    .targets(queries(lines))
}

const now: StatBuilder[] = [
  stat('Up', 'Servers that answer', 'sum(up{job="ambient", instance=~"$instance"})'),
  stat('Shows', 'Live or interrupted', `sum(ambient_shows{${here}})`),
  stat('Listeners', 'People in shows, without their creators', `sum(ambient_listeners{${here}})`),
  stat('Sockets', 'Open connections', `sum(ambient_sockets{${here}})`),
  stat('On stage', 'People who can be heard', `sum(ambient_stage_people{${here}, state="onStage"})`),
  stat('Lacking', 'Dependencies that do not answer: then /readyz says no', `sum(1 - ambient_dependency_up{${here}})`)
]

const rows: Readonly<Record<string, readonly Chart[]>> = {
  'What listeners get': [
    {
      title: 'From joining to the first sound',
      about: 'From show:join to the first packet sent to that session, of sessions that came while somebody was heard',
      unit: 's',
      lines: {
        half: quantile(0.5, '', 'ambient_media_join_duration_seconds'),
        '9 of 10': quantile(0.9, '', 'ambient_media_join_duration_seconds'),
        '99 of 100': quantile(0.99, '', 'ambient_media_join_duration_seconds')
      }
    },
    {
      title: 'Packets lost',
      about: 'As receivers report it: listeners that lose more than 2 and 10 %, of those looked at in turn',
      unit: 'percentunit',
      lines: {
        'over 2 %': `1 - sum(${rate('ambient_media_listener_loss_ratio_bucket', 'le="0.02"')}) / sum(${rate('ambient_media_listener_loss_ratio_count')})`,
        'over 10 %': `1 - sum(${rate('ambient_media_listener_loss_ratio_bucket', 'le="0.1"')}) / sum(${rate('ambient_media_listener_loss_ratio_count')})`
      }
    },
    {
      title: 'There and back',
      about: 'Between server and listener, of listeners looked at in turn; and those who asked for sound and got none',
      unit: 's',
      lines: {
        half: quantile(0.5, '', 'ambient_media_listener_round_trip_seconds'),
        '9 of 10': quantile(0.9, '', 'ambient_media_listener_round_trip_seconds')
      }
    },
    {
      title: 'Joins that stayed silent',
      about: 'Sessions that asked for a sound and were sent none within 15 s',
      unit: 'cps',
      lines: { '{{instance}}': rate('ambient_media_joins_silent_total') }
    }
  ],
  Shows: [
    {
      title: 'Shows',
      about: 'By status',
      unit: 'short',
      lines: { '{{status}}': sumOf('status', `ambient_shows{${here}}`), playing: `sum(ambient_shows_playing{${here}})` }
    },
    {
      title: 'Listeners',
      about: 'People in shows, without their creators; each server',
      unit: 'short',
      lines: { '{{instance}}': `ambient_listeners{${here}}` }
    },
    {
      title: 'Stage and queue',
      about: 'People on all stages by how they stand, and those who wait',
      unit: 'short',
      lines: {
        '{{state}}': sumOf('state', `ambient_stage_people{${here}}`),
        waiting: `sum(ambient_speak_requests_waiting{${here}})`
      }
    }
  ],
  Commands: [
    {
      title: 'Commands a second',
      about: 'Over sockets, by event',
      unit: 'cps',
      lines: { '{{event}}': sumOf('event', rate('ambient_realtime_command_duration_seconds_count')) }
    },
    {
      title: 'Commands: 95 of 100 take',
      about: 'From arrival to answer, by event',
      unit: 's',
      lines: { '{{event}}': quantile(0.95, 'event, ', 'ambient_realtime_command_duration_seconds') }
    },
    {
      title: 'Commands refused',
      about: 'By event and code',
      unit: 'cps',
      lines: { '{{event}} {{code}}': sumOf('event, code', rate('ambient_realtime_refusals_total')) }
    },
    {
      title: 'Sockets that came',
      about: 'By outcome: ok, or the code they were refused with',
      unit: 'cps',
      lines: {
        '{{outcome}}': sumOf('outcome', rate('ambient_realtime_handshakes_total')),
        'closed: {{reason}}': sumOf('reason', rate('ambient_realtime_sockets_closed_total'))
      }
    }
  ],
  HTTP: [
    {
      title: 'Requests a second',
      about: 'By route',
      unit: 'cps',
      lines: { '{{method}} {{route}}': sumOf('method, route', rate('ambient_http_request_duration_seconds_count')) }
    },
    {
      title: 'Requests: 95 of 100 take',
      about: 'By route',
      unit: 's',
      lines: { '{{route}}': quantile(0.95, 'route, ', 'ambient_http_request_duration_seconds') }
    },
    {
      title: 'Requests refused',
      about: 'By code',
      unit: 'cps',
      lines: { '{{code}}': sumOf('code', rate('ambient_http_refusals_total')) }
    }
  ],
  Media: [
    {
      title: 'CPU of the media workers',
      about: "100 % is a whole core: a worker can't use more",
      unit: 'percentunit',
      lines: { '{{instance}} {{worker}}': rate('ambient_media_worker_cpu_seconds_total') }
    },
    {
      title: 'Sent and received',
      about: 'By worker, as far as transports were read: each in turn, so it lags by up to a minute',
      unit: 'Bps',
      lines: {
        'sent {{worker}}': rate('ambient_media_worker_sent_bytes_total'),
        'received {{worker}}': rate('ambient_media_worker_received_bytes_total')
      }
    },
    {
      title: 'Streams out',
      about: 'Consumers by worker, and the voices and songs they carry',
      unit: 'short',
      lines: {
        'worker {{worker}}': `ambient_media_worker_consumers{${here}}`,
        'voices and songs': `sum(ambient_media_producers{${here}})`
      }
    },
    {
      title: 'Sessions',
      about: 'By worker: MEDIA_LISTENERS_PER_WORKER says when a show goes on to the next',
      unit: 'short',
      lines: { 'worker {{worker}}': `ambient_media_worker_sessions{${here}}` }
    },
    {
      title: 'Memory of the workers',
      about: 'The most each had since its start',
      unit: 'bytes',
      lines: { 'worker {{worker}}': `ambient_media_worker_memory_bytes{${here}}` }
    },
    {
      title: 'Workers',
      about: 'That live, and that died',
      unit: 'short',
      lines: {
        living: `sum(ambient_media_workers{${here}})`,
        died: `sum(increase(ambient_media_worker_deaths_total{${here}}[$__rate_interval]))`
      }
    }
  ],
  'Store, songs, Spotify': [
    {
      title: 'Store: 95 of 100 take',
      about: 'By command',
      unit: 's',
      lines: { '{{command}}': quantile(0.95, 'command, ', 'ambient_store_command_duration_seconds') }
    },
    {
      title: 'Store: commands a second',
      about: 'And those that failed',
      unit: 'cps',
      lines: {
        '{{command}}': sumOf('command', rate('ambient_store_command_duration_seconds_count')),
        'failed {{command}}': sumOf('command', rate('ambient_store_command_failures_total'))
      }
    },
    {
      title: 'Writes of rooms that wait',
      about:
        'What happened in live rooms and the store has not taken: more than a few for more than a moment is trouble',
      unit: 'short',
      lines: { '{{instance}}': `ambient_room_writes_pending{${here}}` }
    },
    {
      title: 'Songs',
      about: 'Uploads that wait, and what became of others in an hour',
      unit: 'short',
      lines: {
        waiting: `max(ambient_songs_waiting{${here}})`,
        '{{outcome}}': sumOf('outcome', `increase(ambient_songs_processed_total{${here}}[1h])`)
      }
    },
    {
      title: 'Making a song takes',
      about: 'One try',
      unit: 's',
      lines: {
        half: quantile(0.5, '', 'ambient_song_processing_duration_seconds'),
        '9 of 10': quantile(0.9, '', 'ambient_song_processing_duration_seconds')
      }
    },
    {
      title: 'Spotify',
      about: 'Questions by outcome (wait is a 429), and for how long we may not ask',
      unit: 'cps',
      lines: {
        '{{outcome}}': sumOf('outcome', rate('ambient_spotify_calls_total')),
        'seconds to wait': `max(ambient_spotify_wait_seconds{${here}})`
      }
    },
    {
      title: 'Spotify: 95 of 100 take',
      about: 'Of all questions',
      unit: 's',
      lines: { all: quantile(0.95, '', 'ambient_spotify_call_duration_seconds') }
    }
  ],
  Process: [
    {
      title: 'CPU of Node',
      about: '100 % is a whole core; some more is for garbage and files',
      unit: 'percentunit',
      lines: { '{{instance}}': rate('process_cpu_seconds_total', 'job="ambient"') }
    },
    {
      title: 'Event loop',
      about: 'How late it is',
      unit: 's',
      lines: {
        '{{instance}} half': `nodejs_eventloop_lag_p50_seconds{${here}, job="ambient"}`,
        '{{instance}} 99 of 100': `nodejs_eventloop_lag_p99_seconds{${here}, job="ambient"}`
      }
    },
    {
      title: 'Memory',
      about: 'Of the Node process, without the media workers',
      unit: 'bytes',
      lines: {
        '{{instance}}': `process_resident_memory_bytes{${here}, job="ambient"}`,
        '{{instance}} heap': `nodejs_heap_size_used_bytes{${here}, job="ambient"}`
      }
    },
    {
      title: 'File descriptors',
      about: 'Open, of those that may be',
      unit: 'percentunit',
      lines: { '{{instance}}': `process_open_fds{${here}, job="ambient"} / process_max_fds{${here}, job="ambient"}` }
    },
    {
      title: 'Versions',
      about: 'What runs',
      unit: 'short',
      lines: {
        '{{version}} on Node {{node}}, {{store}}': `count by (version, node, store) (ambient_build_info{${here}})`,
        draining: `sum(ambient_draining{${here}})`
      }
    }
  ]
}

export function dashboard() {
  const board = new DashboardBuilder('Ambient')
    .uid('ambient')
    .tags(['ambient'])
    .refresh('30s')
    .time({ from: 'now-3h', to: 'now' })
    .tooltip(DashboardCursorSync.Crosshair)
    .withVariable(new DatasourceVariableBuilder('datasource').label('Prometheus').type('prometheus'))
    .withVariable(
      new QueryVariableBuilder('instance')
        .label('Server')
        .datasource(datasource)
        .query('label_values(ambient_build_info, instance)')
        .refresh(VariableRefresh.OnTimeRangeChanged)
        .sort(VariableSort.AlphabeticalAsc)
        .multi(true)
        .includeAll(true)
    )
  for (const panel of now) board.withPanel(panel)
  for (const [title, charts] of Object.entries(rows)) {
    board.withRow(new RowBuilder(title))
    for (const one of charts) board.withPanel(chart(one))
  }
  return board.build()
}

if (import.meta.main) process.stdout.write(`${JSON.stringify(dashboard(), null, 2)}\n`)
