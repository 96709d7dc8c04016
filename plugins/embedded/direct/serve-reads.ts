import type { MessagePort } from 'node:worker_threads'
import { keyOf } from '../bson/key.ts'
import type { Store } from '../store/store.ts'
import { noDocument, readFailed, type ReadAnswer, type ReadRequest } from './messages.ts'

/** An answer with more than this is sent before the remaining reads are carried out. */
const maxAnswerBytes = 1024 * 1024

function readById(store: Store, namespace: string, id: string): Uint8Array | undefined {
  return store.catalog.findByNamespace(namespace)?.readByKey(keyOf(id))?.bytes
}

function send(port: MessagePort, lengths: readonly number[], documents: readonly Uint8Array[], size: number): void {
  const bytes = new Uint8Array(size)
  let at = 0
  for (const document of documents) {
    bytes.set(document, at)
    at += document.byteLength
  }
  const answer: ReadAnswer = { lengths, bytes }
  port.postMessage(answer, [bytes.buffer])
}

function answerAll(store: Store, port: MessagePort, request: ReadRequest): void {
  let [lengths, documents, size]: [number[], Uint8Array[], number] = [[], [], 0]
  for (let n = 0; n + 1 < request.length; n += 2) {
    try {
      const document = readById(store, request[n] ?? '', request[n + 1] ?? '')
      lengths.push(document?.byteLength ?? noDocument)
      if (document) documents.push(document)
      size += document?.byteLength ?? 0
    } catch {
      lengths.push(readFailed)
    }
    if (size > maxAnswerBytes) {
      send(port, lengths, documents, size)
      ;[lengths, documents, size] = [[], [], 0]
    }
  }
  if (lengths.length > 0) send(port, lengths, documents, size)
}

/**
 * Answers reads by _id on a port, between two commands. A read that fails has no reason: its caller repeats it as a
 * command, whose reply has one.
 */
export function serveReads(store: Store, port: MessagePort): void {
  port.on('message', (request: ReadRequest) => answerAll(store, port, request))
}
