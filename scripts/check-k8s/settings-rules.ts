import { ConfigError, loadConfig, type Config } from '../../config/config.ts'
import { Settings } from '../../config/settings.ts'
import { databaseLocation, loadConfigWithoutKeys } from '../backup/server-data.ts'
import { environmentOf, variablesOf, type Given } from './environment.ts'
import { node, ofKind, workloads, type Container, type Manifest } from './manifest.ts'
import type { Rule } from './rule.ts'

const schemas: Record<string, { secret?: boolean }> = JSON.parse(JSON.stringify(Settings.properties))

function refusals(
  variables: readonly Given[],
  secrets: 'all' | 'required',
  load: (env: Record<string, string>) => Config = loadConfig
): string[] {
  try {
    load(environmentOf(variables, secrets))
    return []
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return [`with ${secrets} secrets: ${error.message}`]
  }
}

function backupContainer(manifests: readonly Manifest[]): Container | undefined {
  return workloads(manifests).find(({ manifest }) => manifest.metadata.name === 'ambient-backup')?.template.spec
    .containers[0]
}

/** Checks that the backup accepts its settings, and that it and the server use the same database and storage. */
function backupMistakes(manifests: readonly Manifest[]): string[] {
  const container = backupContainer(manifests)
  if (!container) return []
  const its = variablesOf(container, manifests)
  const servers = variablesOf(node(manifests).container, manifests)
  const refused = [its, servers].flatMap(variables => refusals(variables, 'required', loadConfigWithoutKeys))
  if (refused.length > 0) return refused
  const [copied, kept] = [its, servers].map(variables => loadConfigWithoutKeys(environmentOf(variables, 'required')))
  const differing = ['MONGODB_URL', 'STORAGE_URL', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'].filter(
    name =>
      JSON.stringify(its.find(variable => variable.name === name)) !==
      JSON.stringify(servers.find(variable => variable.name === name))
  )
  return [
    ...differing.map(name => `the backup's ${name} differs from the server's`),
    ...(copied && kept && databaseLocation(copied).kind === databaseLocation(kept).kind
      ? []
      : ['the backup reads another database than the server']),
    ...(container.image === node(manifests).container.image ? [] : ['the backup has another version than the server'])
  ]
}

function setting(manifests: readonly Manifest[], name: string, value: string): void {
  const [settings] = ofKind(manifests, 'ConfigMap').filter(({ data }) => data && 'PUBLIC_URL' in data)
  if (settings?.data) settings.data[name] = value
}

/** Rules for settings and secrets. */
export const settingsRules: Rule[] = [
  {
    name: 'the server accepts its settings',
    mistakes(manifests) {
      const variables = variablesOf(node(manifests).container, manifests)
      // With all secrets, also the plain settings that belong to them.
      const further = Object.entries({ OIDC_ISSUER: 'https://id.example.org', TURN_URLS: 'turn:turn.example.org' }).map(
        ([name, value]) => ({ name, source: 'literal' as const, value, optional: false })
      )
      return [...refusals([...variables, ...further], 'all'), ...refusals(variables, 'required')]
    },
    breaks: [
      manifests => setting(manifests, 'MEDIA_PORTS', '40000'),
      manifests => setting(manifests, 'DRAIN_DEADLINE_MS', '30s'),
      manifests => setting(manifests, 'AUTH_DEV_LOGIN', 'on'),
      manifests => {
        node(manifests).container.env = (node(manifests).container.env ?? []).filter(({ name }) => name !== 'JWT_KEYS')
      }
    ]
  },
  {
    name: 'every variable is a setting',
    mistakes: manifests =>
      variablesOf(node(manifests).container, manifests)
        .filter(({ name }) => !Object.hasOwn(schemas, name))
        .map(({ name }) => `${name} is not a setting`),
    breaks: [manifests => setting(manifests, 'PUBLICURL', 'https://radio.example.org')]
  },
  {
    name: 'secrets come from Secrets, and no manifest contains one',
    mistakes(manifests) {
      const open = variablesOf(node(manifests).container, manifests).filter(
        ({ name, source }) => schemas[name]?.secret && source !== 'secret'
      )
      const written = ofKind(manifests, 'ConfigMap')
        .flatMap(({ data }) => Object.keys(data ?? {}))
        .filter(name => schemas[name]?.secret)
      const whole = node(manifests).container.envFrom?.some(({ secretRef }) => secretRef)
        ? ['envFrom uses a whole Secret, so that its variables cannot be checked']
        : []
      return [
        ...[...open.map(({ name }) => name), ...written].map(name => `${name} is not in a Secret`),
        ...whole,
        ...ofKind(manifests, 'Secret').map(({ metadata }) => `a Secret with its contents: ${metadata.name}`)
      ]
    },
    breaks: [
      manifests => setting(manifests, 'REDIS_URL', 'redis://:password@redis'),
      manifests => node(manifests).container.env?.push({ name: 'TURN_SECRET', value: '0123456789abcdef' }),
      manifests => manifests.push({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'ambient-secrets' } })
    ]
  },
  {
    name: 'the page for operators lists all secrets',
    isOurs: true,
    mistakes: (manifests, { page }) =>
      variablesOf(node(manifests).container, manifests)
        .flatMap(({ secret }) => (secret ? [secret.name, secret.key] : []))
        .filter(word => !page.includes(word))
        .map(word => `docs/operators/kubernetes.md does not name ${word}`),
    breaks: [
      manifests =>
        node(manifests).container.env?.push({
          name: 'TURN_SECRET',
          valueFrom: { secretKeyRef: { name: 'ambient-others', key: 'TURN_SECRET' } }
        })
    ]
  },
  {
    name: "media uses the machine's address",
    isOurs: true,
    mistakes: manifests =>
      node(manifests).container.env?.some(
        ({ name, valueFrom }) =>
          name === 'MEDIA_ANNOUNCED_ADDRESS' && valueFrom?.fieldRef?.fieldPath === 'status.hostIP'
      )
        ? []
        : ['MEDIA_ANNOUNCED_ADDRESS is not status.hostIP'],
    breaks: [
      manifests => {
        node(manifests).container.env = [
          { name: 'MEDIA_ANNOUNCED_ADDRESS', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } }
        ]
      }
    ]
  },
  {
    name: 'backups read the data of the server',
    mistakes: backupMistakes,
    breaks: [
      manifests => {
        const container = backupContainer(manifests)
        if (!container) return false
        container.image = 'ambient:0.0.9'
      },
      manifests => {
        const container = backupContainer(manifests)
        if (!container) return false
        container.env = (container.env ?? []).filter(({ name }) => name !== 'AWS_ACCESS_KEY_ID')
      },
      manifests => {
        const container = backupContainer(manifests)
        if (!container) return false
        container.env?.push({ name: 'MEDIA_PORTS', value: '40000' })
      }
    ]
  }
]
