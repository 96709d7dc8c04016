import { setTimeout as pause } from 'node:timers/promises'
import type { ApiServer } from '../../test/standins/kubernetes/api-server.ts'
import { create } from './accept.ts'
import { createBoundClaim } from './claims.ts'
import { node, workloads, type Manifest, type Metadata, type PodSpec, type Workload } from './manifest.ts'

interface PodSeen {
  spec: { nodeName?: string }
  status?: { conditions?: Array<{ type: string; status: string; reason?: string; message?: string }> }
}

interface Pod {
  apiVersion: 'v1'
  kind: 'Pod'
  metadata: Metadata
  spec: PodSpec
}

/** Returns the name of a pod's claim for a volume of a StatefulSet. */
const claimOf = (pod: string, volume: string): string => `${volume}-${pod}`

/** Returns the pod that a controller would create for a workload. No controller runs here. */
function podOf({ manifest, template }: Workload, place: number, namespace: string): Pod {
  const name = `${manifest.metadata.name}-${place}`
  const claims = (manifest.spec?.volumeClaimTemplates ?? []).map(({ metadata }) => ({
    name: metadata.name,
    persistentVolumeClaim: { claimName: claimOf(name, metadata.name) }
  }))
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...template.metadata, name, namespace },
    spec: { ...template.spec, volumes: [...(template.spec.volumes ?? []), ...claims] }
  }
}

/** Returns the violations of pod security that are expected for a pod: only its use of the machine's network. */
function expectedViolations({ hostNetwork, containers }: PodSpec): RegExp {
  if (hostNetwork) return /^host namespaces \(hostNetwork=true\), hostPort \([^()]*\)$/
  return containers.some(({ ports }) => ports?.some(({ hostPort }) => hostPort !== undefined))
    ? /^hostPort \([^()]*\)$/
    : /^nothing$/
}

/**
 * Checks the pods with admission: their own namespace accepts them, and with the restricted profile of pod security,
 * the only violations are host ports and the host network. Returns the mistakes.
 */
export async function tryAdmission(
  api: ApiServer,
  manifests: readonly Manifest[],
  restricted: string
): Promise<string[]> {
  const mistakes: string[] = []
  for (const workload of workloads(manifests)) {
    const namespace = workload.manifest.metadata.namespace ?? 'default'
    const accepted = await create(api, podOf(workload, 0, namespace), { dryRun: true })
    if (accepted.status !== 201) {
      mistakes.push(`a pod of ${workload.manifest.metadata.name} is rejected: ${accepted.body.message}`)
    }
    const answer = await create(api, podOf(workload, 0, restricted), { dryRun: true })
    const expected = expectedViolations(workload.template.spec)
    const [, what = ''] = /violates PodSecurity "[^"]*": (.*)$/.exec(answer.body.message ?? '') ?? []
    if (expected.test(what) !== (answer.status !== 201)) {
      mistakes.push(
        `a pod of ${workload.manifest.metadata.name} with the restricted profile: ${answer.body.message ?? 'accepted'}`
      )
    }
  }
  return mistakes
}

function machine(name: string): Manifest {
  return { apiVersion: 'v1', kind: 'Node', metadata: { name, labels: { 'kubernetes.io/hostname': name } } }
}

async function addMachine(api: ApiServer, name: string): Promise<void> {
  await create(api, machine(name))
  const resources = { cpu: '8', memory: '32Gi', pods: '100', 'ephemeral-storage': '100Gi' }
  const status = {
    status: { capacity: resources, allocatable: resources, conditions: [{ type: 'Ready', status: 'True' }] }
  }
  await api.request('PATCH', `/api/v1/nodes/${name}/status`, JSON.stringify(status), 'application/merge-patch+json')
  // No controller removes the taint when the machine is ready.
  await api.request(
    'PATCH',
    `/api/v1/nodes/${name}`,
    JSON.stringify({ spec: { taints: null } }),
    'application/merge-patch+json'
  )
}

/** Waits until the scheduler has assigned a pod to a machine, or says why it cannot. Throws after 30 s. */
async function waitForScheduling(api: ApiServer, path: string): Promise<{ machine?: string; why?: string }> {
  for (let tries = 300; tries > 0; tries--) {
    const {
      body: { spec, status }
    } = await api.request<PodSeen>('GET', path)
    const refused = status?.conditions?.find(
      ({ type, reason }) => type === 'PodScheduled' && reason === 'Unschedulable'
    )
    if (spec.nodeName) return { machine: spec.nodeName }
    if (refused) return { why: refused.message ?? '' }
    await pause(100)
  }
  throw new Error(`the scheduler does not handle ${path}`)
}

/**
 * Schedules three pods of Ambient on two machines: each machine gets one, and the third waits. Returns the mistakes.
 */
export async function tryScheduling(api: ApiServer, manifests: readonly Manifest[]): Promise<string[]> {
  const workload = node(manifests)
  const namespace = workload.manifest.metadata.namespace ?? 'default'
  await api.startScheduler()
  await addMachine(api, 'machine-1')
  await addMachine(api, 'machine-2')
  const places = []
  for (const place of [0, 1, 2]) {
    const pod = podOf(workload, place, namespace)
    for (const { metadata } of workload.manifest.spec?.volumeClaimTemplates ?? []) {
      await createBoundClaim(api, { name: claimOf(pod.metadata.name, metadata.name), namespace })
    }
    const { status, body } = await create(api, pod)
    if (status !== 201) return [`a pod is rejected: ${body.message}`]
    places.push(await waitForScheduling(api, `/api/v1/namespaces/${namespace}/pods/${pod.metadata.name}`))
  }
  const machines = new Set(places.slice(0, 2).map(({ machine }) => machine))
  return machines.size === 2 && !machines.has(undefined) && places[2]?.why
    ? []
    : [`pods are scheduled wrongly: ${JSON.stringify(places)}`]
}
