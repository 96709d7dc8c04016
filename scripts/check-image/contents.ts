import { run } from '../command.ts'
import type { Image } from './build.ts'
import { containerCommand } from './container.ts'
import type { Layers } from './layers.ts'

const timeoutMs = 120_000
const mebibyte = 1024 * 1024

/** Programs that an image for running does not need. */
const unwantedPrograms = [
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

/** Folders that must be empty or missing. */
const emptyFolders = ['/var/lib/apt/lists', '/var/cache/apt', '/root/.npm', '/root/.cache', '/home', '/tmp']

/** Folders that users other than root may write to. With a read-only root, only the data is writable. */
const writableFolders = ['/data', '/tmp', '/var/tmp', '/run/lock', '/mnt']

/** Returns a table of all layers with the size of their files, as `du` counts it, and whether they were cached. */
export async function layerTable({ layers }: Image): Promise<string> {
  const sizes = await Promise.all(
    layers.map(async ({ files }) => {
      const [line = ''] = await run('du', ['--summarize', '--block-size=1', '--apparent-size', files], { timeoutMs })
      return Number(line.split('\t')[0])
    })
  )
  const rows = layers.map(
    ({ title, cached }, index) => `${inMebibytes(sizes[index] ?? 0)}  ${cached ? 'cached' : 'built '}  ${title}`
  )
  return [...rows, `${inMebibytes(sizes.reduce((sum, size) => sum + size, 0))}          total`].join('\n')
}

function inMebibytes(bytes: number): string {
  return `${(bytes / mebibyte).toFixed(1).padStart(7)} MiB`
}

/**
 * Searches the image for compilers, caches, setuid programs, and files that users other than root may write to.
 * @throws Error that lists everything that must not be in the image
 */
export async function checkContents(image: Image, layers: Layers, lent: string): Promise<void> {
  const search = async (script: string): Promise<readonly string[]> =>
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
  const programs = await search(`for name in ${unwantedPrograms.join(' ')}; do command -v "$name" || true; done`)
  const remains = await search(
    `for folder in ${emptyFolders.join(' ')}; do
       [ ! -d "$folder" ] || find "$folder" -mindepth 1 -type f | head -n 3
     done`
  )
  const privileged = await search('find / -xdev -type f -perm /6000')
  const writable = await search(
    `find / -xdev ! -type l ! -user 0 -o -xdev ! -type l -perm -0002 |
       grep -vE '^(${writableFolders.join('|')})(/|$)' || true`
  )
  const mistakes = [
    ...programs.map(path => `${path} is not needed by a server`),
    ...remains.map(path => `${path} was not removed`),
    ...privileged.map(path => `${path} has the setuid or setgid bit`),
    ...writable.map(path => `${path} is writable by others, or is not owned by root`)
  ]
  if (mistakes.length > 0) throw new Error(`In the image:\n${mistakes.join('\n')}`)
}
