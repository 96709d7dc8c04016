import { maxNodes } from './cluster-rules.ts'
import { variablesOf } from './environment.ts'
import { node, ofKind, podNameLabel, workloads, type Manifest, type PodSpec } from './manifest.ts'
import { configOf } from './node-rules.ts'
import type { Rule } from './rule.ts'

function routeMistakes(manifests: readonly Manifest[]): string[] {
  const routes = ofKind(manifests, 'HTTPRoute')
  if (routes.length === 0) return []
  const { PUBLIC_URL } = configOf(manifests)
  const host = new URL(PUBLIC_URL ?? '').hostname
  const rules = routes.flatMap(({ spec }) => spec?.rules ?? [])
  const sockets = rules.find(({ matches }) => matches?.some(({ path }) => path?.value === '/socket.io'))
  const [target] = sockets?.backendRefs ?? []
  const service = (name: string, port: number) =>
    ofKind(manifests, 'Service', name)[0]?.spec?.ports?.find(candidate => candidate.port === port)
  return [
    ...routes
      .filter(({ spec }) => spec?.hostnames?.join() !== host)
      .map(({ metadata }) => `HTTPRoute ${metadata.name} has another host than PUBLIC_URL`),
    ...rules
      .flatMap(({ backendRefs = [] }) => backendRefs)
      .filter(({ name, port }) => !service(name, port))
      .map(({ name, port }) => `a route leads to ${name}:${port}, which does not exist`),
    ...(target && service(target.name, target.port)?.appProtocol === 'kubernetes.io/ws'
      ? []
      : ['the route of sockets does not support WebSocket']),
    ...(sockets?.timeouts?.request === '0s' ? [] : ['the request timeout closes sockets during a show'])
  ]
}

/**
 * Returns the directives of a configuration, without comments and the number of processes, which in a pod differs from
 * the machine's number of processors.
 */
function directives(configuration: string): string {
  return configuration
    .split('\n')
    .filter(line => !/^\s*(#|$|worker_processes )/.test(line))
    .join('\n')
}

/**
 * Finds mistakes in the settings of NGINX. Its image replaces variables in the templates. NGINX does not start when a
 * variable has no value.
 */
function nginxMistakes(
  manifests: readonly Manifest[],
  templates: ReadonlyMap<string, string>,
  frame: string
): string[] {
  const nginx = workloads(manifests).find(({ manifest }) => manifest.metadata.name === 'nginx')
  const container = nginx?.template.spec.containers[0]
  if (!nginx || !container) return []
  const given = new Map(variablesOf(container, manifests).map(({ name, value }) => [name, value ?? '']))
  const mounted = mountedFiles(nginx.template.spec, manifests)
  const required = new Set([...templates.values()].flatMap(text => text.match(/(?<=\$\{)AMBIENT_\w+(?=\})/g) ?? []))
  return [
    ...missingFiles(templates, mounted).map(file => `${file} is not in NGINX's ConfigMap`),
    ...(mounted.some(([name, held]) => name === 'nginx.conf' && directives(held) === directives(frame))
      ? []
      : ['nginx.conf differs from nginx/nginx.conf in more than its number of processes']),
    ...[...required].filter(name => !given.has(name)).map(name => `${name} has no value`),
    ...upstreamMistakes(manifests, given.get('AMBIENT_UPSTREAMS') ?? ''),
    ...(given.get('AMBIENT_SERVER_NAMES') === new URL(configOf(manifests).PUBLIC_URL ?? '').hostname
      ? []
      : ['NGINX has another server name than the host of PUBLIC_URL']),
    ...['http', 'https']
      .filter(
        name =>
          !given
            .get(`AMBIENT_LISTEN_${name.toUpperCase()}`)
            ?.includes(`listen ${container.ports?.find(port => port.name === name)?.containerPort}`)
      )
      .map(name => `NGINX does not listen on its port ${name}`)
  ]
}

/** Checks that NGINX has a Service for each node, because it selects the node by the show. */
function upstreamMistakes(manifests: readonly Manifest[], upstreams: string): string[] {
  const names = [...upstreams.matchAll(/server ([^:;\s]+):80(?=[\s;])/g)].map(([, name = '']) => name)
  const services = names.flatMap(name => ofKind(manifests, 'Service', name))
  const nodes = maxNodes(manifests)
  const missing = Array.from({ length: nodes }, (_, place) => `ambient-${place}`).filter(
    pod => nodes > 1 && !services.some(({ spec }) => spec?.selector?.[podNameLabel] === pod)
  )
  return [
    ...(names.length > 0 && services.length === names.length ? [] : ['an upstream of NGINX is not a Service']),
    ...missing.map(pod => `NGINX has no Service of ${pod}, and cannot send all members of a show to it`)
  ]
}

/** Finds mistakes in the settings of coturn. */
function coturnMistakes(manifests: readonly Manifest[], files: ReadonlyMap<string, string>): string[] {
  const relay = workloads(manifests).find(({ manifest }) => manifest.metadata.name === 'coturn')
  const container = relay?.template.spec.initContainers?.[0]
  if (!relay || !container) return []
  const given = variablesOf(container, manifests)
  const mounted = mountedFiles(relay.template.spec, manifests)
  const known = [...files.values()].join('\n')
  const shared = variablesOf(node(manifests).container, manifests)
  return [
    ...missingFiles(files, mounted).map(file => `${file} is not in coturn's ConfigMap`),
    ...given
      .filter(({ name }) => !new RegExp(`^${name}=|\\$\\{${name}\\}`, 'm').test(known))
      .map(({ name }) => `coturn knows no ${name}`),
    ...(given.find(({ name }) => name === 'COTURN_NODES')?.value === '127.0.0.1'
      ? ['coturn relays to no node: COTURN_NODES']
      : []),
    ...(shared.some(({ name }) => name === 'TURN_URLS') &&
    shared.some(({ name, optional }) => name === 'TURN_SECRET' && !optional)
      ? []
      : ['clients do not learn of coturn: TURN_URLS and TURN_SECRET'])
  ]
}

function mountedFiles({ volumes = [] }: PodSpec, manifests: readonly Manifest[]): Array<[string, string]> {
  return volumes
    .flatMap(({ configMap }) => (configMap ? ofKind(manifests, 'ConfigMap', configMap.name) : []))
    .flatMap(({ data }) => Object.entries(data ?? {}))
}

/** Returns the files that are not mounted with the same name and text. */
function missingFiles(files: ReadonlyMap<string, string>, mounted: ReadonlyArray<[string, string]>): string[] {
  return [...files]
    .filter(([file, text]) => !mounted.some(([name, held]) => file.endsWith(`/${name}`) && held === text))
    .map(([file]) => file)
}

function coturnSetting(manifests: readonly Manifest[], name: string, value: string): unknown {
  const [settings] = ofKind(manifests, 'ConfigMap').filter(
    ({ data }) => data && 'COTURN_NODES' in data && !('render.sh' in data)
  )
  if (!settings?.data) return false
  settings.data[name] = value
  return true
}

function nginxSetting(manifests: readonly Manifest[], change: (data: Record<string, string>) => void): unknown {
  const [settings] = ofKind(manifests, 'ConfigMap').filter(({ data }) => data && 'AMBIENT_UPSTREAMS' in data)
  if (!settings?.data) return false
  change(settings.data)
  return true
}

function eachRoute(manifests: readonly Manifest[], change: (route: Manifest) => void): unknown {
  const routes = ofKind(manifests, 'HTTPRoute')
  for (const route of routes) change(route)
  return routes.length > 0
}

/** Rules for routes, NGINX and coturn. */
export const entranceRules: Rule[] = [
  {
    name: 'routes lead to the server, sockets included',
    mistakes: routeMistakes,
    breaks: [
      manifests =>
        eachRoute(manifests, ({ spec }) => {
          if (spec) spec.hostnames = ['other.example.org']
        }),
      manifests =>
        eachRoute(manifests, ({ spec }) => {
          for (const { backendRefs = [] } of spec?.rules ?? []) for (const reference of backendRefs) reference.port = 80
        }),
      manifests =>
        eachRoute(manifests, ({ spec }) => {
          for (const rule of spec?.rules ?? []) delete rule.timeouts
        }),
      manifests =>
        eachRoute(manifests, ({ spec }) => {
          for (const { backendRefs = [] } of spec?.rules ?? []) {
            for (const reference of backendRefs) reference.name = 'nobody'
          }
        })
    ]
  },
  {
    name: 'NGINX has all its files and variables',
    mistakes: (manifests, { nginxTemplates, nginxFrame }) => nginxMistakes(manifests, nginxTemplates, nginxFrame),
    breaks: [
      manifests =>
        nginxSetting(manifests, data => {
          delete data.AMBIENT_CACHE
        }),
      manifests =>
        nginxSetting(manifests, data => {
          data.AMBIENT_UPSTREAMS = 'server node:80;'
        }),
      manifests =>
        maxNodes(manifests) > 1 &&
        nginxSetting(manifests, data => {
          data.AMBIENT_UPSTREAMS = 'server ambient:80;'
        }),
      manifests =>
        nginxSetting(manifests, data => {
          data.AMBIENT_SERVER_NAMES = 'other.example.org'
        }),
      manifests =>
        nginxSetting(manifests, data => {
          data.AMBIENT_LISTEN_HTTPS = 'listen 443 ssl;'
        })
    ]
  },
  {
    name: 'coturn has all its files and variables',
    mistakes: (manifests, { coturnFiles }) => coturnMistakes(manifests, coturnFiles),
    breaks: [
      manifests => coturnSetting(manifests, 'COTURN_NODES', '127.0.0.1'),
      manifests => coturnSetting(manifests, 'COTURN_NODE', '198.51.100.7'),
      manifests => {
        const [files] = ofKind(manifests, 'ConfigMap').filter(({ data }) => data && 'render.sh' in data)
        if (!files?.data) return false
        delete files.data['turnserver.conf.template']
      }
    ]
  }
]
