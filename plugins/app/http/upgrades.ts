import type { IncomingMessage } from 'node:http'

/**
 * Tells whether a request becomes a WebSocket. A server may ignore any other upgrade offer and answer the request as it
 * stands: the HTTP client of Java offers HTTP/2 with every first request
 * (https://www.rfc-editor.org/rfc/rfc9110#section-7.8).
 */
export function isWebSocketUpgrade({ url, headers: { upgrade } }: IncomingMessage): boolean {
  return upgrade?.toLowerCase() === 'websocket' && /^\/socket\.io(?:[/?]|$)/.test(url ?? '')
}
