import { containersOf, node, ofKind, workloads, type Container, type Manifest, type PodSpec } from './manifest.ts'
import type { Rule } from './rule.ts'

/**
 * Finds violations of the restricted profile and of some further rules. Host ports are allowed, because media needs
 * them.
 * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/
 */
function laxness(spec: PodSpec): string[] {
  const { securityContext = {}, automountServiceAccountToken, enableServiceLinks } = spec
  return [
    ...(securityContext.runAsNonRoot && (securityContext.runAsUser ?? 0) > 0 ? [] : ['may run as root']),
    ...(securityContext.seccompProfile?.type === 'RuntimeDefault' ? [] : ['may use any system call']),
    ...(automountServiceAccountToken === false ? [] : ['holds a token for the Kubernetes API']),
    ...(enableServiceLinks === false ? [] : ['gets a variable for each Service']),
    ...containersOf(spec).flatMap(container => laxnessOfContainer(container).map(what => `${container.name} ${what}`))
  ]
}

function laxnessOfContainer({ securityContext = {}, resources = {} }: Container): string[] {
  return [
    ...(securityContext.allowPrivilegeEscalation === false ? [] : ['may gain privileges']),
    ...(securityContext.readOnlyRootFilesystem ? [] : ['has a writable root file system']),
    ...(securityContext.capabilities?.drop?.includes('ALL') &&
    (securityContext.capabilities.add ?? []).every(capability => capability === 'NET_BIND_SERVICE')
      ? []
      : ['has capabilities']),
    ...(resources.requests?.cpu && resources.requests.memory && resources.limits?.memory
      ? []
      : ['has no resource requests or memory limit'])
  ]
}

function imageMistakes(image: string): string[] {
  const [, tag] = /:([^:/]+)$/.exec(image) ?? []
  const host = image.includes('/') ? (image.split('/')[0] ?? '') : ''
  return [
    ...(tag === undefined || tag === 'latest' ? [`${image} has no fixed version`] : []),
    ...(/[.:]/.test(host) ? [`${image} names a registry`] : [])
  ]
}

/** Names of Secrets that the operator creates. The page for operators lists their keys. */
const operatorSecrets = new Set(['ambient-secrets', 'ambient-tls'])

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
    ...secrets.filter(wanted => !operatorSecrets.has(wanted)).map(wanted => `${name} wants the Secret ${wanted}`),
    ...(ofKind(manifests, 'ServiceAccount', spec.serviceAccountName ?? '').length === 1
      ? []
      : [`${name} runs as ${spec.serviceAccountName ?? 'nobody'}`])
  ]
}

/** Rules for all pods. */
export const podRules: Rule[] = [
  {
    name: 'pods have no unnecessary privileges',
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
    name: 'the user is that of the image',
    mistakes(manifests, { user: { uid, gid } }) {
      const { runAsUser, runAsGroup, fsGroup } = node(manifests).template.spec.securityContext ?? {}
      return runAsUser === uid && runAsGroup === gid && fsGroup === gid
        ? []
        : [`the image's user is ${uid}:${gid}, here it is ${runAsUser}:${runAsGroup}, with fsGroup ${fsGroup}`]
    },
    breaks: [
      manifests => {
        node(manifests).template.spec.securityContext = { runAsUser: 1000, runAsGroup: 1000, fsGroup: 1000 }
      }
    ]
  },
  {
    name: 'images have a fixed version and no registry',
    isOurs: true,
    mistakes: (manifests, { version }) => [
      ...workloads(manifests).flatMap(({ template }) =>
        containersOf(template.spec).flatMap(({ image }) => imageMistakes(image))
      ),
      ...(node(manifests).container.image.endsWith(`:${version}`)
        ? []
        : [`the image does not have the version ${version}`])
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
    name: 'referenced objects exist',
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
