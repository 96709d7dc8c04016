import { parseAllDocuments } from 'yaml'

/** A port of a container. */
export interface ContainerPort {
  name?: string
  containerPort: number
  hostPort?: number
  protocol?: 'UDP' | 'TCP'
}

/** A variable of a container, with the kinds of values that we use. */
export interface Variable {
  name: string
  value?: string
  valueFrom?: { fieldRef?: { fieldPath: string }; secretKeyRef?: { name: string; key: string; optional?: boolean } }
}

export interface Probe {
  httpGet?: { path: string; port: string | number }
  tcpSocket?: { port: string | number }
  periodSeconds?: number
  timeoutSeconds?: number
  failureThreshold?: number
}

export interface Container {
  name: string
  image: string
  env?: Variable[]
  envFrom?: Array<{ configMapRef?: { name: string }; secretRef?: { name: string } }>
  ports?: ContainerPort[]
  startupProbe?: Probe
  livenessProbe?: Probe
  readinessProbe?: Probe
  lifecycle?: { preStop?: { sleep?: { seconds: number } } }
  resources?: { requests?: Record<string, string>; limits?: Record<string, string> }
  securityContext?: {
    allowPrivilegeEscalation?: boolean
    readOnlyRootFilesystem?: boolean
    capabilities?: { drop?: string[]; add?: string[] }
  }
  volumeMounts?: Array<{ name: string; mountPath: string; readOnly?: boolean }>
}

export interface Volume {
  name: string
  emptyDir?: { sizeLimit?: string }
  configMap?: { name: string }
  secret?: { secretName: string }
  persistentVolumeClaim?: { claimName: string }
}

export interface LabelSelector {
  matchLabels?: Record<string, string>
}

export interface PodSpec {
  serviceAccountName?: string
  automountServiceAccountToken?: boolean
  enableServiceLinks?: boolean
  hostNetwork?: boolean
  terminationGracePeriodSeconds?: number
  securityContext?: {
    runAsNonRoot?: boolean
    runAsUser?: number
    runAsGroup?: number
    fsGroup?: number
    seccompProfile?: { type: string }
  }
  affinity?: {
    podAntiAffinity?: {
      requiredDuringSchedulingIgnoredDuringExecution?: Array<{ topologyKey: string; labelSelector: LabelSelector }>
    }
  }
  initContainers?: Container[]
  containers: Container[]
  volumes?: Volume[]
}

export interface Metadata {
  name: string
  namespace?: string
  labels?: Record<string, string>
  annotations?: Record<string, string>
}
export interface PodTemplate {
  metadata: Omit<Metadata, 'name'>
  spec: PodSpec
}

export interface NetworkPeer {
  podSelector?: LabelSelector
  namespaceSelector?: LabelSelector
  ipBlock?: { cidr: string; except?: string[] }
}
export interface NetworkPort {
  protocol?: 'UDP' | 'TCP'
  port?: number | string
  endPort?: number
}
export interface NetworkRule {
  from?: NetworkPeer[]
  to?: NetworkPeer[]
  ports?: NetworkPort[]
}
export interface ServicePort {
  name?: string
  port: number
  targetPort?: number | string
  appProtocol?: string
}

/** The fields that we check in specifications. Each kind has some of them. */
export interface Spec {
  replicas?: number
  minReplicas?: number
  maxReplicas?: number
  maxUnavailable?: number
  serviceName?: string
  selector?: LabelSelector & Record<string, unknown>
  podSelector?: LabelSelector
  policyTypes?: Array<'Ingress' | 'Egress'>
  ingress?: NetworkRule[]
  egress?: NetworkRule[]
  ports?: ServicePort[]
  template?: PodTemplate
  jobTemplate?: { spec: { template: PodTemplate } }
  volumeClaimTemplates?: Array<{ metadata: Metadata }>
  hostnames?: string[]
  rules?: Array<{
    matches?: Array<{ path?: { type: string; value: string } }>
    timeouts?: { request?: string }
    backendRefs?: Array<{ name: string; port: number }>
  }>
  endpoints?: Array<{ port: string; path: string }>
  scaleTargetRef?: { kind: string; name: string }
  metrics?: Array<{ pods?: { metric: { name: string }; target: { averageValue: string } } }>
}

/** A Kubernetes object, as kustomize prints it. */
export interface Manifest {
  apiVersion: string
  kind: string
  metadata: Metadata
  spec?: Spec
  data?: Record<string, string>
  automountServiceAccountToken?: boolean
}

/**
 * Returns all objects of a rendered overlay, parsed as in Kubernetes: `on` without quotes is a boolean.
 * @throws Error when the text is not valid YAML
 */
export function parseManifests(text: string): Manifest[] {
  return parseAllDocuments(text, { version: '1.1' }).map(document => {
    const [error] = document.errors
    if (error) throw error
    return document.toJS()
  })
}

/** Returns the objects of a kind, and with a name only those of this name. */
export function ofKind(manifests: readonly Manifest[], kind: string, name?: string): Manifest[] {
  return manifests.filter(manifest => manifest.kind === kind && (name === undefined || manifest.metadata.name === name))
}

/** Returns all containers of a pod, init containers first. */
export function containersOf({ initContainers = [], containers }: PodSpec): Container[] {
  return [...initContainers, ...containers]
}

/** An object that creates pods, with its pod template. */
export interface Workload {
  manifest: Manifest
  template: PodTemplate
}

export function workloads(manifests: readonly Manifest[]): Workload[] {
  return manifests.flatMap(manifest => {
    const template = manifest.spec?.template ?? manifest.spec?.jobTemplate?.spec.template
    return template ? [{ manifest, template }] : []
  })
}

/** Returns the StatefulSet of Ambient and its container. Throws when there is none. */
export function node(manifests: readonly Manifest[]): Workload & { container: Container } {
  const workload = workloads(manifests).find(
    ({ manifest }) => manifest.kind === 'StatefulSet' && manifest.metadata.name === 'ambient'
  )
  const container = workload?.template.spec.containers.find(({ name }) => name === 'ambient')
  if (!workload || !container) throw new Error('there is no StatefulSet ambient with a container ambient')
  return { ...workload, container }
}

/** Returns whether a selector matches labels. An empty selector matches everything. */
export function selects(
  required: Readonly<Record<string, string>> | undefined,
  labels: Readonly<Record<string, string>> | undefined
): boolean {
  return Object.entries(required ?? {}).every(([key, value]) => labels?.[key] === value)
}

/** The label that each pod of a StatefulSet gets, with the pod's name. Templates do not have it. */
export const podNameLabel = 'statefulset.kubernetes.io/pod-name'

/**
 * Returns the labels of an object's selector, except for the name of a pod. Services have plain labels where other
 * kinds have matchLabels.
 */
export function labelsOf({ spec }: Manifest): Record<string, string> | undefined {
  const selector = spec?.selector ?? spec?.podSelector
  if (!selector) return undefined
  if (selector.matchLabels) return selector.matchLabels
  return Object.fromEntries(
    Object.entries(selector).flatMap(([key, value]) =>
      typeof value === 'string' && key !== podNameLabel ? [[key, value]] : []
    )
  )
}
