import { containersOf, node, ofKind, workloads, type Container, type Manifest, type PodSpec } from './manifest.ts'
import type { Rule } from './rule.ts'

/**
 * What the restricted profile asks, and a little more; host ports are left out, which media needs.
 * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/
 */
function laxness(spec: PodSpec): string[] {
  const { securityContext = {}, automountServiceAccountToken, enableServiceLinks } = spec
  return [
    ...(securityContext.runAsNonRoot && (securityContext.runAsUser ?? 0) > 0 ? [] : ['may run as root']),
    ...(securityContext.seccompProfile?.type === 'RuntimeDefault' ? [] : ['makes any system call']),
    ...(automountServiceAccountToken === false ? [] : ['holds a token for the Kubernetes API']),
    ...(enableServiceLinks === false ? [] : ['gets variables by the names of Services']),
    ...containersOf(spec).flatMap(container => laxnessOfContainer(container).map(what => `${container.name} ${what}`))
  ]
}

function laxnessOfContainer({ securityContext = {}, resources = {} }: Container): string[] {
  return [
    ...(securityContext.allowPrivilegeEscalation === false ? [] : ['may gain rights']),
    ...(securityContext.readOnlyRootFilesystem ? [] : ['may write to its own programs']),
    ...(securityContext.capabilities?.drop?.includes('ALL') &&
    (securityContext.capabilities.add ?? []).every(capability => capability === 'NET_BIND_SERVICE')
      ? []
      : ['has capabilities']),
    ...(resources.requests?.cpu && resources.requests.memory && resources.limits?.memory
      ? []
      : ['does not say what it takes'])
  ]
}

function imageMistakes(image: string): string[] {
  const [, tag] = /:([^:/]+)$/.exec(image) ?? []
  const host = image.includes('/') ? (image.split('/')[0] ?? '') : ''
  return [
    ...(tag === undefined || tag === 'latest' ? [`${image} is another one every day`] : []),
    ...(/[.:]/.test(host) ? [`${image} names a registry`] : [])
  ]
}

/** Names of Secrets that an operator makes; their keys are told on the page. */
const secretsToMake = new Set(['ambient-secrets', 'ambient-tls'])

function missingReferences(manifests: readonly Manifest[], { spec, name }: { spec: PodSpec; name: string }): string[] {
  const configMaps = [
    ...containersOf(spec).flatMap(({ envFrom = [] }) =>
      envFrom.flatMap(({ configMapRef }) => configMapRef?.name ?? [])
    ),
    ...(spec.volumes ?? []).flatMap(({ configMap }) => configMap?.name ?? [])
  ]
  const secrets = [
    ...containersOf(spec).flatMap(({ env = [] }) =>
      env.flatMap(({ valueFrom }) => valueFrom?.secretKeyRef?.name ?? [])
    ),
    ...(spec.volumes ?? []).flatMap(({ secret }) => secret?.secretName ?? [])
  ]
  const claims = (spec.volumes ?? []).flatMap(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? [])
  return [
    ...claims
      .filter(wanted => ofKind(manifests, 'PersistentVolumeClaim', wanted).length === 0)
      .map(wanted => `${name} wants the volume ${wanted}`),
    ...configMaps
      .filter(wanted => ofKind(manifests, 'ConfigMap', wanted).length === 0)
      .map(wanted => `${name} wants the ConfigMap ${wanted}`),
    ...secrets.filter(wanted => !secretsToMake.has(wanted)).map(wanted => `${name} wants the Secret ${wanted}`),
    ...(ofKind(manifests, 'ServiceAccount', spec.serviceAccountName ?? '').length === 1
      ? []
      : [`${name} runs as ${spec.serviceAccountName ?? 'nobody'}`])
  ]
}

/** What holds for everything that runs. */
export const podRules: Rule[] = [
  {
    name: 'pods have no rights they do not need',
    mistakes: manifests =>
      workloads(manifests).flatMap(({ manifest, template }) =>
        laxness(template.spec).map(what => `${manifest.metadata.name}: ${what}`)
      ),
    breaks: [
      manifests => {
        delete node(manifests).template.spec.securityContext
      },
      manifests => {
        delete node(manifests).template.spec.automountServiceAccountToken
      },
      manifests => {
        delete node(manifests).template.spec.enableServiceLinks
      },
      manifests => {
        delete node(manifests).container.securityContext
      },
      manifests => {
        delete node(manifests).container.resources
      }
    ]
  },
  {
    name: "the user is the image's",
    mistakes(manifests, { user: { uid, gid } }) {
      const { runAsUser, runAsGroup, fsGroup } = node(manifests).template.spec.securityContext ?? {}
      return runAsUser === uid && runAsGroup === gid && fsGroup === gid
        ? []
        : [`the image's user is ${uid}:${gid}, here it is ${runAsUser}:${runAsGroup}, and files are of ${fsGroup}`]
    },
    breaks: [
      manifests => {
        node(manifests).template.spec.securityContext = { runAsUser: 1000, runAsGroup: 1000, fsGroup: 1000 }
      }
    ]
  },
  {
    name: 'images are of one version, from wherever the operator has them',
    isOurs: true,
    mistakes: (manifests, { version }) => [
      ...workloads(manifests).flatMap(({ template }) =>
        containersOf(template.spec).flatMap(({ image }) => imageMistakes(image))
      ),
      ...(node(manifests).container.image.endsWith(`:${version}`) ? [] : [`the image is not of ${version}`])
    ],
    breaks: [
      manifests => {
        node(manifests).container.image = 'ambient:latest'
      },
      manifests => {
        node(manifests).container.image = 'registry.example.org/ambient:0.1.0'
      }
    ]
  },
  {
    name: 'what is referred to is there',
    mistakes: manifests =>
      workloads(manifests).flatMap(({ manifest, template }) =>
        missingReferences(manifests, { spec: template.spec, name: manifest.metadata.name })
      ),
    breaks: [
      manifests => {
        node(manifests).template.spec.serviceAccountName = 'somebody'
      },
      manifests => {
        node(manifests).container.envFrom = [
          ...(node(manifests).container.envFrom ?? []),
          { configMapRef: { name: 'nothing' } }
        ]
      }
    ]
  }
]
