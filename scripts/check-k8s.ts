/**
 * npm run check:k8s [-- FOLDER…]
 *
 * Checks the Kubernetes manifests that kustomize renders: they follow our rules (and each rule detects its violations),
 * and a real API server accepts them, including admission and scheduling. Exits with 1 on a problem. With folders,
 * checks those instead: an operator's own overlays. Needs Go the first time, for test/standins/kubernetes/build.sh.
 */
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { startApiServer, type ApiServer } from '../test/standins/kubernetes/api-server.ts'
import { apply, define, remove } from './check-k8s/accept.ts'
import { collectFacts, type Facts } from './check-k8s/facts.ts'
import { ofKind, parseManifests, type Manifest } from './check-k8s/manifest.ts'
import { tryAdmission, tryScheduling } from './check-k8s/pods.ts'
import { rules, tryBreaks } from './check-k8s/rules.ts'
import { run } from './command.ts'
import { step } from './progress.ts'

const root = join(import.meta.dirname, '..')
const givenOverlays = process.argv.slice(2).map(folder => resolve(folder))
const overlays =
  givenOverlays.length > 0
    ? givenOverlays
    : ['k8s/overlays/single', 'k8s/overlays/production', 'k8s/overlays/production-nginx', 'k8s/example']
const buildTimeoutMs = 35 * 60_000
const renderTimeoutMs = 60_000
const restrictedNamespace = 'restricted'

const problems: string[] = []
function report(where: string, mistakes: readonly string[]): void {
  for (const mistake of mistakes) problems.push(`${where}: ${mistake}`)
}

async function render(home: string, overlay: string): Promise<Manifest[]> {
  return parseManifests(
    (await run(join(home, 'kustomize'), ['build', overlay], { cwd: root, timeoutMs: renderTimeoutMs })).join('\n')
  )
}

/** Renders the kustomization that the page for operators shows, in a folder next to this repository. */
async function renderDocumented(home: string, page: string): Promise<Manifest[]> {
  const [, block = ''] = /^ *```yaml\n( *apiVersion: kustomize[^]*?)^ *```$/m.exec(page) ?? []
  const folder = await mkdtemp(join(tmpdir(), 'ambient-own-'))
  try {
    await symlink(root, join(folder, 'ambient'))
    await mkdir(join(folder, 'own'))
    await writeFile(join(folder, 'own/kustomization.yaml'), block)
    return await render(home, join(folder, 'own'))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function accept(api: ApiServer, overlay: string, manifests: readonly Manifest[]): Promise<void> {
  // All other objects are in the namespace.
  const namespaces = ofKind(manifests, 'Namespace')
  for (const namespace of namespaces) {
    report(
      overlay,
      [await apply(api, namespace)].filter(refusal => refusal !== null)
    )
  }
  for (const manifest of manifests) {
    for (const dryRun of [true, false]) {
      report(
        overlay,
        [await apply(api, manifest, { dryRun })].filter(refusal => refusal !== null)
      )
    }
  }
  report(overlay, await tryAdmission(api, manifests, restrictedNamespace))
  for (const manifest of manifests) {
    if (manifest.kind !== 'Namespace' && manifest.kind !== 'ServiceAccount') await remove(api, manifest)
  }
}

/** Renders the alerts with the command on the page for operators, without its last part, kubectl. */
async function renderAlerts(page: string): Promise<Manifest[]> {
  const [, command = 'false'] = /^```sh\n([^`]*kind: PrometheusRule[^`]*)\| kubectl [^`]*^```$/m.exec(page) ?? []
  return parseManifests((await run('sh', ['-c', command], { cwd: root, timeoutMs: renderTimeoutMs })).join('\n'))
}

/** Checks that the API server rejects a misspelt field. Otherwise its acceptance would prove nothing. */
async function checkStrictness(api: ApiServer, manifests: readonly Manifest[]): Promise<void> {
  const [service] = structuredClone(ofKind(manifests, 'Service', 'ambient'))
  const [route] = structuredClone(ofKind(manifests, 'HTTPRoute', 'ambient'))
  for (const manifest of [service, route]) {
    if (!manifest) throw new Error('the production overlay has no Service or HTTPRoute named ambient')
    Object.assign(manifest.spec ?? {}, { selektor: {} })
    const refusal = await apply(api, manifest, { dryRun: true })
    if (!refusal?.includes('selektor')) problems.push(`a misspelt field of ${manifest.kind} is not rejected`)
  }
}

/** Runs the checks that run once, and not for every overlay. */
async function checkOnce(api: ApiServer, production: readonly Manifest[], { page }: Facts): Promise<void> {
  for (const alerts of await renderAlerts(page)) {
    report(
      'the alerts',
      [await apply(api, alerts)].filter(refusal => refusal !== null)
    )
  }
  await checkStrictness(api, production)
  report('scheduling', await tryScheduling(api, production))
}

const [home = ''] = (
  await run(join(root, 'test/standins/kubernetes/build.sh'), [], { timeoutMs: buildTimeoutMs, showErrors: true })
).slice(-1)
const facts = await collectFacts()
const rendered = new Map<string, Manifest[]>()
for (const overlay of overlays) rendered.set(overlay, await render(home, overlay))
if (givenOverlays.length === 0) rendered.set('docs/operators/kubernetes.md', await renderDocumented(home, facts.page))

const applied = rules.filter(({ isOurs }) => givenOverlays.length === 0 || !isOurs)
let breaks = 0
for (const rule of applied) {
  let triedByRule = 0
  for (const [overlay, manifests] of rendered) {
    report(`${overlay}, ${rule.name}`, rule.mistakes(manifests, facts))
    const { tried, undetected } = tryBreaks(rule, manifests, facts)
    report(
      `${overlay}, ${rule.name}`,
      undetected.map(place => `its break ${place} is not detected`)
    )
    triedByRule += tried
  }
  if (triedByRule === 0 && givenOverlays.length === 0) problems.push(`${rule.name}: no break was tried`)
  breaks += triedByRule
}
step(`${applied.length} rules for ${rendered.size} overlay${rendered.size === 1 ? '' : 's'}, ${breaks} breaks tried`)

const startedAt = performance.now()
const api = await startApiServer(home)
try {
  step(`The Kubernetes API server is ready after ${Math.round(performance.now() - startedAt)} ms`)
  const definitions = await Promise.all(
    (await readdir(join(home, 'crds'))).map(async file =>
      parseManifests(await readFile(join(home, 'crds', file), 'utf8'))
    )
  )
  await define(api, definitions.flat(), pause)
  await apply(api, {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: restrictedNamespace, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } }
  })
  await apply(api, {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'ambient', namespace: restrictedNamespace }
  })
  for (const [overlay, manifests] of rendered) {
    await accept(api, overlay, manifests)
    step(`${overlay}: ${manifests.length} objects applied`)
  }
  if (givenOverlays.length === 0) await checkOnce(api, rendered.get('k8s/overlays/production') ?? [], facts)
} finally {
  await api.close()
}

for (const problem of problems) console.error(problem)
step(`${problems.length} problems`)
process.exitCode = problems.length === 0 ? 0 : 1
