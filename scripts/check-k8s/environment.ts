import { ofKind, type Container, type Manifest } from './manifest.ts'

/** Where a variable's value comes from. */
export type Source = 'literal' | 'settings' | 'machine' | 'secret'
export interface Given {
  name: string
  source: Source
  value: string | null
  optional: boolean
  secret?: { name: string; key: string }
}

/** The variables of a container, later ones over earlier ones, as the kubelet does. What is in Secrets has no value here. */
export function variablesOf(container: Container, manifests: readonly Manifest[]): Given[] {
  const given = new Map<string, Given>()
  for (const { configMapRef } of container.envFrom ?? []) {
    const data = ofKind(manifests, 'ConfigMap', configMapRef?.name)[0]?.data ?? {}
    for (const [name, value] of Object.entries(data)) {
      given.set(name, { name, source: 'settings', value, optional: false })
    }
  }
  for (const { name, value, valueFrom } of container.env ?? []) {
    const { fieldRef, secretKeyRef } = valueFrom ?? {}
    if (secretKeyRef) {
      given.set(name, {
        name,
        source: 'secret',
        value: null,
        optional: secretKeyRef.optional ?? false,
        secret: { name: secretKeyRef.name, key: secretKeyRef.key }
      })
    } else if (fieldRef) given.set(name, { name, source: 'machine', value: null, optional: false })
    else given.set(name, { name, source: 'literal', value: value ?? '', optional: false })
  }
  return [...given.values()]
}

/** Addresses for documentation: https://www.rfc-editor.org/rfc/rfc5737 */
const machineAddress = '192.0.2.10'

/** What an operator might have in ambient-secrets. */
const secretValues: Readonly<Record<string, string>> = {
  JWT_KEYS: `first:${'a'.repeat(43)}`,
  TOKEN_KEYS: `first:${'b'.repeat(43)}`,
  MONGODB_URL: 'mongodb://ambient:password@mongodb.data:27017/ambient',
  REDIS_URL: 'redis://redis.data:6379',
  STORAGE_URL: 's3://ambient/songs?endpoint=https://s3.example.org&region=here',
  TURN_SECRET: 'c'.repeat(43)
}

/** What wants no further secrets. */
const withoutMore: Readonly<Record<string, string>> = { STORAGE_URL: 'gridfs:' }

/** Whether settings in the open want a secret that may be missing: TURN_URLS wants TURN_SECRET. */
function isWanted(secret: string, variables: readonly Given[]): boolean {
  const [family = ''] = secret.split('_')
  return variables.some(({ name, source }) => source !== 'secret' && name.startsWith(`${family}_`))
}

/** The environment as the server sees it, with all that is in Secrets or only what has to be there. */
export function environmentOf(variables: readonly Given[], secrets: 'all' | 'required'): Record<string, string> {
  return Object.fromEntries(
    variables.flatMap(({ name, source, value, optional }) => {
      if (source === 'machine') return [[name, machineAddress]]
      if (source !== 'secret') return [[name, value ?? '']]
      if (secrets === 'all') return [[name, secretValues[name] ?? 'something']]
      return optional && !isWanted(name, variables)
        ? []
        : [[name, withoutMore[name] ?? secretValues[name] ?? 'something']]
    })
  )
}
