import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import { createLabelledGauges } from './labelled-gauges.ts'

/** Figures of this node in the cluster. */
export interface ClusterFigures {
  /** Shows whose home is this node, and shows that it follows. */
  shows: Readonly<Record<'home' | 'followed', number>>
  /** Ends of links on this node, over which it receives and sends voices. */
  links: Readonly<Record<'receiving' | 'sending', number>>
  /** Whether the other nodes take this node for alive. */
  isSure: boolean
}

/** Metrics of several nodes. A single node has them too, with nothing in them. */
export function createClusterMeter(registry: Registry) {
  let read: (() => ClusterFigures) | undefined
  const gauges = createLabelledGauges(registry, () => read?.())
  const counter = (name: string, help: string, labelNames: string[] = []) =>
    new Counter({ name, help, labelNames, registers: [registry] })

  gauges('ambient_cluster_shows', 'Shows by the place of this node: home, followed', 'place', ({ shows }) => shows)
  gauges('ambient_cluster_links', 'Ends of audio links to other nodes: receiving, sending', 'way', ({ links }) => links)
  const sure = new Gauge({
    name: 'ambient_cluster_sure',
    help: '1 while the other nodes take this node for alive',
    registers: [registry],
    collect() {
      if (read) sure.set(Number(read().isSure))
    }
  })
  const takeovers = counter('ambient_cluster_takeovers_total', 'Shows taken over from a node that was lost or stopped')
  const deposed = counter('ambient_cluster_deposed_total', 'Shows that another node took from this one')
  const nodesLost = counter('ambient_cluster_nodes_lost_total', 'Other nodes that disappeared without being stopped')
  const refollows = counter('ambient_cluster_refollows_total', 'Times a followed show was read again after a gap')
  const dropped = counter('ambient_cluster_messages_dropped_total', 'Messages that were not understood', ['from'])
  const questions = new Histogram({
    name: 'ambient_cluster_question_duration_seconds',
    help: 'Time from a question to another node to its answer, by kind and outcome',
    labelNames: ['kind', 'outcome'],
    buckets: [0.001, 0.002, 0.005, 0.01, 0.05, 0.25, 1, 4],
    registers: [registry]
  })
  const roundTrip = new Histogram({
    name: 'ambient_cluster_redis_round_trip_seconds',
    help: 'Time of a renewal in Redis',
    buckets: [0.001, 0.002, 0.005, 0.01, 0.05, 0.25, 1],
    registers: [registry]
  })

  return {
    /** Binds the function that reads the figures; it is called by each scrape. */
    bind(readCluster: () => ClusterFigures): void {
      read = readCluster
    },
    tookOver: () => takeovers.inc(),
    wasDeposed: () => deposed.inc(),
    lostNode: () => nodesLost.inc(),
    refollowed: () => refollows.inc(),
    /** `from` names where the message was. */
    dropped: (from: string) => dropped.inc({ from }),
    /** `code` is null for an answer, or the code of the error. Kinds are those of this server. */
    asked(kind: string, code: string | null, durationMs: number): void {
      questions.observe({ kind, outcome: code ?? 'ok' }, durationMs / 1000)
    },
    renewed: (ms: number) => roundTrip.observe(ms / 1000)
  }
}
