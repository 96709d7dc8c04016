import { attempt, run } from './command.ts'
import { createProgress, step } from './progress.ts'
import { SetupError } from './setup-error.ts'

/** Debian packages that the build of the worker needs. */
export const workerBuildPackages = [
  'meson',
  'ninja-build',
  'pkg-config',
  'g++',
  'make',
  'patch',
  'libuv1-dev',
  'libssl-dev',
  'libflatbuffers-dev',
  'flatbuffers-compiler'
]

/** Debian packages that a worker needs to run. */
export const workerRuntimePackages = ['libuv1', 'libssl3', 'libstdc++6']

/** Debian packages that the server needs: ffmpeg transcodes uploads. */
export const serverPackages = ['ffmpeg']

/** Debian packages that `npm run try:cluster` needs in addition to those of `npm start`. */
export const clusterPackages = ['redis-server', 'nginx']

/** Debian packages that `npm run check:model` needs: a model checker, and a compiler for its verifiers. */
export const modelPackages = ['spin', 'gcc', 'libc6-dev']

/** Debian packages that `npm test` needs in addition to those of `npm start`. */
export const testPackages = [
  'chromium',
  'ffmpeg',
  'nginx',
  'coturn',
  'openssl',
  'libnss3-tools',
  'gettext-base',
  'patch',
  'redis-server'
]

/**
 * A prefix that runs a command as root and prevents that packages start their services meanwhile:
 * https://people.debian.org/~hmh/invokerc.d-policyrc.d-specification.txt
 */
const withoutServices = [
  'sh',
  '-c',
  `policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  trap 'exit 130' INT TERM
  printf '#!/bin/sh\\nexit 101\\n' > "$policy" && chmod +x "$policy"
fi
"$@"`,
  'sh'
]

const queryTimeoutMs = 10_000
const installTimeoutMs = 20 * 60_000

/** How commands that need root can run: directly, with `sudo -n`, or not at all. */
export type RootAccess = 'root' | 'sudo' | 'none'

export interface PackageSystem {
  /** Returns the packages that are not installed. Without dpkg, returns all of them. */
  missing(names: readonly string[]): Promise<string[]>
  rootAccess(): Promise<RootAccess>
  install(names: readonly string[], access: 'root' | 'sudo'): Promise<void>
}

/** The Debian packages of this machine. */
export const debianPackages: PackageSystem = { missing, rootAccess, install }

/**
 * Installs the packages that are missing.
 * @throws SetupError with a command line to paste, when this process cannot get root
 */
export async function ensurePackages(names: readonly string[], system: PackageSystem = debianPackages): Promise<void> {
  const missingNames = await system.missing(names)
  if (missingNames.length === 0) return

  const access = await system.rootAccess()
  if (access === 'none') throw new SetupError(pasteMessage(missingNames))

  step(`Installing system packages: ${missingNames.join(' ')}`)
  await system.install(missingNames, access)
}

/** Returns a message for a user without root: one command line that installs all packages, and the next step. */
export function pasteMessage(names: readonly string[]): string {
  return [
    'Ambient needs these system packages, which only root can install:',
    '',
    `    sudo sh -c 'apt-get update && apt-get install -y --no-install-recommends ${names.join(' ')}'`,
    '',
    'Paste this line (without sudo, use `su -c` in place of `sudo sh -c`), then run the same npm command again.'
  ].join('\n')
}

async function missing(names: readonly string[]): Promise<string[]> {
  if (names.length === 0) return []
  const { lines } = await attempt('dpkg-query', ['--status', ...names], { timeoutMs: queryTimeoutMs })
  const installed = new Set<string>()
  let name = ''
  for (const line of lines) {
    if (line.startsWith('Package: ')) name = line.slice('Package: '.length)
    if (line === 'Status: install ok installed') installed.add(name)
  }
  return names.filter(wanted => !installed.has(wanted))
}

async function rootAccess(): Promise<RootAccess> {
  if (process.getuid?.() === 0) return 'root'
  const { code } = await attempt('sudo', ['-n', 'true'], { timeoutMs: queryTimeoutMs })
  return code === 0 ? 'sudo' : 'none'
}

async function install(names: readonly string[], access: 'root' | 'sudo'): Promise<void> {
  // A missing or outdated package list makes the install fail. Refreshing it takes seconds, so it happens only then.
  const simulation = await attempt('apt-get', ['install', '--simulate', '--no-install-recommends', ...names], {
    timeoutMs: queryTimeoutMs * 3
  })
  if (simulation.code !== 0) await refreshLists(access)
  try {
    await aptInstall(names, access)
  } catch (error) {
    if (simulation.code !== 0) throw error
    await refreshLists(access)
    await aptInstall(names, access)
  }
}

async function refreshLists(access: 'root' | 'sudo'): Promise<void> {
  step('Refreshing the list of system packages')
  await apt(['update'], access)
}

async function aptInstall(names: readonly string[], access: 'root' | 'sudo'): Promise<void> {
  const download = createProgress('downloading')
  const unpack = createProgress('installing')
  try {
    await apt(['install', '-y', '--no-install-recommends', '-o', 'APT::Status-Fd=3', ...names], access, line => {
      const [kind, , percent] = line.split(':')
      if (kind === 'dlstatus') download.update(Number(percent))
      if (kind === 'pmstatus') unpack.update(Number(percent))
    })
  } finally {
    unpack.end()
  }
}

function apt(args: readonly string[], access: 'root' | 'sudo', onLine?: (line: string) => void) {
  const command = [
    ...(access === 'sudo' ? ['sudo', '-n'] : []),
    ...withoutServices,
    'env',
    'DEBIAN_FRONTEND=noninteractive',
    'LC_ALL=C',
    'apt-get',
    '-q',
    '-o',
    'DPkg::Lock::Timeout=300',
    '-o',
    'Dpkg::Use-Pty=0',
    ...args
  ]
  return run(command[0] ?? 'apt-get', command.slice(1), { timeoutMs: installTimeoutMs, ...(onLine && { onLine }) })
}
