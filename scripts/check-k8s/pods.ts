import { setTimeout as pause } from 'node:timers/promises'
import type { ApiServer } from '../../test/standins/kubernetes/api-server.ts'
import { create } from './accept.ts'
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

/** The pod that a controller would make of a workload: nobody does that here. */
function podOf({ manifest, template }: Workload, place: number, namespace: string): Pod {
  const name = `${manifest.metadata.name}-${place}`
  const claims = (manifest.spec?.volumeClaimTemplates ?? []).map(({ metadata }) => ({
    name: metadata.name,
    persistentVolumeClaim: { claimName: `${metadata.name}-${name}` }
  }))
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...template.metadata, name, namespace },
    spec: { ...template.spec, volumes: [...(template.spec.volumes ?? []), ...claims] }
  }
}

/** What pod security says of a pod for being on the machine's network: nothing where it is not. */
function onTheMachine({ hostNetwork, containers }: PodSpec): RegExp {
  if (hostNetwork) return /^host namespaces \(hostNetwork=true\), hostPort \([^()]*\)$/
  return containers.some(({ ports }) => ports?.some(({ hostPort }) => hostPort !== undefined))
    ? /^hostPort \([^()]*\)$/
    : /^nothing$/
}

/**
 * Lets admission look at the pods: in their own namespace they are taken, and where the restricted profile of pod security is enforced,
 * nothing is held against them but that they are on the machine's network, by ports or as a whole. Answers what is otherwise.
 */
export async function tryAdmission(
  api: ApiServer,
  manifests: readonly Manifest[],
  restricted: string
): Promise<string[]> {
  const mistakes: string[] = []
  for (const workload of workloads(manifests)) {
    const namespace = workload.manifest.metadata.namespace ?? 'default'
    const taken = await create(api, podOf(workload, 0, namespace), { dryRun: true })
    if (taken.status !== 201) {
      mistakes.push(`a pod of ${workload.manifest.metadata.name} is refused: ${taken.body.message}`)
    }
    const held = await create(api, podOf(workload, 0, restricted), { dryRun: true })
    const expected = onTheMachine(workload.template.spec)
    const [, what = ''] = /violates PodSecurity "[^"]*": (.*)$/.exec(held.body.message ?? '') ?? []
    if (expected.test(what) !== (held.status !== 201)) {
      mistakes.push(
        `a pod of ${workload.manifest.metadata.name} where pods are restricted: ${held.body.message ?? 'taken'}`
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
  // Nobody is there to see that it is ready.
  await api.request(
    'PATCH',
    `/api/v1/nodes/${name}`,
    JSON.stringify({ spec: { taints: null } }),
    'application/merge-patch+json'
  )
}

/** Where a pod is put, or why nowhere. Rejects when the scheduler says neither in time. */
async function placeOf(api: ApiServer, path: string): Promise<{ machine?: string; why?: string }> {
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
  throw new Error(`nobody says where ${path} goes`)
}

/** Three pods of Ambient and two machines: each machine gets one, and the third waits. Answers what is otherwise. */
export async function tryScheduling(api: ApiServer, manifests: readonly Manifest[]): Promise<string[]> {
  const workload = node(manifests)
  const namespace = workload.manifest.metadata.namespace ?? 'default'
  await api.startScheduler()
  await addMachine(api, 'machine-1')
  await addMachine(api, 'machine-2')
  const places = []
  for (const place of [0, 1, 2]) {
    const pod = podOf(workload, place, namespace)
    const { status, body } = await create(api, pod)
    if (status !== 201) return [`a pod is refused: ${body.message}`]
    places.push(await placeOf(api, `/api/v1/namespaces/${namespace}/pods/${pod.metadata.name}`))
  }
  const machines = new Set(places.slice(0, 2).map(({ machine }) => machine))
  return machines.size === 2 && !machines.has(undefined) && places[2]?.why
    ? []
    : [`pods are put wrongly: ${JSON.stringify(places)}`]
}
