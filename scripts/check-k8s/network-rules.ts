import { variablesOf } from './environment.ts'
import {
  labelsOf,
  node,
  ofKind,
  selects,
  workloads,
  type Manifest,
  type NetworkPeer,
  type NetworkRule
} from './manifest.ts'
import { configOf, mediaPorts } from './node-rules.ts'
import type { Rule } from './rule.ts'

type Peers = NetworkPeer[] | undefined
interface Flow {
  port: number
  protocol: 'UDP' | 'TCP'
}

/** The rules of one direction that are about Ambient's own pods. */
function rulesFor(manifests: readonly Manifest[], direction: 'ingress' | 'egress'): NetworkRule[] {
  const { labels } = node(manifests).template.metadata
  return ofKind(manifests, 'NetworkPolicy')
    .filter(policy => selects(labelsOf(policy), labels))
    .flatMap(({ spec }) => spec?.[direction] ?? [])
}

/** Who is let through on a port; null where nobody is, an empty list for everybody. */
function allowed(
  rules: readonly NetworkRule[],
  peers: (rule: NetworkRule) => Peers,
  { port, protocol }: Flow
): NetworkPeer[] | null {
  const fitting = rules.filter(
    ({ ports }) =>
      ports === undefined ||
      ports.some(
        rule =>
          (rule.protocol ?? 'TCP') === protocol &&
          (rule.port === undefined ||
            (typeof rule.port === 'number' && rule.port <= port && port <= (rule.endPort ?? rule.port)))
      )
  )
  if (fitting.length === 0) return null
  return fitting.some(rule => peers(rule) === undefined) ? [] : fitting.flatMap(rule => peers(rule) ?? [])
}

/** What a node calls, by what it is told of. */
function calls(manifests: readonly Manifest[]): Array<Flow & { what: string }> {
  const names = new Set(variablesOf(node(manifests).container, manifests).map(({ name }) => name))
  const tcp = (what: string, port: number) => ({ what, port, protocol: 'TCP' as const })
  return [
    { what: 'names', port: 53, protocol: 'UDP' },
    tcp('names', 53),
    tcp('Spotify, OpenID Connect and S3', 443),
    ...(names.has('MONGODB_URL') ? [tcp('MongoDB', 27_017)] : []),
    ...(names.has('REDIS_URL') ? [tcp('Redis', 6379)] : [])
  ]
}

function blockedMistakes(manifests: readonly Manifest[]): string[] {
  const egress = rulesFor(manifests, 'egress')
  const ingress = rulesFor(manifests, 'ingress')
  const { PORT, METRICS_PORT } = configOf(manifests)
  const isMonitored = ofKind(manifests, 'ServiceMonitor').length > 0
  const hasWayIn = ofKind(manifests, 'HTTPRoute').length + ofKind(manifests, 'Deployment', 'nginx').length > 0
  return [
    ...calls(manifests)
      .filter(flow => allowed(egress, rule => rule.to, flow) === null)
      .map(({ what, port }) => `${what} can't be reached on ${port}`),
    ...mediaPorts(manifests)
      .filter(flow => allowed(ingress, rule => rule.from, flow)?.length !== 0)
      .map(({ port, protocol }) => `media can't come in by ${protocol} ${port}`),
    ...(hasWayIn && allowed(ingress, rule => rule.from, { port: PORT, protocol: 'TCP' }) === null
      ? ['nobody may ask anything']
      : []),
    ...(isMonitored && allowed(ingress, rule => rule.from, { port: METRICS_PORT ?? 0, protocol: 'TCP' }) === null
      ? ['nobody may read the numbers']
      : [])
  ]
}

function openMistakes(manifests: readonly Manifest[]): string[] {
  const ingress = rulesFor(manifests, 'ingress')
  const { PORT, METRICS_PORT } = configOf(manifests)
  const open = (port: number) =>
    allowed(ingress, rule => rule.from, { port, protocol: 'TCP' })?.some(
      ({ podSelector, namespaceSelector }) => !podSelector?.matchLabels && !namespaceSelector?.matchLabels
    )
  const anybody = (port: number) => allowed(ingress, rule => rule.from, { port, protocol: 'TCP' })?.length === 0
  const isClosed = ofKind(manifests, 'NetworkPolicy').some(
    policy =>
      selects(labelsOf(policy), node(manifests).template.metadata.labels) &&
      ['Ingress', 'Egress'].every(way => policy.spec?.policyTypes?.some(type => type === way))
  )
  return [
    ...[PORT, METRICS_PORT ?? 0]
      .filter(port => open(port) || anybody(port))
      .map(port => `everybody in the cluster may call ${port}`),
    ...(isClosed ? [] : ['nothing closes what is not named'])
  ]
}

function selectorMistakes(manifests: readonly Manifest[]): string[] {
  const pods = workloads(manifests).map(({ template }) => template.metadata.labels)
  return ['Service', 'PodDisruptionBudget', 'NetworkPolicy', 'StatefulSet', 'Deployment', 'DaemonSet']
    .flatMap(kind => ofKind(manifests, kind))
    .filter(manifest => pods.every(labels => !selects(labelsOf(manifest), labels)))
    .map(({ kind, metadata }) => `${kind} ${metadata.name} is about no pod`)
}

function serviceMistakes(manifests: readonly Manifest[]): string[] {
  const containers = workloads(manifests).map(({ template }) => ({
    labels: template.metadata.labels,
    ports: template.spec.containers.flatMap(({ ports = [] }) => ports)
  }))
  const dead = ofKind(manifests, 'Service').flatMap(service =>
    (service.spec?.ports ?? [])
      .filter(
        ({ targetPort }) =>
          !containers.some(
            ({ labels, ports }) => selects(labelsOf(service), labels) && ports.some(({ name }) => name === targetPort)
          )
      )
      .map(({ name }) => `Service ${service.metadata.name}: ${name} leads nowhere`)
  )
  const monitored = ofKind(manifests, 'ServiceMonitor').filter(
    monitor =>
      !ofKind(manifests, 'Service').some(
        service =>
          selects(labelsOf(monitor), service.metadata.labels) &&
          monitor.spec?.endpoints?.every(({ port }) => service.spec?.ports?.some(({ name }) => name === port))
      )
  )
  return [
    ...dead,
    ...monitored.map(({ metadata }) => `ServiceMonitor ${metadata.name} finds no Service`),
    ...(ofKind(manifests, 'Service', node(manifests).manifest.spec?.serviceName ?? '').length === 1
      ? []
      : ['the StatefulSet names a Service that is not there'])
  ]
}

/** What may talk to what, and finds it. */
export const networkRules: Rule[] = [
  {
    name: 'what has to get through does',
    mistakes: blockedMistakes,
    breaks: [
      manifests => {
        for (const { spec } of ofKind(manifests, 'NetworkPolicy')) if (spec?.egress) spec.egress = []
      },
      manifests => {
        for (const { spec } of ofKind(manifests, 'NetworkPolicy', 'ambient')) {
          if (spec?.ingress?.[0]?.ports?.[0]) spec.ingress[0].ports[0].endPort = 40_000
        }
      },
      manifests => {
        const ways = ofKind(manifests, 'NetworkPolicy').filter(({ metadata }) =>
          metadata.name.startsWith('ambient-from')
        )
        for (const { spec } of ways) if (spec?.ingress) spec.ingress = []
        return ways.length > 0
      }
    ]
  },
  {
    name: 'nothing else does',
    mistakes: openMistakes,
    breaks: [
      manifests =>
        ofKind(manifests, 'NetworkPolicy', 'ambient')[0]?.spec?.ingress?.push({
          ports: [{ protocol: 'TCP', port: 3000 }]
        }),
      manifests =>
        ofKind(manifests, 'NetworkPolicy', 'ambient')[0]?.spec?.ingress?.push({
          from: [{ podSelector: {} }],
          ports: [{ protocol: 'TCP', port: 9464 }]
        }),
      manifests => {
        for (const { spec } of ofKind(manifests, 'NetworkPolicy', 'ambient')) if (spec) spec.policyTypes = ['Ingress']
      }
    ]
  },
  {
    name: 'whatever selects pods selects some',
    mistakes: selectorMistakes,
    breaks: [
      manifests => {
        for (const { spec } of ofKind(manifests, 'Service', 'ambient')) {
          if (spec) spec.selector = { 'app.kubernetes.io/name': 'ambience' }
        }
      }
    ]
  },
  {
    name: 'services lead to ports that are there',
    mistakes: serviceMistakes,
    breaks: [
      manifests => {
        for (const { spec } of ofKind(manifests, 'Service', 'ambient')) {
          for (const port of spec?.ports ?? []) port.targetPort = 'web'
        }
      },
      manifests => {
        const { spec } = node(manifests).manifest
        if (spec) spec.serviceName = 'nodes'
      }
    ]
  }
]
