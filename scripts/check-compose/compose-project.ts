import { Type, type Static } from 'typebox'

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
  networks: Type.Optional(
    Type.Union([
      Type.Null(),
      Type.Record(Type.String(), Type.Union([Type.Null(), Type.Object({ ipv4_address: Type.Optional(Type.String()) })]))
    ])
  ),
  secrets: Type.Optional(Type.Array(Type.Object({ source: Type.String() }))),
  read_only: Type.Optional(Type.Boolean()),
  cap_drop: Type.Optional(Type.Array(Type.String())),
  security_opt: Type.Optional(Type.Array(Type.String())),
  ports: Type.Optional(Type.Array(Port)),
  volumes: Type.Optional(Type.Array(Mount)),
  stop_grace_period: Type.Optional(Type.String())
})

/** The checked fields of a loaded compose project: https://github.com/compose-spec/compose-spec/blob/main/spec.md */
export const ComposeProject = Type.Object({
  services: Type.Record(Type.String(), Service),
  secrets: Type.Optional(Type.Record(Type.String(), Type.Object({ file: Type.Optional(Type.String()) })))
})
export type ComposeProject = Static<typeof ComposeProject>
export type Service = Static<typeof Service>
