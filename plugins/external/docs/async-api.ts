import { clientEvents, type ClientEventName } from '../../../contract/client-events.ts'
import { errorTable } from '../../../contract/errors.ts'
import { serverEvents, type ServerEventName } from '../../../contract/server-events.ts'
import { exampleOf, examplesOf, type JsonSchema } from './schema-examples.ts'

/** The address of this server as clients use it. */
export interface ServerAddress {
  host: string
  protocol: 'ws' | 'wss'
}

const commandSummaries: Readonly<Record<ClientEventName, string>> = {
  'auth:refresh': 'Present a new access token of the same person and session before the old one expires',
  'show:join': 'Join a live show, or get a new snapshot of the joined one',
  'show:resync': 'Get a new snapshot after a gap in the versions',
  'show:leave': 'Leave the show, without a grace period',
  'show:announce': 'Send an announcement to all members; the host who runs the show',
  'speak:request': 'Ask to speak; a repeated request keeps its position',
  'speak:cancel': 'Withdraw the speak request',
  'speak:answer': 'Accept or reject a speak request; the creator and co-hosts',
  'speak:rejectAll':
    'Reject all speak requests that wait, with `upTo` only this one and those before it; the creator and co-hosts',
  'speak:invite': 'Invite a member to the stage; the creator and co-hosts',
  'speak:respond': 'Accept or decline an invitation',
  'speak:revoke': 'Revoke the floor of a speaker, or withdraw an invitation; the creator and co-hosts',
  'speak:stepDown': 'Leave the stage',
  'mute:set': 'Mute or unmute yourself; hosts may mute others',
  'mute:all': 'Mute everybody on stage except hosts; the creator and co-hosts',
  'cohost:set': 'Name or dismiss a co-host; the host who runs the show',
  'show:handOver': 'Hand the show over to a co-host, who then runs the room; the host who runs the show',
  'member:remove': 'Remove a member, for good with `ban`; the creator and co-hosts',
  'comment:send': 'Send a comment; a repeated clientId makes no second comment',
  'comments:held': 'Get the comments that wait for the hosts: hosts all of them, others their own',
  'comment:answer': 'Publish or decline a comment that waits; the creator and co-hosts',
  'comment:delete': 'Delete a comment: its author, the creator and co-hosts',
  'comment:mute': 'Mute or unmute the comments of a member; the creator and co-hosts',
  'comment:pin': 'Pin a comment of the show in place of what is pinned; the creator and co-hosts',
  'link:pin': 'Pin a link with a short text in place of what is pinned; the creator and co-hosts',
  'pin:remove': 'Unpin what is pinned; the creator and co-hosts',
  'poll:open': 'Open a poll, in place of the result of an earlier one; the creator and co-hosts',
  'poll:vote': 'Vote in the open poll, or change your vote; not for guests',
  'poll:close': 'Close the open poll; the creator and co-hosts',
  'poll:dismiss': 'Take away the result of the closed poll; the creator and co-hosts',
  'song:request': 'Request a song of the creator, or vote for it when it is requested already; not for guests',
  'song:vote': 'Vote for a requested song, or take the vote back; not for guests',
  'song:dismiss': 'Take a requested song out of the list; the creator and co-hosts',
  'votes:mine': 'Get your own votes, which nobody else sees',
  'reaction:send': 'React with one emoji',
  'playback:play': 'Play an item of the playlist, or resume; the creator and co-hosts',
  'playback:next': 'Play the next item; with `from` only while that item plays; the creator and co-hosts',
  'playback:pause': 'Pause playback; the creator and co-hosts',
  'playback:stop': 'Stop playback; the creator and co-hosts',
  'playback:level': 'Set the level of songs for everybody; the creator and co-hosts',
  'jingle:play': 'Play a jingle of the creator over song and voices; the creator and co-hosts',
  'recording:set': 'Start or stop the recording of the show; the creator and co-hosts',
  'playlist:editing':
    'Say which item of the playlist you edit, again every few seconds, and with `action` null when you stop; ' +
    'the creator and co-hosts',
  'player:state': 'Say that you play or paused a song outside of a show, so that you count among its users',
  'media:createTransport': 'Create a transport; one for each direction',
  'media:connectTransport': 'Connect a transport with the DTLS parameters of the client',
  'media:restartIce': 'Get new ICE parameters after a change of network',
  'media:closeTransport': 'Close a transport with its producers and consumers',
  'media:produce': 'Send the microphone; requires the floor',
  'media:consume': 'Receive a voice or the song; paused at first',
  'media:resumeConsumer': 'Resume the packets of a consumer',
  'media:pauseConsumer': 'Pause the packets of a consumer',
  'media:closeConsumer': 'Close a consumer'
}

const serverEventSummaries: Readonly<Record<ServerEventName, string>> = {
  'room:event': 'A change of the stage or the show, to all members, in order and without gaps',
  'queue:event': 'A change of the request queue, to hosts and the person concerned',
  comments: 'Comments sent and deleted since the last batch',
  'comments:held': 'To hosts: the number of comments that wait has changed',
  'comment:answered': 'To the author of a comment that waited: what the hosts decided',
  reactions: 'Counts of each emoji since the last batch',
  live: 'People connected to this server, and people who play the song that this socket hears; when a number changes',
  audience: 'Number of listeners and of waiting speak requests',
  announcement:
    'An announcement of the creator to the members of a show, or with `id` of the operators to all sockets, ' +
    'also right after a connection',
  'announcement:ended': 'The operators have ended an announcement: hide it',
  'playlist:editors': 'The other hosts who edit the playlist now, to hosts; without a sign each ends after 12 s',
  'media:speaking':
    'The people who speak, with their volumes; empty when nobody does. `levels` in `show:join` says when it comes',
  'media:transportFailed': 'A transport of yours does not work; `reason` says why',
  'media:iceServers': 'New credentials of TURN servers: use them from now on; the paths that exist stay',
  'media:reset': 'Transports, producers and consumers are closed: create them again; the floor is kept',
  'song:status': 'Progress of transcoding a song, to all sockets of its owner, in a show or not',
  'song:metadata': 'The number of proposals for a song changed, to all sockets of its owner, in a show or not',
  'session:replaced': 'The socket closes: another session of the same person has replaced it. Do not reconnect',
  'session:removed': 'The socket closes: a host has removed the person. Do not reconnect',
  'session:expired': 'The socket closes: its token or session has ended. Renew it and reconnect',
  'session:drain': 'The socket closes: the server is about to stop. Reconnect after `reconnectAfterMs`'
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
const rejectedExample = {
  name: 'rejected',
  payload: { ok: false, error: { code: 'NOT_IN_SHOW', message: 'Join the show first.' } }
}

const messageName = (event: string) => event.replaceAll(':', '_')
const channel = { $ref: '#/channels/show' }
const messageOf = (name: string) => [{ $ref: `#/channels/show/messages/${name}` }]

/** Describes the events of clients: one operation each, with the acknowledgement as its reply. */
function describeClientEvents() {
  const messages: Record<string, object> = {}
  const operations: Record<string, object> = {}
  for (const [event, { payload, data }] of entriesOf(clientEvents)) {
    const name = messageName(event)
    const success = { type: 'object', required: ['ok', 'data'], properties: { ok: { const: true }, data } }
    messages[name] = {
      name: event,
      summary: commandSummaries[event],
      payload,
      examples: [{ name: 'sent', payload: exampleOf(payload) }]
    }
    messages[`${name}_ack`] = {
      name: `${event} (acknowledgement)`,
      summary: 'The only answer',
      payload: { oneOf: [success, failure] },
      examples: [{ name: 'done', payload: { ok: true, data: exampleOf(data) } }, rejectedExample]
    }
    operations[name] = {
      action: 'receive',
      summary: commandSummaries[event],
      channel,
      messages: messageOf(name),
      reply: { channel, messages: messageOf(`${name}_ack`) }
    }
  }
  return { messages, operations }
}

/** Describes the events of the server. */
function describeServerEvents() {
  const messages: Record<string, object> = {}
  const operations: Record<string, object> = {}
  for (const [event, payload] of entriesOf(serverEvents)) {
    const name = messageName(event)
    messages[name] = {
      name: event,
      summary: serverEventSummaries[event],
      payload,
      examples: examplesOf(payload).map(payload => ({ payload }))
    }
    operations[name] = { action: 'send', summary: serverEventSummaries[event], channel, messages: messageOf(name) }
  }
  return { messages, operations }
}

function entriesOf<K extends string, V>(table: Readonly<Record<K, V>>): [K, V][] {
  return Object.entries(table) as [K, V][]
}

/** Returns the AsyncAPI 3 document of the realtime API: https://www.asyncapi.com/docs/reference/specification/v3.0.0 */
export function asyncApi({ host, protocol }: ServerAddress): object {
  const [incoming, outgoing] = [describeClientEvents(), describeServerEvents()]
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Ambient realtime',
      version: '1',
      description:
        'Socket.io on /socket.io, WebSocket transport, default namespace, auth: { token }. ' +
        'Every event takes one payload object and an acknowledgement.'
    },
    defaultContentType: 'application/json',
    servers: {
      here: {
        host,
        protocol,
        pathname: '/socket.io/',
        description: 'Socket.io, protocol 5 over Engine.IO 4, WebSocket only'
      }
    },
    channels: {
      show: {
        address: '/',
        servers: [{ $ref: '#/servers/here' }],
        description: 'One socket, in at most one show at a time',
        messages: { ...incoming.messages, ...outgoing.messages }
      }
    },
    operations: { ...incoming.operations, ...outgoing.operations }
  }
}
