import type { Rows } from './panels.ts'
import { here, quantile, rate, sumOf } from './queries.ts'

const increase = (metric: string) => `increase(${metric}{${here}}[$__rate_interval])`

/** The row about several nodes. With a single node its lines are 0 or empty. */
export const clusterRows: Rows = {
  'Several nodes': [
    {
      title: 'Homes and followed shows',
      description: 'Shows by server: those that it decides, and those of other nodes in which it has members',
      unit: 'short',
      lines: { '{{instance}} {{place}}': `ambient_cluster_shows{${here}}` }
    },
    {
      title: 'Taken for alive',
      description:
        '1 while the other nodes take a server for alive, 0 while it cannot reach Redis; a single node has 1',
      unit: 'short',
      lines: { '{{instance}}': `ambient_cluster_sure{${here}}` }
    },
    {
      title: 'Nodes lost, shows moved',
      description:
        'Lost nodes as each other node counts them, shows taken over, and shows that others took from a running server',
      unit: 'short',
      lines: {
        '{{instance}} lost a node': increase('ambient_cluster_nodes_lost_total'),
        '{{instance}} took over': increase('ambient_cluster_takeovers_total'),
        '{{instance}} deposed': increase('ambient_cluster_deposed_total')
      }
    },
    {
      title: 'Sequence of events: lag',
      description: 'Age of the oldest event that Kafka, or the fold inside of the server, does not have',
      unit: 's',
      lines: {
        '{{instance}}': `ambient_events_lag_seconds{${here}}`,
        '{{instance}} interrupted': `ambient_events_interrupted{${here}}`
      }
    },
    {
      title: 'Sequence of events: sent',
      description: 'Events by stream, failed attempts, events that could not be read, and shows that wait',
      unit: 'short',
      lines: {
        '{{instance}} {{stream}}': rate('ambient_events_relayed_total'),
        '{{instance}} failures': increase('ambient_events_failures_total'),
        '{{instance}} unreadable': increase('ambient_events_unreadable_total'),
        '{{instance}} waiting shows': `ambient_events_waiting_shows{${here}}`
      }
    },
    {
      title: 'Forwarded commands, p95',
      description: 'From the node of the member to the home and back; renewals in Redis for comparison',
      unit: 's',
      lines: {
        '{{instance}} commands': quantile(
          0.95,
          'instance, ',
          'ambient_cluster_question_duration_seconds',
          'kind="room:command"'
        ),
        '{{instance}} Redis': quantile(0.95, 'instance, ', 'ambient_cluster_redis_round_trip_seconds')
      }
    },
    {
      title: 'Questions between nodes',
      description: 'By kind and outcome (ok or an error code)',
      unit: 'cps',
      lines: {
        '{{kind}} {{outcome}}': sumOf('kind, outcome', rate('ambient_cluster_question_duration_seconds_count'))
      }
    },
    {
      title: 'Refollows and dropped messages',
      description: 'Followed shows that were read again after a gap, and messages that were not understood',
      unit: 'cps',
      lines: {
        '{{instance}} refollows': rate('ambient_cluster_refollows_total'),
        '{{instance}} dropped from {{from}}': rate('ambient_cluster_messages_dropped_total')
      }
    },
    {
      title: 'Audio links',
      description: 'Ends of links on each server that receive or send voices',
      unit: 'short',
      lines: { '{{instance}} {{way}}': `ambient_cluster_links{${here}}` }
    }
  ]
}
