import { clientEvents, type ClientEventName } from '../../../contract/client-events.ts'
import { errorTable } from '../../../contract/errors.ts'
import { serverEvents, type ServerEventName } from '../../../contract/server-events.ts'
import { exampleOf, examplesOf, type JsonSchema } from './schema-examples.ts'

/** Where clients find us. */
export interface Address {
  host: string
  protocol: 'ws' | 'wss'
}

const commands: Readonly<Record<ClientEventName, string>> = {
  'auth:refresh': 'Show a new access token before the old one is over; of the same person and session',
  'show:join': 'Enter a live show, or get a fresh snapshot of it',
  'show:resync': 'A fresh snapshot, after a gap in the versions',
  'show:leave': 'Leave; there is no grace',
  'show:announce': 'Tell everybody something; the creator',
  'speak:request': 'Ask to speak; asking again keeps the place',
  'speak:cancel': "Take one's request back",
  'speak:answer': 'Accept or reject a request; the creator and co-hosts',
  'speak:invite': 'Invite somebody on stage; the creator and co-hosts',
  'speak:respond': 'Answer an invitation',
  'speak:revoke': 'Take the floor from somebody, or an invitation back; the creator and co-hosts',
  'speak:stepDown': 'Give the floor back',
  'mute:set': 'Mute or unmute oneself; hosts may mute others',
  'cohost:set': 'Name or dismiss a co-host; the creator',
  'member:remove': 'Remove somebody, for good with `ban`; the creator and co-hosts',
  'comment:send': 'Say something in writing; again with the same clientId is no second comment',
  'comment:delete': 'Delete a comment: its author, the creator and co-hosts',
  'comment:mute': 'Take no comments of somebody any more, or take them again; the creator and co-hosts',
  'reaction:send': 'React by one emoji',
  'playback:play': 'Play an item of the playlist, or go on; the creator and co-hosts',
  'playback:next': 'Play the item after; with `from` only while that one plays',
  'playback:pause': 'Pause; the creator and co-hosts',
  'playback:stop': 'Stop; the creator and co-hosts',
  'media:createTransport': 'Make the transport in one direction; one each',
  'media:connectTransport': "Bring one's DTLS fingerprint",
  'media:restartIce': 'New ICE parameters, after a change of network',
  'media:closeTransport': 'Close a transport and what is on it',
  'media:produce': "Send one's voice; with the floor",
  'media:consume': 'Receive a voice or the song; paused at first',
  'media:resumeConsumer': 'Let packets of it flow',
  'media:pauseConsumer': 'Stop its packets for a while',
  'media:closeConsumer': 'Receive it no more'
}

const news: Readonly<Record<ServerEventName, string>> = {
  'room:event': 'What happened on stage or to the show, to everybody in it, in order and without gaps',
  'queue:event': 'Who asks and what came of it, to hosts and to the person concerned',
  comments: 'What was said and what was taken back since the last batch',
  reactions: 'How often each emoji was sent since the last batch',
  audience: 'How many listen, and how many wait to speak',
  announcement: "A host's words to everybody",
  'media:speaking': 'Who speaks how loud, about four times a second; empty when all is quiet',
  'media:reset': 'Transports, producers and consumers are gone: make them again; the floor is kept',
  'song:status': "How far a song of one's own is, to all sockets of its owner, in a show or not",
  'session:replaced': 'The socket closes: another session of the same person took its place. Stay away',
  'session:removed': 'The socket closes: a host removed the person. Stay away',
  'session:expired': 'The socket closes: its token or session is over. Renew it and come back',
  'session:drain': 'The socket closes: the server is about to stop. Come back after `reconnectAfterMs`'
}

const failure: JsonSchema & { required: string[] } = {
  type: 'object',
  required: ['ok', 'error'],
  properties: {
    ok: { const: false },
    error: {
      type: 'object',
      properties: {
        code: { type: 'string', enum: Object.keys(errorTable) },
        message: { type: 'string' },
        issues: { type: 'array' },
        retryAfterMs: { type: 'integer' }
      }
    }
  }
}
const refusal = {
  name: 'refused',
  payload: { ok: false, error: { code: 'NOT_IN_SHOW', message: 'Join the show first.' } }
}

const messageName = (event: string) => event.replaceAll(':', '_')
const channel = { $ref: '#/channels/show' }
const messageOf = (name: string) => [{ $ref: `#/channels/show/messages/${name}` }]

/** What clients may send: an operation each, with the acknowledgement as its reply. */
function received() {
  const messages: Record<string, object> = {}
  const operations: Record<string, object> = {}
  for (const [event, { payload, data }] of entriesOf(clientEvents)) {
    const name = messageName(event)
    const success = { type: 'object', required: ['ok', 'data'], properties: { ok: { const: true }, data } }
    messages[name] = {
      name: event,
      summary: commands[event],
      payload,
      examples: [{ name: 'sent', payload: exampleOf(payload) }]
    }
    messages[`${name}_ack`] = {
      name: `${event} (acknowledgement)`,
      summary: 'The one answer to it',
      payload: { oneOf: [success, failure] },
      examples: [{ name: 'done', payload: { ok: true, data: exampleOf(data) } }, refusal]
    }
    operations[name] = {
      action: 'receive',
      summary: commands[event],
      channel,
      messages: messageOf(name),
      reply: { channel, messages: messageOf(`${name}_ack`) }
    }
  }
  return { messages, operations }
}

/** What the server says by itself. */
function sent() {
  const messages: Record<string, object> = {}
  const operations: Record<string, object> = {}
  for (const [event, payload] of entriesOf(serverEvents)) {
    const name = messageName(event)
    messages[name] = {
      name: event,
      summary: news[event],
      payload,
      examples: examplesOf(payload).map(payload => ({ payload }))
    }
    operations[name] = { action: 'send', summary: news[event], channel, messages: messageOf(name) }
  }
  return { messages, operations }
}

function entriesOf<K extends string, V>(table: Readonly<Record<K, V>>): [K, V][] {
  return Object.entries(table) as [K, V][]
}

/** The realtime part as an AsyncAPI 3 document: https://www.asyncapi.com/docs/reference/specification/v3.0.0 */
export function asyncApi({ host, protocol }: Address): object {
  const [incoming, outgoing] = [received(), sent()]
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Ambient realtime',
      version: '1',
      description:
        'Socket.io on /socket.io, WebSocket transport, default namespace, auth: { token }. Every event takes one payload object and an acknowledgement.'
    },
    defaultContentType: 'application/json',
    servers: {
      here: {
        host,
        protocol,
        pathname: '/socket.io/',
        description: 'Socket.io, protocol 5 over Engine.IO 4, by WebSocket alone'
      }
    },
    channels: {
      show: {
        address: '/',
        servers: [{ $ref: '#/servers/here' }],
        description: 'One socket: at most one show at a time',
        messages: { ...incoming.messages, ...outgoing.messages }
      }
    },
    operations: { ...incoming.operations, ...outgoing.operations }
  }
}
