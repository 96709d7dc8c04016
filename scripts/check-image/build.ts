import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'

import { run } from '../command.ts'
import { step as logStep } from '../progress.ts'
import { bootstrapBase } from './base.ts'
import { containerCommand, lowerFolders, type CommandEnvironment } from './container.ts'
import type { Setting, Stage, Step } from './dockerfile.ts'
import { keep, restoreKept, type KeptFile } from './kept-files.ts'
import { layerKey, type Layer, type Layers } from './layers.ts'
import type { Machine } from './machine.ts'

/** A built stage: its layers, lowest first, and the settings with which it runs. */
export interface Image extends CommandEnvironment {
  readonly layers: readonly Layer[]
  readonly args: Readonly<Record<string, string>>
  readonly user: string
  readonly entrypoint: readonly string[]
  readonly command: readonly string[]
  readonly healthcheck: readonly string[]
  readonly volumes: readonly string[]
}

export interface BuildOptions {
  /** The folder of the files that COPY can copy. */
  readonly context: string
  /** A folder that steps see at /mnt; see machine.ts. */
  readonly lent: string
  readonly lentEnv: Readonly<Record<string, string>>
  readonly machine: Machine
  readonly layers: Layers
  /** The cache folder, and the files that are cached in it. */
  readonly home: string
  readonly kept: readonly KeptFile[]
  /** Maximum duration of one step. */
  readonly stepTimeoutMs: number
}

/**
 * Builds all stages step by step over layers, as a container engine does. Returns the last stage.
 * @throws SetupError with the last lines of output of the step that failed
 */
export async function buildImage(stages: readonly Stage[], options: BuildOptions): Promise<Image> {
  const built = new Map<string, Image>()
  let last: Image | undefined
  for (const { name, from, steps } of stages) {
    let image = built.get(from) ?? (await createBaseImage(from, options))
    for (const step of steps) image = await runStep(step, image, built, options)
    built.set(name, image)
    last = image
  }
  if (last === undefined) throw new Error('The Dockerfile has no stage.')
  return last
}

async function createBaseImage(image: string, { machine, layers }: BuildOptions): Promise<Image> {
  return {
    layers: [await bootstrapBase(image, machine, layers)],
    env: {},
    args: {},
    workdir: '/',
    user: '0:0',
    entrypoint: [],
    command: [],
    healthcheck: [],
    volumes: []
  }
}

async function runStep(
  step: Step,
  image: Image,
  built: ReadonlyMap<string, Image>,
  options: BuildOptions
): Promise<Image> {
  if (step.kind === 'set') return withSetting(image, step.set)
  const layer =
    step.kind === 'run' ? await runLayer(step.command, image, options) : await copyLayer(step, image, built, options)
  return { ...image, layers: [...image.layers, layer] }
}

function withSetting(image: Image, set: Setting): Image {
  switch (set.what) {
    case 'env':
      return { ...image, env: { ...image.env, ...set.values } }
    case 'arg':
      return { ...image, args: { ...image.args, [set.name]: set.value ?? '' } }
    case 'workdir':
      return { ...image, workdir: resolve(image.workdir, set.value) }
    case 'volumes':
      return { ...image, volumes: [...image.volumes, ...set.folders] }
    case 'user':
    case 'entrypoint':
    case 'command':
    case 'healthcheck':
      return { ...image, [set.what]: 'value' in set ? set.value : set.command }
  }
}

async function runLayer(command: readonly string[], image: Image, options: BuildOptions): Promise<Layer> {
  const env = { ...image.args, ...image.env }
  const title = `RUN ${command.join(' ')}`
  const key = layerKey(image.layers.at(-1)?.key, title, env, image.workdir, image.user)
  const kept = options.kept.find(file => file.command.join('\0') === command.join('\0'))
  return options.layers.get(key, title, async (files, folder) => {
    if (kept !== undefined && (await restoreKept(options.home, kept, files))) {
      logStep(`${title}: cached from an earlier check with the same sources`)
      return
    }
    logStep(title)
    const container = await containerCommand(command, {
      layers: image.layers,
      folder,
      top: files,
      lent: options.lent,
      env: { ...options.lentEnv, ...env },
      workdir: image.workdir
    })
    await run(container.command, container.args, { env: container.env, timeoutMs: options.stepTimeoutMs })
    if (kept !== undefined) await keep(options.home, kept, files)
  })
}

async function copyLayer(
  step: Step & { kind: 'copy' },
  image: Image,
  built: ReadonlyMap<string, Image>,
  { context, layers }: BuildOptions
): Promise<Layer> {
  const flags = step.from === undefined ? [] : [`--from=${step.from}`]
  const title = `COPY ${[...flags, ...step.sources, step.target].join(' ')}`
  const source = step.from === undefined ? undefined : built.get(step.from)
  if (step.from !== undefined && source === undefined) throw new Error(`${title}: no earlier stage has this name`)
  const sources = step.sources.map(path => `./${path.replace(/^\/+/, '')}`)
  const target = resolve(image.workdir, step.target) + (step.target.endsWith('/') ? '/' : '')

  return layers.withFolder(async aside => {
    const fromMount = join(aside, 'from')
    await mkdir(fromMount)
    const env = {
      ...process.env,
      ...(source === undefined
        ? { FROM_FOLDER: context }
        : { FROM_LAYERS: lowerFolders(source.layers), FROM_MOUNT: fromMount })
    }
    const copyScript = join(import.meta.dirname, 'copy-layer.sh')
    const [sum] = await run('unshare', ['--mount', copyScript, 'sum', ...sources], { env, timeoutMs: 120_000 })

    return layers.get(layerKey(image.layers.at(-1)?.key, target, step.sources, sum), title, async (files, folder) => {
      const mount = join(folder, 'mount')
      const work = join(folder, 'work')
      for (const path of [mount, work]) await mkdir(path)
      await run('unshare', ['--mount', copyScript, 'copy', target, ...sources], {
        env: { ...env, LAYERS: lowerFolders(image.layers), TOP: files, WORK: work, MOUNT: mount },
        timeoutMs: 120_000
      })
    })
  })
}
