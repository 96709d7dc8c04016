import { clientEvents } from '../../contract/client-events.ts'
import { errorTable } from '../../contract/errors.ts'
import { serverEvents } from '../../contract/server-events.ts'

const failure = {
  type: 'object',
  required: ['ok', 'error'],
  properties: {
    ok: { const: false },
    error: {
      type: 'object',
      required: ['code', 'message'],
      properties: { code: { enum: Object.keys(errorTable) }, message: { type: 'string' }, issues: { type: 'array' }, retryAfterMs: { type: 'integer' } }
    }
  }
}

const messageName = (event: string) => event.replaceAll(':', '_')

/** What clients may send: an operation each, with the acknowledgement as its reply. */
function received () {
  const messages: Record<string, object> = {}
  const operations: Record<string, object> = {}
  for (const [event, { payload, data }] of Object.entries(clientEvents)) {
    const name = messageName(event)
    const success = { type: 'object', required: ['ok', 'data'], properties: { ok: { const: true }, data } }
    messages[name] = { name: event, payload }
    messages[`${name}_ack`] = { name: `${event} (acknowledgement)`, payload: { oneOf: [success, failure] } }
    operations[name] = {
      action: 'receive',
      channel: { $ref: '#/channels/show' },
      messages: [{ $ref: `#/channels/show/messages/${name}` }],
      reply: { channel: { $ref: '#/channels/show' }, messages: [{ $ref: `#/channels/show/messages/${name}_ack` }] }
    }
  }
  return { messages, operations }
}

/** What the server says by itself. */
function sent () {
  const messages: Record<string, object> = {}
  const operations: Record<string, object> = {}
  for (const [event, payload] of Object.entries(serverEvents)) {
    const name = messageName(event)
    messages[name] = { name: event, payload }
    operations[name] = { action: 'send', channel: { $ref: '#/channels/show' }, messages: [{ $ref: `#/channels/show/messages/${name}` }] }
  }
  return { messages, operations }
}

/** The realtime part as an AsyncAPI 3 document: https://www.asyncapi.com/docs/reference/specification/v3.0.0 */
export function asyncApi (): object {
  const [incoming, outgoing] = [received(), sent()]
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Ambient realtime',
      version: '1',
      description: 'Socket.io on /socket.io, WebSocket transport, default namespace, auth: { token }. Every event takes one payload object and an acknowledgement.'
    },
    defaultContentType: 'application/json',
    channels: { show: { address: '/socket.io', messages: { ...incoming.messages, ...outgoing.messages } } },
    operations: { ...incoming.operations, ...outgoing.operations }
  }
}
