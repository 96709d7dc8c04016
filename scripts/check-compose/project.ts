import { Type, type Static } from 'typebox'

import type { Config } from '../../config/config.ts'

const Mount = Type.Object({
  type: Type.String(),
  source: Type.Optional(Type.String()),
  target: Type.String(),
  read_only: Type.Optional(Type.Boolean())
})
const Port = Type.Object({
  target: Type.Integer(),
  published: Type.Optional(Type.String()),
  protocol: Type.Optional(Type.String())
})
const Service = Type.Object({
  image: Type.String(),
  build: Type.Optional(Type.Unknown()),
  environment: Type.Optional(Type.Record(Type.String(), Type.Union([Type.String(), Type.Null()]))),
  healthcheck: Type.Optional(Type.Unknown()),
  read_only: Type.Optional(Type.Boolean()),
  cap_drop: Type.Optional(Type.Array(Type.String())),
  security_opt: Type.Optional(Type.Array(Type.String())),
  ports: Type.Optional(Type.Array(Port)),
  volumes: Type.Optional(Type.Array(Mount)),
  stop_grace_period: Type.Optional(Type.String())
})

/** The checked fields of a loaded compose project: https://github.com/compose-spec/compose-spec/blob/main/spec.md */
export const ComposeProject = Type.Object({ services: Type.Record(Type.String(), Service) })
export type ComposeProject = Static<typeof ComposeProject>
type Service = Static<typeof Service>

/** Folders that the operator creates. */
const operatorFolders = /\/(tls|acme)$/

/** Returns the mistakes in a loaded project: whatever would fail at run time, or is less secure than documented. */
export function mistakesOf(project: ComposeProject, config: Config, exists: (path: string) => boolean): string[] {
  const mistakes = Object.entries(project.services).flatMap(([name, service]) => ofService(name, service, exists))
  const ambient = project.services.ambient
  if (ambient === undefined) return [...mistakes, 'there is no service ambient']
  return [...mistakes, ...ofPorts(ambient, config), ...ofStopping(ambient, config)]
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
function ofPorts({ ports = [] }: Service, config: Config): string[] {
  const expected = Array.from({ length: config.MEDIA_WORKERS }, (_, worker) => config.MEDIA_PORT + worker)
  return ['udp', 'tcp'].flatMap(protocol => {
    const published = ports.filter(port => (port.protocol ?? 'tcp') === protocol)
    const wrong = published.filter(
      ({ target, published: outside }) => String(target) !== outside || !expected.includes(target)
    )
    const missing = expected.filter(port => !published.some(({ target }) => target === port))
    return [
      ...wrong.map(
        ({ target }) => `ambient: ${target}/${protocol} is not a media worker's port, or has another published number`
      ),
      ...missing.map(port => `ambient: ${port}/${protocol} of a media worker is not published`)
    ]
  })
}

function ofStopping({ stop_grace_period: grace = '10s' }: Service, config: Config): string[] {
  const [, minutes = '0', seconds = '0'] = /^(?:(\d+)m)?(?:(\d+)s)?$/.exec(grace) ?? []
  const graceMs = (Number(minutes) * 60 + Number(seconds)) * 1000
  return graceMs > config.DRAIN_DEADLINE_MS
    ? []
    : [`ambient: is killed after ${grace}, but may take ${config.DRAIN_DEADLINE_MS} ms to stop`]
}
