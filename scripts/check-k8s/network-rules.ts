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

/** Returns the network rules of one direction that apply to Ambient's pods. */
function rulesFor(manifests: readonly Manifest[], direction: 'ingress' | 'egress'): NetworkRule[] {
  const { labels } = node(manifests).template.metadata
  return ofKind(manifests, 'NetworkPolicy')
    .filter(policy => selects(labelsOf(policy), labels))
    .flatMap(({ spec }) => spec?.[direction] ?? [])
}

/** Returns the peers that may use a port: null for none, an empty list for all. */
function allowed(
  rules: readonly NetworkRule[],
  peers: (rule: NetworkRule) => Peers,
  { port, protocol }: Flow
): NetworkPeer[] | null {
  const matching = rules.filter(
    ({ ports }) =>
      ports === undefined ||
      ports.some(
        rule =>
          (rule.protocol ?? 'TCP') === protocol &&
          (rule.port === undefined ||
            (typeof rule.port === 'number' && rule.port <= port && port <= (rule.endPort ?? rule.port)))
      )
  )
  if (matching.length === 0) return null
  return matching.some(rule => peers(rule) === undefined) ? [] : matching.flatMap(rule => peers(rule) ?? [])
}

/** Returns the connections that a node opens, according to its settings. */
function outgoingFlows(manifests: readonly Manifest[]): Array<Flow & { what: string }> {
  const names = new Set(variablesOf(node(manifests).container, manifests).map(({ name }) => name))
  const tcp = (what: string, port: number) => ({ what, port, protocol: 'TCP' as const })
  return [
    { what: 'DNS', port: 53, protocol: 'UDP' },
    tcp('DNS', 53),
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
    ...outgoingFlows(manifests)
      .filter(flow => allowed(egress, rule => rule.to, flow) === null)
      .map(({ what, port }) => `${what} is blocked on port ${port}`),
    ...mediaPorts(manifests)
      .filter(flow => allowed(ingress, rule => rule.from, flow)?.length !== 0)
      .map(({ port, protocol }) => `incoming media is blocked on ${protocol} ${port}`),
    ...(hasWayIn && allowed(ingress, rule => rule.from, { port: PORT, protocol: 'TCP' }) === null
      ? ['all incoming requests are blocked']
      : []),
    ...(isMonitored && allowed(ingress, rule => rule.from, { port: METRICS_PORT ?? 0, protocol: 'TCP' }) === null
      ? ['reading the metrics is blocked']
      : [])
  ]
}

function openMistakes(manifests: readonly Manifest[]): string[] {
  const ingress = rulesFor(manifests, 'ingress')
  const { PORT, METRICS_PORT } = configOf(manifests)
  const isOpenToCluster = (port: number) =>
    allowed(ingress, rule => rule.from, { port, protocol: 'TCP' })?.some(
      ({ podSelector, namespaceSelector }) => !podSelector?.matchLabels && !namespaceSelector?.matchLabels
    )
  const isOpenToAll = (port: number) => allowed(ingress, rule => rule.from, { port, protocol: 'TCP' })?.length === 0
  const isClosed = ofKind(manifests, 'NetworkPolicy').some(
    policy =>
      selects(labelsOf(policy), node(manifests).template.metadata.labels) &&
      ['Ingress', 'Egress'].every(way => policy.spec?.policyTypes?.some(type => type === way))
  )
  return [
    ...[PORT, METRICS_PORT ?? 0]
      .filter(port => isOpenToCluster(port) || isOpenToAll(port))
      .map(port => `every pod in the cluster may connect to ${port}`),
    ...(isClosed ? [] : ['no policy denies all other traffic'])
  ]
}

function selectorMistakes(manifests: readonly Manifest[]): string[] {
  const pods = workloads(manifests).map(({ template }) => template.metadata.labels)
  return ['Service', 'PodDisruptionBudget', 'NetworkPolicy', 'StatefulSet', 'Deployment', 'DaemonSet']
    .flatMap(kind => ofKind(manifests, kind))
    .filter(manifest => pods.every(labels => !selects(labelsOf(manifest), labels)))
    .map(({ kind, metadata }) => `${kind} ${metadata.name} selects no pod`)
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
      .map(({ name }) => `Service ${service.metadata.name}: ${name} has no target port`)
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
      : ['the StatefulSet names a Service that does not exist'])
  ]
}

/** Rules for network policies, services and selectors. */
export const networkRules: Rule[] = [
  {
    name: 'required traffic is allowed',
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
    name: 'all other traffic is denied',
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
        for (const { spec } of ofKind(manifests, 'NetworkPolicy')) if (spec) spec.policyTypes = ['Ingress']
      }
    ]
  },
  {
    name: 'every selector of pods selects at least one',
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
    name: 'the ports of services exist',
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
