import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { Webhook, type WebhookUnbrandedRequiredHeaders } from 'standardwebhooks'
import type { WebhookMessage } from '../../contract/webhooks.ts'

/** A request to the receiver. */
export interface Received {
  path: string
  id: string
  text: string
  headers: WebhookUnbrandedRequiredHeaders
}

export interface WebhookReceiver {
  readonly url: string
  readonly requests: Received[]
  /** Statuses of the next answers, instead of 204. A promise is an answer that comes late. */
  readonly answers: (number | Promise<number>)[]
  /** Returns the content of a request. Throws when its signature is not of this secret. */
  verify(request: Received | undefined, secret: string): WebhookMessage
  close(): Promise<void>
}

/** Starts a receiver of webhooks, which verifies them with the library of the specification. */
export async function startWebhookReceiver(): Promise<WebhookReceiver> {
  const requests: Received[] = []
  const answers: (number | Promise<number>)[] = []
  const server = createServer((request, response) => {
    answer(request).then(
      status => response.writeHead(status).end(),
      () => response.destroy()
    )
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')

  async function answer(request: IncomingMessage): Promise<number> {
    const body = await text(request)
    const header = (name: string) => String(request.headers[name])
    const headers = {
      'webhook-id': header('webhook-id'),
      'webhook-timestamp': header('webhook-timestamp'),
      'webhook-signature': header('webhook-signature')
    }
    requests.push({ path: request.url ?? '', id: headers['webhook-id'], text: body, headers })
    return await (answers.shift() ?? 204)
  }

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    answers,
    verify(request, secret) {
      if (!request) throw new Error('there is no request')
      return new Webhook(secret).verify(request.text, request.headers) as WebhookMessage
    },
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    }
  }
}
