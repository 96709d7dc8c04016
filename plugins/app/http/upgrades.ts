import type { IncomingMessage } from 'node:http'

/**
 * Whether a request becomes a WebSocket. Any other upgrade that is offered is passed over, as a server may, and the request answered as
 * it stands: Java's client offers HTTP/2 with every first request (https://www.rfc-editor.org/rfc/rfc9110#section-7.8).
 */
export function becomesWebSocket({ url, headers: { upgrade } }: IncomingMessage): boolean {
  return upgrade?.toLowerCase() === 'websocket' && /^\/socket\.io(?:[/?]|$)/.test(url ?? '')
}
