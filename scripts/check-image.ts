import { copyFile, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'

import { Value } from 'typebox/value'

import { releaseOf } from './check-image/base.ts'
import { buildImage } from './check-image/build.ts'
import { copyContext } from './check-image/context.ts'
import { readDockerfile } from './check-image/dockerfile.ts'
import type { KeptFile } from './check-image/kept-files.ts'
import { createLayers, layerKey } from './check-image/layers.ts'
import { lookAtMachine, type Machine } from './check-image/machine.ts'
import { checkRunning } from './check-image/running.ts'
import { layerTable, lookInside } from './check-image/contents.ts'
import { stopCommands } from './command.ts'
import { Lockfile } from './image/locked-packages.ts'
import { SetupError } from './setup-error.ts'
import { ensurePackages, workerBuildPackages } from './system-packages.ts'

// Carries out the Dockerfile without a container engine: each step in a chroot over layers, on a fresh Debian made by debootstrap; then runs what
// came out as an orchestrator does. Needs root, debootstrap and overlayfs. Layers are kept and used again as an engine keeps them: by the
// instruction, by what lies below, and by the bytes that are copied.

const root = join(import.meta.dirname, '..')
const home = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'ambient-ci', 'image')
const stepTimeoutMs = 20 * 60_000

/** What a container engine's network gives: names, certificates and the settings of npm, at /mnt while a step runs. */
async function lend(machine: Machine, folder: string): Promise<Record<string, string>> {
  await mkdir(folder)
  if (machine.certificates !== undefined) await copyFile(machine.certificates, join(folder, 'certificates.pem'))
  if (machine.npmConfigFile !== undefined) await copyFile(machine.npmConfigFile, join(folder, 'npmrc'))
  return {
    npm_config_registry: machine.npmRegistry,
    ...(machine.certificates !== undefined && { NODE_EXTRA_CA_CERTS: '/mnt/certificates.pem' }),
    ...(machine.npmConfigFile !== undefined && { npm_config_userconfig: '/mnt/npmrc' })
  }
}

/** The worker is minutes of compiling: it is made again when the source, how it is built, or Debian's release changes, and not for all that setup says. */
async function keptWorker(context: string, files: readonly string[], release: string): Promise<KeptFile> {
  const lockfile = Value.Parse(Lockfile, JSON.parse(await readFile(join(context, 'package-lock.json'), 'utf8')))
  const recipe = files.filter(
    path =>
      path.startsWith('scripts/worker/') || path === 'media/worker-binary.ts' || path === 'scripts/image/make-worker.ts'
  )
  const bytes = await Promise.all(recipe.map(async path => [path, await readFile(join(context, path), 'utf8')]))
  return {
    command: ['node', 'scripts/image/make-worker.ts', '/app/mediasoup-worker'],
    path: '/app/mediasoup-worker',
    key: layerKey(
      release,
      process.arch,
      lockfile.packages['node_modules/mediasoup']?.integrity,
      workerBuildPackages,
      bytes
    )
  }
}

async function check(work: string): Promise<void> {
  const stages = readDockerfile(await readFile(join(root, 'Dockerfile'), 'utf8'))
  const release = releaseOf(stages[0]?.from ?? '')
  const machine = await lookAtMachine(release)
  const layers = createLayers(home)
  await ensurePackages(['debootstrap'])
  await mkdir(home, { recursive: true })
  await layers.tidy()

  const context = join(work, 'context')
  const files = await copyContext(root, context)
  const lent = join(work, 'lent')
  const lentEnv = await lend(machine, lent)
  const image = await buildImage(stages, {
    context,
    lent,
    lentEnv,
    machine,
    layers,
    home,
    kept: [await keptWorker(context, files, release)],
    stepTimeoutMs
  })

  console.log(await layerTable(image))
  const empty = join(work, 'empty')
  await mkdir(empty)
  await lookInside(image, layers, empty)
  await checkRunning(image, layers, empty, work)
}

if (process.getuid?.() !== 0) {
  console.error('check:image mounts layers and changes root: run it as root.')
  process.exit(2)
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stopCommands)
const work = await mkdtemp(join(tmpdir(), 'ambient-image-'))
try {
  await check(work)
  console.log(
    'The image builds, holds nothing it should not, starts with a read-only root and without rights, and stops when told.'
  )
} catch (error) {
  console.error(error instanceof SetupError ? error.message : error)
  process.exitCode = 1
} finally {
  await rm(work, { recursive: true, force: true })
}
