import type { ApiServer } from '../../test/standins/kubernetes/api-server.ts'
import { create, type Named } from './accept.ts'

/** The claim of a pod for a volume of its own. */
interface Claim {
  name: string
  namespace: string
}

const accessModes = ['ReadWriteOnce']
const storage = '10Gi'

/** Creates a claim and its volume, bound as a controller would bind them. No controller runs here. */
export async function createBoundClaim(api: ApiServer, { name, namespace }: Claim): Promise<void> {
  const volume: Named & { spec: object } = {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name },
    spec: { capacity: { storage }, accessModes, hostPath: { path: '/data' }, claimRef: { name, namespace } }
  }
  const claim: Named & { spec: object } = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name, namespace, annotations: { 'pv.kubernetes.io/bind-completed': 'yes' } },
    spec: { accessModes, resources: { requests: { storage } }, storageClassName: '', volumeName: name }
  }
  for (const object of [volume, claim]) {
    const { status, body } = await create(api, object)
    if (status !== 201) throw new Error(`${object.kind} ${name} is rejected: ${body.message}`)
  }
}
