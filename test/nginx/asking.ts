import { once } from 'node:events'
import { connect as connectHttp2 } from 'node:http2'
import type { IncomingHttpHeaders } from 'node:http'
import { request } from 'node:https'
import { connect, type TLSSocket } from 'node:tls'
import { buffer, text } from 'node:stream/consumers'

/** An answer, read to its end. */
export interface Answer {
  status: number
  headers: IncomingHttpHeaders
  bytes: Buffer
  body: string
}

export interface Question {
  method?: string
  headers?: Record<string, string>
  body?: string | Buffer
}

/** Asks over HTTP/1.1 with just these headers; a body is sent though the answer may come before its end. */
export async function ask(url: string, { method = 'GET', headers = {}, body }: Question = {}): Promise<Answer> {
  const asked = request(url, {
    method,
    headers: { ...(body !== undefined && { 'content-length': String(Buffer.byteLength(body)) }), ...headers },
    agent: false
  })
  asked.on('error', () => {})
  asked.end(body)
  const [response] = await once(asked, 'response')
  const bytes = await buffer(response)
  return { status: response.statusCode, headers: response.headers, bytes, body: bytes.toString() }
}

/** Asks over HTTP/2, which has to be agreed on. */
export async function askHttp2(url: string, path: string): Promise<{ protocol: string; status: number; body: string }> {
  const session = connectHttp2(url)
  await once(session, 'connect')
  const stream = session.request({ ':path': path })
  const [headers] = await once(stream, 'response')
  const body = await text(stream)
  session.close()
  return { protocol: session.alpnProtocol ?? '', status: Number(headers[':status']), body }
}

/** A TLS connection on which anything may be written; `servername` is the name it asks for. */
export async function openTls(url: string, servername = 'localhost'): Promise<TLSSocket> {
  const socket = connect({ host: '127.0.0.1', port: Number(new URL(url).port), servername })
  await once(socket, 'secureConnect')
  return socket
}

/** Writes just this on a connection of its own; all that was said until the other side closed it, as it should. */
export async function say(url: string, request: string): Promise<string> {
  const socket = await openTls(url)
  let said = ''
  socket.on('data', (chunk: Buffer) => {
    said += String(chunk)
  })
  // To be cut off is an answer too.
  socket.on('error', () => {})
  socket.write(request)
  await new Promise(resolve => socket.once('close', resolve))
  return said
}
