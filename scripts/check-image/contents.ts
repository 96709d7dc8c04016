import { run } from '../command.ts'
import type { Image } from './build.ts'
import { containerCommand } from './container.ts'
import type { Layers } from './layers.ts'

const timeoutMs = 120_000
const mebibyte = 1024 * 1024

/** What has no business in an image that only runs. */
const unwanted = [
  'gcc',
  'g++',
  'cc',
  'c++',
  'clang',
  'ld',
  'make',
  'meson',
  'ninja',
  'pkg-config',
  'python3',
  'npm',
  'npx',
  'corepack',
  'git',
  'curl',
  'wget',
  'ssh'
]

/** Folders that are to be empty or not there at all. */
const emptied = ['/var/lib/apt/lists', '/var/cache/apt', '/root/.npm', '/root/.cache', '/home', '/tmp']

/** Where others than root may write: none of it but the data is writable with a read-only root. */
const writable = ['/data', '/tmp', '/var/tmp', '/run/lock', '/mnt']

/** Every layer with the room its files take, as `du` counts it, and whether it was there before. */
export async function layerTable({ layers }: Image): Promise<string> {
  const sizes = await Promise.all(
    layers.map(async ({ files }) => {
      const [line = ''] = await run('du', ['--summarize', '--block-size=1', '--apparent-size', files], { timeoutMs })
      return Number(line.split('\t')[0])
    })
  )
  const rows = layers.map(
    ({ title, cached }, index) => `${inMebibytes(sizes[index] ?? 0)}  ${cached ? 'kept' : 'made'}  ${title}`
  )
  return [...rows, `${inMebibytes(sizes.reduce((sum, size) => sum + size, 0))}        in all`].join('\n')
}

function inMebibytes(bytes: number): string {
  return `${(bytes / mebibyte).toFixed(1).padStart(7)} MiB`
}

/**
 * Looks for compilers, caches, programs that run with their owner's rights, and places others may write to.
 * @throws Error naming everything that should not be there
 */
export async function lookInside(image: Image, layers: Layers, lent: string): Promise<void> {
  const look = async (script: string): Promise<readonly string[]> =>
    layers.withFolder(async folder => {
      const container = await containerCommand(['sh', '-c', script], {
        layers: image.layers,
        folder,
        lent,
        env: {},
        workdir: '/'
      })
      return run(container.command, container.args, { env: container.env, timeoutMs })
    })
  const programs = await look(`for name in ${unwanted.join(' ')}; do command -v "$name" || true; done`)
  const remains = await look(
    `for folder in ${emptied.join(' ')}; do [ ! -d "$folder" ] || find "$folder" -mindepth 1 -type f | head -n 3; done`
  )
  const privileged = await look('find / -xdev -type f -perm /6000')
  const open = await look(
    `find / -xdev ! -type l ! -user 0 -o -xdev ! -type l -perm -0002 | grep -vE '^(${writable.join('|')})(/|$)' || true`
  )
  const mistakes = [
    ...programs.map(path => `${path} is of no use to a server`),
    ...remains.map(path => `${path} was left behind`),
    ...privileged.map(path => `${path} runs with its owner's rights`),
    ...open.map(path => `${path} can be written to, or is not root's`)
  ]
  if (mistakes.length > 0) throw new Error(`In the image:\n${mistakes.join('\n')}`)
}
