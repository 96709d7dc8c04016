import { variablesOf } from './environment.ts'
import { labelsOf, node, ofKind, selects, type Manifest, type NetworkPeer, type NetworkRule } from './manifest.ts'
import { configOf } from './node-rules.ts'
import type { Rule } from './rule.ts'

/** Settings of a node in a cluster that are not in a Secret, and the fields of the pod that they have. */
const ownFields = { NODE_ID: 'metadata.name', CLUSTER_ADDRESS: 'status.podIP' }
/** Settings that nodes share, in the Secret. */
const sharedNames = ['REDIS_URL', 'MONGODB_URL', 'STORAGE_URL', 'JWT_KEYS', 'TOKEN_KEYS']

/** Returns how many nodes there may be. */
export function maxNodes(manifests: readonly Manifest[]): number {
  return Math.max(
    node(manifests).manifest.spec?.replicas ?? 1,
    ...ofKind(manifests, 'HorizontalPodAutoscaler').map(({ spec }) => spec?.maxReplicas ?? Infinity)
  )
}

function sharingMistakes(manifests: readonly Manifest[]): string[] {
  const nodes = maxNodes(manifests)
  if (nodes === 1) return []
  const { container } = node(manifests)
  const variables = variablesOf(container, manifests)
  return [
    ...sharedNames
      .filter(shared => !variables.some(({ name, optional }) => name === shared && !optional))
      .map(name => `there may be ${nodes} nodes that do not share ${name}`),
    ...Object.entries(ownFields)
      .filter(
        ([name, path]) =>
          container.env?.find(variable => variable.name === name)?.valueFrom?.fieldRef?.fieldPath !== path
      )
      .map(([name, path]) => `there may be ${nodes} nodes, and ${name} is not ${path}`)
  ]
}

function disruptionMistakes(manifests: readonly Manifest[]): string[] {
  const { labels } = node(manifests).template.metadata
  const [budget] = ofKind(manifests, 'PodDisruptionBudget').filter(one => selects(labelsOf(one), labels))
  return budget?.spec?.maxUnavailable === 1 ? [] : ['several nodes may be evicted at the same time']
}

/** Returns whether rules let a node and no other pod use all UDP ports of a range. */
function isOpenToNodes(
  rules: readonly NetworkRule[],
  peersOf: (rule: NetworkRule) => NetworkPeer[] | undefined,
  { min, max }: { min: number; max: number },
  labels: Readonly<Record<string, string>> | undefined
): boolean {
  const open = rules.filter(({ ports = [] }) =>
    ports.some(
      ({ protocol, port, endPort }) =>
        protocol === 'UDP' && typeof port === 'number' && port <= min && max <= (endPort ?? port)
    )
  )
  return (
    open.length > 0 &&
    open.every(rule =>
      peersOf(rule)?.every(
        ({ podSelector, namespaceSelector, ipBlock }) =>
          podSelector?.matchLabels && !namespaceSelector && !ipBlock && selects(podSelector.matchLabels, labels)
      )
    )
  )
}

function linkMistakes(manifests: readonly Manifest[]): string[] {
  if (maxNodes(manifests) === 1) return []
  const { labels } = node(manifests).template.metadata
  const { MEDIA_PIPE_PORTS: range } = configOf(manifests)
  const policies = ofKind(manifests, 'NetworkPolicy').filter(policy => selects(labelsOf(policy), labels))
  const ingress = policies.flatMap(({ spec }) => spec?.ingress ?? [])
  const egress = policies.flatMap(({ spec }) => spec?.egress ?? [])
  return [
    ...(isOpenToNodes(ingress, ({ from }) => from, range, labels) ? [] : ['media of other nodes is blocked, or open']),
    ...(isOpenToNodes(egress, ({ to }) => to, range, labels) ? [] : ['media to other nodes is blocked, or open'])
  ]
}

/** Applies a change to the rules between nodes. Returns false when the manifests have none. */
function changeLinks(manifests: readonly Manifest[], change: (rule: NetworkRule) => void): boolean {
  const [policy] = ofKind(manifests, 'NetworkPolicy', 'ambient-between-nodes')
  for (const rule of policy?.spec?.ingress ?? []) change(rule)
  return policy !== undefined
}

/** Removes a variable. Returns false for a single node, which needs none of them. */
function without(manifests: readonly Manifest[], removed: string): boolean {
  const { container } = node(manifests)
  container.env = (container.env ?? []).filter(({ name }) => name !== removed)
  return maxNodes(manifests) > 1
}

/** Rules for overlays that may have several nodes. */
export const clusterRules: Rule[] = [
  {
    name: 'several nodes share a Redis and all data, and have names and addresses',
    mistakes: sharingMistakes,
    breaks: [
      manifests => {
        without(manifests, 'REDIS_URL')
        Object.assign(node(manifests).manifest.spec ?? {}, { replicas: 2 })
      },
      manifests => without(manifests, 'STORAGE_URL'),
      manifests => without(manifests, 'NODE_ID'),
      manifests => {
        const address = node(manifests).container.env?.find(({ name }) => name === 'CLUSTER_ADDRESS')
        if (!address) return false
        address.valueFrom = { fieldRef: { fieldPath: 'status.hostIP' } }
      }
    ]
  },
  {
    name: 'one node at a time is evicted',
    mistakes: disruptionMistakes,
    breaks: [
      manifests => {
        for (const { spec } of ofKind(manifests, 'PodDisruptionBudget')) if (spec) spec.maxUnavailable = 2
      }
    ]
  },
  {
    name: 'media between nodes is allowed, and only there',
    mistakes: linkMistakes,
    breaks: [
      manifests =>
        changeLinks(manifests, rule => {
          for (const port of rule.ports ?? []) port.endPort = 48_000
        }),
      manifests =>
        changeLinks(manifests, rule => {
          delete rule.from
        }),
      manifests =>
        changeLinks(manifests, rule => {
          rule.from = [{ podSelector: { matchLabels: { 'app.kubernetes.io/name': 'nginx' } } }]
        }),
      manifests => {
        for (const { spec } of ofKind(manifests, 'NetworkPolicy', 'ambient-between-nodes')) if (spec) spec.egress = []
        return maxNodes(manifests) > 1
      }
    ]
  }
]
