import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'

import type { Layer } from './layers.ts'

/** What a stage's steps see of their surroundings. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string>>
  readonly workdir: string
}

export interface ContainerOptions extends Surroundings {
  readonly layers: readonly Layer[]
  /** An empty folder for mounts, on the layers' file system. */
  readonly folder: string
  /** Where changes go; without it nothing can be changed but /tmp and the data. */
  readonly top?: string
  /** Files that are seen at /mnt. */
  readonly lent: string
  readonly data?: { readonly folder: string; readonly at: string }
  /** `uid:gid`; as root with all rights when it is not given. */
  readonly user?: string
}

/** What an image has unless it says otherwise, as container engines give it. */
export const usualPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

const script = join(import.meta.dirname, 'in-layers.sh')

/** Lower folders as mount wants them: topmost first. */
export function lowerFolders(layers: readonly Layer[]): string {
  return layers
    .map(({ files }) => files)
    .reverse()
    .join(':')
}

/**
 * The command line, and its environment, that runs a command over layers: in a process name space where it is the first process, so that it ends
 * with everything it started; with a user as an orchestrator runs it, without capabilities and ways to more rights.
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
  const rights =
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
  const settings = Object.entries({ PATH: usualPath, ...env }).map(([name, value]) => `${name}=${value}`)
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
      ...rights,
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
