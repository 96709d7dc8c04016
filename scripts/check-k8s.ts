/**
 * Looks at the Kubernetes manifests as kustomize renders them: whether our rules for them hold (and whether each rule would notice when it did
 * not), and whether a real API server takes them, admission and a scheduler included. Ends with 1 when something is wrong. With folders as
 * arguments it looks at those instead: overlays of an operator's own.
 * Needs Go the first time: test/standins/kubernetes/build.sh builds what this runs on.
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
const theirs = process.argv.slice(2).map(folder => resolve(folder))
const overlays = theirs.length > 0 ? theirs : ['k8s/overlays/single', 'k8s/overlays/production', 'k8s/example']
const buildLimitMs = 35 * 60_000
const renderLimitMs = 60_000
const restrictedNamespace = 'restricted'

const problems: string[] = []
function report(where: string, mistakes: readonly string[]): void {
  for (const mistake of mistakes) problems.push(`${where}: ${mistake}`)
}

async function render(home: string, overlay: string): Promise<Manifest[]> {
  return parseManifests(
    (await run(join(home, 'kustomize'), ['build', overlay], { cwd: root, timeoutMs: renderLimitMs })).join('\n')
  )
}

/** What the page for operators tells them to write, with this repository beside it as it says there. */
async function renderOwn(home: string, page: string): Promise<Manifest[]> {
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
  // The rest is in it.
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

/** The alerts as the page says to apply them, with somebody who only shows them in kubectl's place. */
async function renderAlerts(page: string): Promise<Manifest[]> {
  const [, command = 'false'] = /^```sh\n([^`]*kind: PrometheusRule[^`]*)\| kubectl [^`]*^```$/m.exec(page) ?? []
  return parseManifests((await run('sh', ['-c', command], { cwd: root, timeoutMs: renderLimitMs })).join('\n'))
}

/** An API server that takes everything would prove nothing. */
async function checkStrictness(api: ApiServer, manifests: readonly Manifest[]): Promise<void> {
  const [service] = structuredClone(ofKind(manifests, 'Service', 'ambient'))
  const [route] = structuredClone(ofKind(manifests, 'HTTPRoute', 'ambient'))
  for (const manifest of [service, route]) {
    if (!manifest) throw new Error('there is nothing to misspell')
    Object.assign(manifest.spec ?? {}, { selektor: {} })
    const refusal = await apply(api, manifest, { dryRun: true })
    if (!refusal?.includes('selektor')) problems.push(`a misspelt field of ${manifest.kind} is not refused`)
  }
}

/** What is tried once, and not for every overlay. */
async function checkApart(api: ApiServer, production: readonly Manifest[], { page }: Facts): Promise<void> {
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
  await run(join(root, 'test/standins/kubernetes/build.sh'), [], { timeoutMs: buildLimitMs, showErrors: true })
).slice(-1)
const facts = await collectFacts()
const rendered = new Map<string, Manifest[]>()
for (const overlay of overlays) rendered.set(overlay, await render(home, overlay))
if (theirs.length === 0) rendered.set('docs/operators/kubernetes.md', await renderOwn(home, facts.page))

const applied = rules.filter(({ isOurs }) => theirs.length === 0 || !isOurs)
let breaks = 0
for (const rule of applied) {
  let here = 0
  for (const [overlay, manifests] of rendered) {
    report(`${overlay}, ${rule.name}`, rule.mistakes(manifests, facts))
    const { tried, unnoticed } = tryBreaks(rule, manifests, facts)
    report(
      `${overlay}, ${rule.name}`,
      unnoticed.map(place => `its break ${place} is not noticed`)
    )
    here += tried
  }
  if (here === 0 && theirs.length === 0) problems.push(`${rule.name}: no break was tried`)
  breaks += here
}
step(`${applied.length} rules for ${rendered.size} overlay${rendered.size === 1 ? '' : 's'}, ${breaks} breaks tried`)

const startedAt = performance.now()
const api = await startApiServer(home)
try {
  step(`a Kubernetes API server is ready after ${Math.round(performance.now() - startedAt)} ms`)
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
    step(`${overlay}: ${manifests.length} objects were put before it`)
  }
  if (theirs.length === 0) await checkApart(api, rendered.get('k8s/overlays/production') ?? [], facts)
} finally {
  await api.close()
}

for (const problem of problems) console.error(problem)
step(problems.length === 0 ? 'All is as it should be' : `${problems.length} problems`)
process.exitCode = problems.length === 0 ? 0 : 1
