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
import { findSources, type Machine } from './check-image/machine.ts'
import { checkRunning } from './check-image/running.ts'
import { checkContents, layerTable } from './check-image/contents.ts'
import { stopCommands } from './command.ts'
import { Lockfile } from './image/locked-packages.ts'
import { SetupError } from './setup-error.ts'
import { ensurePackages, workerBuildPackages } from './system-packages.ts'

// Builds the image from the Dockerfile without a container engine: runs each step in a chroot over layers, on a Debian
// that debootstrap creates. Then runs the image as an orchestrator does. Needs root, debootstrap and overlayfs. Caches
// layers as an engine does, by instruction, lower layers, and copied files.

const root = join(import.meta.dirname, '..')
const home = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'ambient-ci', 'image')
const stepTimeoutMs = 20 * 60_000

/**
 * Writes certificates and npm's settings to a folder, which steps see at /mnt while they run: without an engine's
 * network, they reach the registry as this machine does. Returns the environment variables for them.
 */
async function lendSettings(machine: Machine, folder: string): Promise<Record<string, string>> {
  await mkdir(folder)
  if (machine.certificates !== undefined) await copyFile(machine.certificates, join(folder, 'certificates.pem'))
  if (machine.npmConfigFile !== undefined) await copyFile(machine.npmConfigFile, join(folder, 'npmrc'))
  return {
    npm_config_registry: machine.npmRegistry,
    ...(machine.certificates !== undefined && { NODE_EXTRA_CA_CERTS: '/mnt/certificates.pem' }),
    ...(machine.npmConfigFile !== undefined && { npm_config_userconfig: '/mnt/npmrc' })
  }
}

/**
 * Compiling the worker takes minutes. It is built again only when its source, its build, or Debian's release changes.
 */
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
  const machine = await findSources(release)
  const layers = createLayers(home)
  await ensurePackages(['debootstrap'])
  await mkdir(home, { recursive: true })
  await layers.tidy()

  const context = join(work, 'context')
  const files = await copyContext(root, context)
  const lent = join(work, 'lent')
  const lentEnv = await lendSettings(machine, lent)
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
  await checkContents(image, layers, empty)
  await checkRunning(image, layers, empty, work)
}

if (process.getuid?.() !== 0) {
  console.error('check:image mounts layers and uses chroot: run it as root.')
  process.exit(2)
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stopCommands)
const work = await mkdtemp(join(tmpdir(), 'ambient-image-'))
try {
  await check(work)
  console.log(
    'The image builds, contains nothing unwanted, runs with a read-only root and no capabilities, and stops on SIGTERM.'
  )
} catch (error) {
  console.error(error instanceof SetupError ? error.message : error)
  process.exitCode = 1
} finally {
  await rm(work, { recursive: true, force: true })
}
