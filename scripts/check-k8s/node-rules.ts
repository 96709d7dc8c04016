import { loadConfig } from '../../config/config.ts'
import { environmentOf, variablesOf } from './environment.ts'
import { node, ofKind, selects, type ContainerPort, type Manifest } from './manifest.ts'
import type { Rule } from './rule.ts'

/** Time for closing after the drain, also on a slow machine. */
const marginMs = 10_000

export function configOf(manifests: readonly Manifest[]) {
  return loadConfig(environmentOf(variablesOf(node(manifests).container, manifests), 'required'))
}

/** Returns all media ports: UDP and TCP for each worker. */
export function mediaPorts(manifests: readonly Manifest[]): Array<{ port: number; protocol: 'UDP' | 'TCP' }> {
  const { MEDIA_PORT, MEDIA_WORKERS } = configOf(manifests)
  return Array.from({ length: MEDIA_WORKERS }, (_, worker) => MEDIA_PORT + worker).flatMap(port =>
    (['UDP', 'TCP'] as const).map(protocol => ({ port, protocol }))
  )
}

function portMistakes(manifests: readonly Manifest[]): string[] {
  const ports = node(manifests).container.ports ?? []
  const { PORT, METRICS_PORT } = configOf(manifests)
  const expected = new Set(
    mediaPorts(manifests).map(({ port, protocol }) => `${port}/${protocol} on host port ${port}`)
  )
  const found = new Set(
    ports
      .filter(({ hostPort }) => hostPort !== undefined)
      .map(
        ({ containerPort, hostPort, protocol = 'TCP' }: ContainerPort) =>
          `${containerPort}/${protocol} on host port ${hostPort}`
      )
  )
  const named = (name: string) => ports.find(port => port.name === name)?.containerPort
  return [
    ...[...expected].filter(port => !found.has(port)).map(port => `${port} of a media worker is missing`),
    ...[...found].filter(port => !expected.has(port)).map(port => `no media worker listens on ${port}`),
    ...(named('http') === PORT ? [] : [`http is not ${PORT}`]),
    ...(named('metrics') === METRICS_PORT ? [] : [`metrics is not ${METRICS_PORT}`])
  ]
}

/** Rules for the pods of Ambient. */
export const nodeRules: Rule[] = [
  {
    name: 'the grace period suffices for a drain',
    mistakes(manifests) {
      const { container, template } = node(manifests)
      const preStopSeconds = container.lifecycle?.preStop?.sleep?.seconds ?? 0
      const neededMs = preStopSeconds * 1000 + configOf(manifests).DRAIN_DEADLINE_MS + marginMs
      const graceMs = (template.spec.terminationGracePeriodSeconds ?? 30) * 1000
      return [
        ...(preStopSeconds >= 5 ? [] : ['it stops before proxies have removed it']),
        ...(graceMs >= neededMs ? [] : [`it is killed after ${graceMs} ms, and may need ${neededMs}`])
      ]
    },
    breaks: [
      manifests => {
        node(manifests).template.spec.terminationGracePeriodSeconds = 40
      },
      manifests => {
        delete node(manifests).container.lifecycle
      }
    ]
  },
  {
    name: 'probes use paths that the server serves',
    mistakes(manifests, { probedPaths }) {
      const {
        container: { startupProbe, livenessProbe, readinessProbe }
      } = node(manifests)
      const probes = { startupProbe, livenessProbe, readinessProbe }
      const wrong = Object.entries(probes)
        .filter(([, probe]) => !probe?.httpGet || !probedPaths.has(probe.httpGet.path) || probe.httpGet.port !== 'http')
        .map(([name]) => `${name} uses a path or port that the server does not serve`)
      return [
        ...wrong,
        ...(livenessProbe?.httpGet?.path === '/healthz' && startupProbe?.httpGet?.path === '/healthz'
          ? []
          : ['a restart does not repair an unreachable database: liveness and startup must use /healthz']),
        ...(readinessProbe?.httpGet?.path === '/readyz' && (readinessProbe.timeoutSeconds ?? 1) > 2
          ? []
          : ['readiness must use /readyz, with a timeout above its two seconds'])
      ]
    },
    breaks: [
      manifests => {
        node(manifests).container.livenessProbe = { httpGet: { path: '/readyz', port: 'http' } }
      },
      manifests => {
        node(manifests).container.startupProbe = { httpGet: { path: '/health', port: 'http' } }
      },
      manifests => {
        node(manifests).container.readinessProbe = { httpGet: { path: '/readyz', port: 'http' } }
      }
    ]
  },
  {
    name: 'ports match the settings',
    mistakes: portMistakes,
    breaks: [
      manifests => node(manifests).container.ports?.pop(),
      manifests => node(manifests).container.ports?.push({ containerPort: 40_100, hostPort: 40_100, protocol: 'UDP' }),
      manifests => {
        for (const port of node(manifests).container.ports ?? []) if (port.name === 'http') port.containerPort = 8080
      }
    ]
  },
  {
    name: 'two pods never run on one machine',
    mistakes(manifests) {
      const { template } = node(manifests)
      const apart = template.spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []
      return apart.some(
        ({ topologyKey, labelSelector }) =>
          topologyKey === 'kubernetes.io/hostname' && selects(labelSelector.matchLabels, template.metadata.labels)
      )
        ? []
        : ['two pods of Ambient may run on one machine']
    },
    breaks: [
      manifests => {
        delete node(manifests).template.spec.affinity
      }
    ]
  },
  {
    name: 'the folders it writes to are writable',
    mistakes(manifests) {
      const {
        container,
        template: {
          spec: { volumes = [] }
        },
        manifest
      } = node(manifests)
      const names = new Set([
        ...volumes.map(({ name }) => name),
        ...(manifest.spec?.volumeClaimTemplates ?? []).map(({ metadata }) => metadata.name)
      ])
      return [configOf(manifests).DATA_DIR, '/tmp']
        .filter(
          folder =>
            !container.volumeMounts?.some(
              ({ mountPath, name, readOnly }) => mountPath === folder && !readOnly && names.has(name)
            )
        )
        .map(folder => `${folder} is not writable`)
    },
    breaks: [
      manifests => {
        node(manifests).container.volumeMounts = [{ name: 'tmp', mountPath: '/tmp' }]
      }
    ]
  },
  {
    name: 'the autoscaler uses an existing metric',
    mistakes: (manifests, { metrics }) =>
      ofKind(manifests, 'HorizontalPodAutoscaler')
        .flatMap(({ spec }) => spec?.metrics ?? [])
        .filter(({ pods }) => !metrics.has(pods?.metric.name ?? ''))
        .map(({ pods }) => `${pods?.metric.name} is not among the server's metrics`),
    breaks: [
      manifests => {
        const [scaler] = ofKind(manifests, 'HorizontalPodAutoscaler')
        if (!scaler) return false
        scaler.spec = {
          ...scaler.spec,
          metrics: [{ pods: { metric: { name: 'ambient_shoes' }, target: { averageValue: '1000' } } }]
        }
      }
    ]
  }
]
