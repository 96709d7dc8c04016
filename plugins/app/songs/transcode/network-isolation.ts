import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** Words that precede a command line. */
export type CommandPrefix = readonly string[]

const run = promisify(execFile)
const probeTimeoutMs = 5000
/**
 * Commands that become the program under the same process id, in an empty network namespace. The first one needs root;
 * the second creates a user namespace for it.
 */
const candidates: readonly CommandPrefix[] = [
  ['unshare', '--net'],
  ['unshare', '--user', '--map-current-user', '--net']
]

/**
 * Returns the command prefix that starts a process without a network on this machine; null when the machine does not
 * allow it, as in most containers.
 * @param isAllowed whether a command with this prefix succeeds
 */
export async function findNetworkIsolation(
  isAllowed: (prefix: CommandPrefix) => Promise<boolean> = succeeds
): Promise<CommandPrefix | null> {
  for (const prefix of candidates) if (await isAllowed(prefix)) return prefix
  return null
}

async function succeeds([command = '', ...args]: CommandPrefix): Promise<boolean> {
  return (
    process.platform === 'linux' &&
    (await run(command, [...args, 'true'], { timeout: probeTimeoutMs }).then(
      () => true,
      () => false
    ))
  )
}
