import type { Rows } from './panels.ts'
import { here, quantile, rate, sumOf } from './queries.ts'

/** Rows about the server: HTTP, media workers, dependencies and the process. */
export const serverRows: Rows = {
  HTTP: [
    {
      title: 'Requests per second',
      description: 'By route',
      unit: 'cps',
      lines: { '{{method}} {{route}}': sumOf('method, route', rate('ambient_http_request_duration_seconds_count')) }
    },
    {
      title: 'Request duration, p95',
      description: 'By route',
      unit: 's',
      lines: { '{{route}}': quantile(0.95, 'route, ', 'ambient_http_request_duration_seconds') }
    },
    {
      title: 'Refused requests',
      description: 'By code',
      unit: 'cps',
      lines: { '{{code}}': sumOf('code', rate('ambient_http_refusals_total')) }
    }
  ],
  Media: [
    {
      title: 'CPU of the media workers',
      description: '100 % is one core, the maximum of a worker',
      unit: 'percentunit',
      lines: { '{{instance}} {{worker}}': rate('ambient_media_worker_cpu_seconds_total') }
    },
    {
      title: 'Sent and received',
      description: 'By worker; transports are sampled in turn, so the value lags by up to a minute',
      unit: 'Bps',
      lines: {
        'sent {{worker}}': rate('ambient_media_worker_sent_bytes_total'),
        'received {{worker}}': rate('ambient_media_worker_received_bytes_total')
      }
    },
    {
      title: 'Outgoing streams',
      description: 'Consumers by worker, and the producers of voices and songs',
      unit: 'short',
      lines: {
        'worker {{worker}}': `ambient_media_worker_consumers{${here}}`,
        producers: `sum(ambient_media_producers{${here}})`
      }
    },
    {
      title: 'Sessions',
      description: 'By worker; from MEDIA_LISTENERS_PER_WORKER sessions a show uses one more worker',
      unit: 'short',
      lines: { 'worker {{worker}}': `ambient_media_worker_sessions{${here}}` }
    },
    {
      title: 'Memory of the workers',
      description: 'Peak memory since the start of the worker',
      unit: 'bytes',
      lines: { 'worker {{worker}}': `ambient_media_worker_memory_bytes{${here}}` }
    },
    {
      title: 'Workers',
      description: 'Running workers, and deaths',
      unit: 'short',
      lines: {
        running: `sum(ambient_media_workers{${here}})`,
        died: `sum(increase(ambient_media_worker_deaths_total{${here}}[$__rate_interval]))`
      }
    }
  ],
  'Store, songs, Spotify': [
    {
      title: 'Store command duration, p95',
      description: 'By command',
      unit: 's',
      lines: { '{{command}}': quantile(0.95, 'command, ', 'ambient_store_command_duration_seconds') }
    },
    {
      title: 'Store commands per second',
      description: 'By command, with failures',
      unit: 'cps',
      lines: {
        '{{command}}': sumOf('command', rate('ambient_store_command_duration_seconds_count')),
        'failed {{command}}': sumOf('command', rate('ambient_store_command_failures_total'))
      }
    },
    {
      title: 'Pending writes of rooms',
      description: 'Events of live rooms that are not stored yet; the value should return to 0 within seconds',
      unit: 'short',
      lines: { '{{instance}}': `ambient_room_writes_pending{${here}}` }
    },
    {
      title: 'Songs',
      description: 'Waiting uploads, and outcomes of the last hour',
      unit: 'short',
      lines: {
        waiting: `max(ambient_songs_waiting{${here}})`,
        '{{outcome}}': sumOf('outcome', `increase(ambient_songs_processed_total{${here}}[1h])`)
      }
    },
    {
      title: 'Recorded stints in spools',
      description: 'Ended stints that are not in the storage yet; the value should return to 0 within seconds',
      unit: 'short',
      lines: { '{{instance}}': `ambient_recorded_stints_waiting{${here}}` }
    },
    {
      title: 'Transcoding duration',
      description: 'One attempt',
      unit: 's',
      lines: {
        median: quantile(0.5, '', 'ambient_song_processing_duration_seconds'),
        p90: quantile(0.9, '', 'ambient_song_processing_duration_seconds')
      }
    },
    {
      title: 'Mixing of replays',
      description: 'Outcomes of the last hour, and the duration of one attempt',
      unit: 'short',
      lines: {
        '{{outcome}}': sumOf('outcome', `increase(ambient_replays_mixed_total{${here}}[1h])`),
        'p90 of the duration, s': quantile(0.9, '', 'ambient_replay_mixing_duration_seconds')
      }
    },
    {
      title: 'Spotify',
      description: 'Requests by outcome (wait is a 429), and the time until the next request is allowed',
      unit: 'cps',
      lines: {
        '{{outcome}}': sumOf('outcome', rate('ambient_spotify_calls_total')),
        'wait time, s': `max(ambient_spotify_wait_seconds{${here}})`
      }
    },
    {
      title: 'Spotify request duration, p95',
      description: 'All requests',
      unit: 's',
      lines: { all: quantile(0.95, '', 'ambient_spotify_call_duration_seconds') }
    },
    {
      title: 'Calls to metadata repositories',
      description: 'By source and outcome; all nodes together make at most one per second to each source',
      unit: 'cps',
      lines: { '{{source}} {{outcome}}': sumOf('source, outcome', rate('ambient_metadata_calls_total')) }
    },
    {
      title: 'Calls to the transcriber',
      description: 'By outcome',
      unit: 'cps',
      lines: { '{{outcome}}': sumOf('outcome', rate('ambient_transcriber_calls_total')) }
    },
    {
      title: 'Transcribed stints, and audio sent for them',
      description: 'Per hour: stints by outcome, and hours of audio, which Speechmatics charges for',
      unit: 'short',
      lines: {
        '{{outcome}}': sumOf('outcome', `increase(ambient_transcribed_stints_total{${here}}[1h])`),
        'hours sent': `sum(increase(ambient_transcriber_audio_seconds_total{${here}}[1h])) / 3600`
      }
    },
    {
      title: 'Messages to followers',
      description: 'Per hour, by channel and outcome; others than sent and failed were not wanted any more',
      unit: 'short',
      lines: {
        '{{channel}} {{outcome}}': sumOf('channel, outcome', `increase(ambient_notifications_total{${here}}[1h])`)
      }
    },
    {
      title: 'Messages to webhooks',
      description: 'Per hour, by outcome',
      unit: 'short',
      lines: { '{{outcome}}': sumOf('outcome', `increase(ambient_webhook_deliveries_total{${here}}[1h])`) }
    },
    {
      title: 'Waiting time of metadata calls, p95',
      description: 'Time until the turn of a call, by source',
      unit: 's',
      lines: { '{{source}}': quantile(0.95, 'source, ', 'ambient_metadata_call_wait_seconds') }
    }
  ],
  Process: [
    {
      title: 'CPU of Node.js',
      description: '100 % is one core; garbage collection and file access can use more',
      unit: 'percentunit',
      lines: { '{{instance}}': rate('process_cpu_seconds_total', 'job="ambient"') }
    },
    {
      title: 'Event loop lag',
      description: 'Median and 99th percentile',
      unit: 's',
      lines: {
        '{{instance}} median': `nodejs_eventloop_lag_p50_seconds{${here}, job="ambient"}`,
        '{{instance}} p99': `nodejs_eventloop_lag_p99_seconds{${here}, job="ambient"}`
      }
    },
    {
      title: 'Memory',
      description: 'Node.js process, without the media workers',
      unit: 'bytes',
      lines: {
        '{{instance}}': `process_resident_memory_bytes{${here}, job="ambient"}`,
        '{{instance}} heap': `nodejs_heap_size_used_bytes{${here}, job="ambient"}`
      }
    },
    {
      title: 'File descriptors',
      description: 'Share of the limit that is open',
      unit: 'percentunit',
      lines: { '{{instance}}': `process_open_fds{${here}, job="ambient"} / process_max_fds{${here}, job="ambient"}` }
    },
    {
      title: 'Versions',
      description: 'Running versions, and draining servers',
      unit: 'short',
      lines: {
        '{{version}} on Node {{node}}, {{store}}': `count by (version, node, store) (ambient_build_info{${here}})`,
        draining: `sum(ambient_draining{${here}})`
      }
    }
  ]
}
