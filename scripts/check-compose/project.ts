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

/** What is looked at of a loaded compose project: https://github.com/compose-spec/compose-spec/blob/main/spec.md */
export const ComposeProject = Type.Object({ services: Type.Record(Type.String(), Service) })
export type ComposeProject = Static<typeof ComposeProject>
type Service = Static<typeof Service>

/** Folders that an operator makes. */
const operators = /\/(tls|acme)$/

/** What is wrong with a project that loads: what would go wrong, or be less safe than it is said to be, once it runs. */
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
    ...(service.read_only === true ? [] : [`${name}: its root can be written to`]),
    ...(service.cap_drop?.includes('ALL') === true ? [] : [`${name}: keeps capabilities it does not name`]),
    ...(service.security_opt?.includes('no-new-privileges:true') === true ? [] : [`${name}: may gain privileges`]),
    ...bound
      .filter(({ read_only: readOnly }) => readOnly !== true)
      .map(({ target }) => `${name}: may write to ${target}`),
    ...bound
      .filter(({ source = '' }) => !operators.test(source) && !exists(source))
      .map(({ source }) => `${name}: there is no ${source}`)
  ]
}

/** Every media worker's port is published under its own number, for both protocols, and no other is. */
function ofPorts({ ports = [] }: Service, config: Config): string[] {
  const wanted = Array.from({ length: config.MEDIA_WORKERS }, (_, worker) => config.MEDIA_PORT + worker)
  return ['udp', 'tcp'].flatMap(protocol => {
    const published = ports.filter(port => (port.protocol ?? 'tcp') === protocol)
    const wrong = published.filter(
      ({ target, published: outside }) => String(target) !== outside || !wanted.includes(target)
    )
    const absent = wanted.filter(port => !published.some(({ target }) => target === port))
    return [
      ...wrong.map(
        ({ target }) => `ambient: ${target}/${protocol} is no media worker's port, or published under another number`
      ),
      ...absent.map(port => `ambient: ${port}/${protocol} of a media worker is not published`)
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
