import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { environmentOfStage, readDockerfile } from '../check-image/dockerfile.ts'
import { ofKind, type Container, type Manifest } from './manifest.ts'

/** The source of a variable's value. */
export type Source = 'literal' | 'settings' | 'machine' | 'secret'
export interface Given {
  name: string
  source: Source
  value: string | null
  optional: boolean
  secret?: { name: string; key: string }
}

/** Addresses for documentation: https://www.rfc-editor.org/rfc/rfc5737 */
const machineAddress = '192.0.2.10'
const podName = 'ambient-0'

/** Returns the variables of a container. As in the kubelet, later ones override earlier ones. Secrets have no value. */
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
    } else if (fieldRef) {
      const value = fieldRef.fieldPath === 'metadata.name' ? podName : machineAddress
      given.set(name, { name, source: 'machine', value, optional: false })
    } else given.set(name, { name, source: 'literal', value: value ?? '', optional: false })
  }
  return [...given.values()]
}

const dockerfile = readFileSync(join(import.meta.dirname, '../../Dockerfile'), 'utf8')
/** ENV of the image, which the variables of a container override. */
const imageEnvironment = Object.assign({}, ...readDockerfile(dockerfile).slice(-1).map(environmentOfStage))

/** Example values of ambient-secrets. */
const secretValues: Readonly<Record<string, string>> = {
  JWT_KEYS: `first:${'a'.repeat(43)}`,
  TOKEN_KEYS: `first:${'b'.repeat(43)}`,
  MONGODB_URL: 'mongodb://ambient:password@mongodb.data:27017/ambient',
  REDIS_URL: 'redis://:password@redis.data:6379',
  STORAGE_URL: 's3://ambient/songs?endpoint=https://s3.example.org&region=here',
  TURN_SECRET: 'c'.repeat(43),
  PUSH_VAPID_KEY: 'E'.repeat(43)
}

/** Example values that do not depend on other secrets. */
const independentValues: Readonly<Record<string, string>> = { STORAGE_URL: 'gridfs:' }

/** Returns whether a plain setting needs an optional secret: TURN_URLS needs TURN_SECRET. */
function isNeeded(secret: string, variables: readonly Given[]): boolean {
  const [family = ''] = secret.split('_')
  return variables.some(({ name, source }) => source !== 'secret' && name.startsWith(`${family}_`))
}

/** Returns the environment of a process in the image, with all secrets or only the required ones. */
export function environmentOf(variables: readonly Given[], secrets: 'all' | 'required'): Record<string, string> {
  const given = Object.fromEntries(
    variables.flatMap(({ name, source, value, optional }) => {
      if (source !== 'secret') return [[name, value ?? '']]
      if (secrets === 'all') return [[name, secretValues[name] ?? 'something']]
      return optional && !isNeeded(name, variables)
        ? []
        : [[name, independentValues[name] ?? secretValues[name] ?? 'something']]
    })
  )
  return { ...imageEnvironment, ...given }
}
