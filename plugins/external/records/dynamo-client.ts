import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { DynamoAddress } from '../../../config/records-url.ts'

export interface DynamoKeys {
  accessKeyId: string
  secretAccessKey: string
}

/** Called before each command with its name, such as `GetItem`. What it returns is called after the command. */
export type OnCommand = (command: string) => (failed: boolean) => void

const connectTimeoutMs = 2000
/** A room waits for an answer for this time, as often as the request is repeated. */
const requestTimeoutMs = 5000
const maxAttempts = 3

/** Creates a client that gives up in bounded time. */
export function createDynamoClient(
  { endpoint, region }: DynamoAddress,
  credentials: DynamoKeys,
  onCommand: OnCommand
): DynamoDBClient {
  const client = new DynamoDBClient({
    region,
    credentials,
    ...(endpoint !== undefined && { endpoint }),
    maxAttempts,
    requestHandler: {
      connectionTimeout: connectTimeoutMs,
      requestTimeout: requestTimeoutMs,
      throwOnRequestTimeout: true
    }
  })
  client.middlewareStack.add(
    (next, { commandName = 'other' }) =>
      async args => {
        const onAnswer = onCommand(commandName.replace(/Command$/, ''))
        try {
          const result = await next(args)
          onAnswer(false)
          return result
        } catch (error) {
          onAnswer(true)
          throw error
        }
      },
    { step: 'initialize', name: 'ambientOnCommand' }
  )
  return client
}
