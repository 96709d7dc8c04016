import type { FastifyInstance } from 'fastify'
import { isInRequest } from '../../in-request.ts'

const reads: ReadonlySet<string> = new Set(['find', 'aggregate', 'getMore', 'count'])
/** Collections with the data of answers. Others tell who the caller is. */
const collections: ReadonlySet<string> = new Set(['shows', 'users', 'follows', 'songs', 'comments', 'playlists'])

/** Returns the reading commands that requests send to the store while something runs, each with its collection. */
export async function commandsOf(app: FastifyInstance, run: () => Promise<unknown>): Promise<string[]> {
  const commands: string[] = []
  const listener = ({ commandName, command }: { commandName: string; command: Record<string, unknown> }) => {
    const collection = String(command[commandName])
    if (isInRequest() && reads.has(commandName) && collections.has(collection)) {
      commands.push(`${commandName} ${collection}`)
    }
  }
  let isRunning = true
  // Reads by _id that reach the embedded store without the driver.
  app.directReads?.observe(collection => {
    if (isRunning && isInRequest() && collections.has(collection)) commands.push(`find ${collection}`)
    return () => {}
  })
  app.mongo.client.on('commandStarted', listener)
  await run()
  app.mongo.client.off('commandStarted', listener)
  isRunning = false
  return commands.sort()
}
