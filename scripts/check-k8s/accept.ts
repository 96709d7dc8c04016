import type { Answer, ApiServer } from '../../test/standins/kubernetes/api-server.ts'
import type { Manifest } from './manifest.ts'

interface ResourceList {
  resources?: Array<{ name: string; kind: string; namespaced: boolean }>
}
interface Status {
  message?: string
}

/** The fields that every object has. */
export type Named = Pick<Manifest, 'apiVersion' | 'kind' | 'metadata'>

/** Returns the path of an object. Throws when the server does not know the kind. */
async function pathOf(api: ApiServer, { apiVersion, kind, metadata: { name, namespace } }: Named): Promise<string> {
  const group = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`
  const { body } = await api.request<ResourceList>('GET', group)
  const found = body.resources?.find(resource => resource.kind === kind && !resource.name.includes('/'))
  if (!found) throw new Error(`the API server knows no ${kind} of ${apiVersion}`)
  return `${group}${found.namespaced ? `/namespaces/${namespace ?? 'default'}` : ''}/${found.name}/${name}`
}

/**
 * Applies an object as `kubectl apply --server-side` does, and rejects unknown fields. Returns null when the server
 * accepts it, and otherwise the reason.
 */
export async function apply(
  api: ApiServer,
  manifest: Manifest,
  options: { dryRun?: boolean } = {}
): Promise<string | null> {
  const query = `fieldManager=check&fieldValidation=Strict${options.dryRun ? '&dryRun=All' : ''}`
  const { status, body } = await api.request<Status>(
    'PATCH',
    `${await pathOf(api, manifest)}?${query}`,
    JSON.stringify(manifest),
    'application/apply-patch+yaml'
  )
  return status === 200 || status === 201
    ? null
    : `${manifest.kind} ${manifest.metadata.name}: ${status} ${body.message ?? ''}`
}

/** Creates an object and returns the answer of the API server. */
export async function create(
  api: ApiServer,
  manifest: Named,
  options: { dryRun?: boolean } = {}
): Promise<Answer<Status>> {
  const path = await pathOf(api, manifest)
  return await api.request<Status>(
    'POST',
    `${path.slice(0, path.lastIndexOf('/'))}?fieldValidation=Strict${options.dryRun ? '&dryRun=All' : ''}`,
    JSON.stringify(manifest)
  )
}

/** Deletes an object, so that another object can have its name. */
export async function remove(api: ApiServer, manifest: Manifest): Promise<void> {
  await api.request('DELETE', `${await pathOf(api, manifest)}?propagationPolicy=Background`)
}

/** Applies custom resource definitions and waits until the server has established them. */
export async function define(
  api: ApiServer,
  definitions: readonly Manifest[],
  wait: (ms: number) => Promise<unknown>
): Promise<void> {
  for (const definition of definitions) {
    const refusal = await apply(api, definition)
    if (refusal !== null) throw new Error(refusal)
  }
  interface Definition {
    status?: { conditions?: Array<{ type: string; status: string }> }
  }
  for (const definition of definitions) {
    const path = await pathOf(api, definition)
    for (let tries = 100; ; tries--) {
      const { body } = await api.request<Definition>('GET', path)
      if (body.status?.conditions?.some(({ type, status }) => type === 'Established' && status === 'True')) break
      if (tries === 0) throw new Error(`${definition.metadata.name} is not established`)
      await wait(100)
    }
  }
}
