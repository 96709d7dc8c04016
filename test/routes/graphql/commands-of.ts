import type { FastifyInstance } from 'fastify'

const reads: ReadonlySet<string> = new Set(['find', 'aggregate', 'getMore', 'count'])
/** Collections that requests read. The server itself reads others, such as the log of shows, at any time. */
const collections: ReadonlySet<string> = new Set(['shows', 'users', 'follows', 'songs', 'comments', 'playlists'])

/**
 * Returns the reading commands that the store gets while something runs, each with its collection. Runs it three times
 * and returns the shortest list: now and then, the server reads the same collections for itself.
 */
export async function commandsOf(app: FastifyInstance, run: () => Promise<unknown>): Promise<string[]> {
  const lists = [await commandsOnce(app, run), await commandsOnce(app, run), await commandsOnce(app, run)]
  return lists.reduce((shortest, list) => (list.length < shortest.length ? list : shortest))
}

async function commandsOnce(app: FastifyInstance, run: () => Promise<unknown>): Promise<string[]> {
  const commands: string[] = []
  const listener = ({ commandName, command }: { commandName: string; command: Record<string, unknown> }) => {
    const collection = String(command[commandName])
    if (reads.has(commandName) && collections.has(collection)) commands.push(`${commandName} ${collection}`)
  }
  let isRunning = true
  // Reads by _id that reach the embedded store without the driver.
  app.directReads?.observe(collection => {
    if (isRunning && collections.has(collection)) commands.push(`find ${collection}`)
    return () => {}
  })
  app.mongo.client.on('commandStarted', listener)
  await run()
  app.mongo.client.off('commandStarted', listener)
  isRunning = false
  return commands.sort()
}
