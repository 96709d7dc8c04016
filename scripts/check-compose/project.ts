import type { Config } from '../../config/config.ts'
import { clusterMistakesOf } from './cluster.ts'
import type { ComposeProject, Service } from './compose-project.ts'

/** Folders that the operator creates. */
const operatorFolders = /\/(tls|acme)$/

/** Returns the services that are nodes of Ambient, by name: `ambient`, and `ambient-2` and so on. */
export function nodesOf({ services }: ComposeProject): Array<[string, Service]> {
  return Object.entries(services).filter(([name]) => /^ambient(-\d+)?$/.test(name))
}

/**
 * Returns the mistakes in a loaded project: whatever would fail at run time, or is less secure than documented.
 * @param configs the settings of each node, by the name of its service
 */
export function mistakesOf(
  project: ComposeProject,
  configs: ReadonlyMap<string, Config>,
  exists: (path: string) => boolean
): string[] {
  const nodes = nodesOf(project)
  return [
    ...Object.entries(project.services).flatMap(([name, service]) => ofService(name, service, exists)),
    ...ofSecrets(project),
    ...(nodes.length > 0 ? [] : ['there is no service ambient']),
    ...nodes.flatMap(([name, service]) => {
      const config = configs.get(name)
      return config ? [...ofPorts(name, service, config), ...ofStopping(name, service, config)] : []
    }),
    ...(nodes.length > 1 ? clusterMistakesOf(project, nodes, configs) : [])
  ]
}

/** Compose copies a secret that is not a file into the container, and refuses to when its root is read-only. */
function ofSecrets({ services, secrets = {} }: ComposeProject): string[] {
  return Object.entries(services)
    .filter(([, service]) => service.read_only === true)
    .flatMap(([name, service]) =>
      (service.secrets ?? [])
        .filter(({ source }) => secrets[source]?.file === undefined)
        .map(({ source }) => `${name}: its root is read-only, so the secret ${source} must be a file`)
    )
}

function ofService(name: string, service: Service, exists: (path: string) => boolean): string[] {
  const bound = (service.volumes ?? []).filter(({ type }) => type === 'bind')
  return [
    ...(/:[^/:]*\d/.test(service.image) || service.build !== undefined
      ? []
      : [`${name}: ${service.image} names no version`]),
    ...(service.healthcheck !== undefined || service.build !== undefined ? [] : [`${name}: no health check`]),
    ...(service.read_only === true ? [] : [`${name}: its root file system is writable`]),
    ...(service.cap_drop?.includes('ALL') === true ? [] : [`${name}: keeps capabilities that it does not list`]),
    ...(service.security_opt?.includes('no-new-privileges:true') === true ? [] : [`${name}: may gain privileges`]),
    ...bound
      .filter(({ read_only: readOnly }) => readOnly !== true)
      .map(({ target }) => `${name}: may write to ${target}`),
    ...bound
      .filter(({ source = '' }) => !operatorFolders.test(source) && !exists(source))
      .map(({ source }) => `${name}: there is no ${source}`)
  ]
}

/** Checks that exactly the ports of the media workers are published, each under its own number, for UDP and TCP. */
function ofPorts(name: string, { ports = [] }: Service, config: Config): string[] {
  const expected = Array.from({ length: config.MEDIA_WORKERS }, (_, worker) => config.MEDIA_PORT + worker)
  return ['udp', 'tcp'].flatMap(protocol => {
    const published = ports.filter(port => (port.protocol ?? 'tcp') === protocol)
    const wrong = published.filter(
      ({ target, published: outside }) => String(target) !== outside || !expected.includes(target)
    )
    const missing = expected.filter(port => !published.some(({ target }) => target === port))
    return [
      ...wrong.map(
        ({ target }) => `${name}: ${target}/${protocol} is not a media worker's port, or has another published number`
      ),
      ...missing.map(port => `${name}: ${port}/${protocol} of a media worker is not published`)
    ]
  })
}

function ofStopping(name: string, { stop_grace_period: grace = '10s' }: Service, config: Config): string[] {
  const [, minutes = '0', seconds = '0'] = /^(?:(\d+)m)?(?:(\d+)s)?$/.exec(grace) ?? []
  const graceMs = (Number(minutes) * 60 + Number(seconds)) * 1000
  return graceMs > config.DRAIN_DEADLINE_MS
    ? []
    : [`${name}: is killed after ${grace}, but may take ${config.DRAIN_DEADLINE_MS} ms to stop`]
}
