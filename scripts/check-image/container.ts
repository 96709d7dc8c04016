import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'

import type { Layer } from './layers.ts'

/** The environment in which the commands of a stage run. */
export interface CommandEnvironment {
  readonly env: Readonly<Record<string, string>>
  readonly workdir: string
}

export interface ContainerOptions extends CommandEnvironment {
  readonly layers: readonly Layer[]
  /** An empty folder for mounts, on the file system of the layers. */
  readonly folder: string
  /** The folder that receives changes. Without it, only /tmp and the data are writable. */
  readonly top?: string
  /** The folder that is mounted at /mnt. */
  readonly lent: string
  readonly data?: { readonly folder: string; readonly at: string }
  /** `uid:gid`. By default the command runs as root with all capabilities. */
  readonly user?: string
}

/** The default PATH of container engines. */
const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

const script = join(import.meta.dirname, 'in-layers.sh')

/** Returns the `lowerdir` option of mount: folders with the topmost first. */
export function lowerFolders(layers: readonly Layer[]): string {
  return layers
    .map(({ files }) => files)
    .reverse()
    .join(':')
}

/**
 * Returns the command line and the environment that run a command over layers. The command is the first process of a
 * process name space, so that all its children end with it. With a user, it runs as in an orchestrator: without
 * capabilities and without a way to gain privileges.
 */
export async function containerCommand(
  command: readonly string[],
  options: ContainerOptions
): Promise<{ command: string; args: string[]; env: NodeJS.ProcessEnv }> {
  const { layers, folder, top, lent, data, user, env, workdir } = options
  const mount = join(folder, 'mount')
  const work = join(folder, 'work')
  for (const path of [mount, work]) await mkdir(path, { recursive: true })
  const [uid = '', gid = ''] = user?.split(':') ?? []
  const restrictions =
    user === undefined
      ? []
      : [
          'setpriv',
          '--reuid',
          uid,
          '--regid',
          gid,
          '--clear-groups',
          '--no-new-privs',
          '--bounding-set=-all',
          '--inh-caps=-all'
        ]
  const settings = Object.entries({ PATH: defaultPath, ...env }).map(([name, value]) => `${name}=${value}`)
  return {
    command: 'unshare',
    args: [
      '--mount',
      '--pid',
      '--ipc',
      '--uts',
      '--fork',
      '--kill-child',
      script,
      '-C',
      workdir,
      ...settings,
      ...restrictions,
      ...command
    ],
    env: {
      ...process.env,
      LAYERS: lowerFolders(layers),
      TOP: top ?? '',
      WORK: work,
      MOUNT: mount,
      LENT: lent,
      DATA: data?.folder ?? '',
      DATA_AT: data?.at ?? ''
    }
  }
}
