import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** Words that stand in front of a command line. */
export type Prefix = readonly string[]

const run = promisify(execFile)
const probeMs = 5000
/** Both become the program under the same process id, in a network of its own that leads nowhere. The first is root's. */
const ways: readonly Prefix[] = [
  ['unshare', '--net'],
  ['unshare', '--user', '--map-current-user', '--net']
]

/**
 * How this machine lets a process be started without a network; null where it does not, as in most containers.
 * @param allows whether a command that starts with these words succeeds
 */
export async function findOwnNetwork(allows: (way: Prefix) => Promise<boolean> = isAllowed): Promise<Prefix | null> {
  for (const way of ways) if (await allows(way)) return way
  return null
}

async function isAllowed([command = '', ...args]: Prefix): Promise<boolean> {
  return (
    process.platform === 'linux' &&
    (await run(command, [...args, 'true'], { timeout: probeMs }).then(
      () => true,
      () => false
    ))
  )
}
