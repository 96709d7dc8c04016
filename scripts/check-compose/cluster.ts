import type { Config } from '../../config/config.ts'
import type { ComposeProject, Service } from './compose-project.ts'

/** Settings that nodes of one cluster share. */
const sharedNames = ['REDIS_URL', 'MONGODB_URL', 'STORAGE_URL', 'JWT_KEYS', 'TOKEN_KEYS', 'PUBLIC_URL'] as const

/** Returns what would keep several nodes of a project from running one Ambient. */
export function clusterMistakesOf(
  { services }: ComposeProject,
  nodes: ReadonlyArray<[string, Service]>,
  configs: ReadonlyMap<string, Config>
): string[] {
  const [, first] = nodes[0] ?? []
  const upstreams = services.nginx?.environment?.AMBIENT_UPSTREAMS ?? ''
  const ofNodes = nodes.flatMap(([name, { environment = {}, networks }]) => {
    const config = configs.get(name)
    const addresses = Object.values(networks ?? {}).flatMap(network => network?.ipv4_address ?? [])
    const { CLUSTER_ADDRESS: address } = environment
    return [
      ...(environment.REDIS_URL ? [] : [`${name}: without REDIS_URL, shows would be split between the nodes`]),
      ...sharedNames
        .filter(shared => environment[shared] !== first?.environment?.[shared])
        .map(shared => `${name}: its ${shared} differs from that of the first node`),
      ...(address && addresses.includes(address) ? [] : [`${name}: CLUSTER_ADDRESS is not one of its fixed addresses`]),
      ...(config && upstreams.includes(`server ${address}:${config.PORT} `) ? [] : [`nginx: does not know ${name}`])
    ]
  })
  return [
    ...ofNodes,
    ...repeated(nodes.map(([, { environment }]) => environment?.NODE_ID ?? '')).map(id => `two nodes are named ${id}`),
    ...repeated(nodes.map(([, { environment }]) => environment?.CLUSTER_ADDRESS ?? '')).map(
      address => `two nodes have the address ${address}`
    ),
    ...repeated(
      nodes.flatMap(([, { ports = [] }]) => ports.map(({ published, protocol }) => `${published}/${protocol ?? 'tcp'}`))
    ).map(port => `two nodes publish ${port}`),
    ...repeated(nodes.flatMap(([, { volumes = [] }]) => volumes.map(({ source }) => source ?? ''))).map(
      volume => `two nodes write to ${volume}`
    )
  ]
}

function repeated(values: readonly string[]): string[] {
  return [...new Set(values.filter((value, index) => values.indexOf(value) !== index))]
}
