import { CodedError } from '../contract/errors.ts'
import type { Clock } from './clock.ts'
import { answerOf } from './request.ts'

/** A file: a browser's, or how React Native names one that is on the device. */
export type UploadFile = Blob | { uri: string; name: string; type?: string }

export interface UploadOptions {
  /** The file's name, where it has none of its own; the song's title when it has no tags. */
  name?: string
  /** How much of the request is sent. */
  onProgress?: (sentBytes: number, totalBytes: number) => void
  signal?: AbortSignal
}

/** One file on its way. */
export interface UploadJob {
  method: 'POST' | 'PUT'
  url: string
  headers: Record<string, string>
  form: FormData
  onProgress: (sentBytes: number, totalBytes: number) => void
  signal: AbortSignal
}

/** Sends a form and answers what came back, the body parsed from JSON or null. Rejects when the server can't be reached, and when aborted. */
export type Uploader = (job: UploadJob) => Promise<{ status: number; body: unknown }>

/** Sends a file with the progress told; throws CodedError, and what it was aborted with. */
export type AuthorizedUpload = <T>(
  method: UploadJob['method'],
  path: string,
  file: UploadFile,
  options: UploadOptions
) => Promise<T>

/** When it told that it gets on, and nothing more gets through for so long, it is given up. */
const stalledAfterMs = 60_000
/** Who tells nothing, or waits for the answer to all that is sent, is given as long as NGINX gives it (nginx/templates/ambient.conf.template). */
const silentForMs = 300_000

export interface FileUpload extends UploadOptions {
  method: UploadJob['method']
  url: string
  file: UploadFile
  accessToken: string | undefined
  uploader: Uploader
  clock: Clock
}

/** Uploads one file, and answers what the server does; see `songs.upload`. */
export async function uploadFile<T>({
  method,
  url,
  file,
  name,
  accessToken,
  onProgress: progress,
  signal,
  uploader,
  clock
}: FileUpload): Promise<T> {
  signal?.throwIfAborted()
  const stop = new AbortController()
  const abort = () => stop.abort(signal?.reason)
  signal?.addEventListener('abort', abort)
  const giveUp = () => stop.abort()
  let inTime = clock.after(silentForMs, giveUp)
  try {
    const { status, body } = await uploader({
      method,
      url,
      headers: accessToken === undefined ? {} : { authorization: `Bearer ${accessToken}` },
      form: formOf(file, name),
      onProgress(sentBytes, totalBytes) {
        inTime()
        inTime = clock.after(sentBytes < totalBytes ? stalledAfterMs : silentForMs, giveUp)
        progress?.(sentBytes, totalBytes)
      },
      signal: stop.signal
    }).catch(() => {
      signal?.throwIfAborted()
      throw new CodedError('UNAVAILABLE', 'The file did not get through. Check the connection and try again.')
    })
    return answerOf<T>(status, body)
  } finally {
    inTime()
    signal?.removeEventListener('abort', abort)
  }
}

function formOf(file: UploadFile, name: string | undefined): FormData {
  const form = new FormData()
  if (file instanceof Blob) form.append('file', file, name ?? (file instanceof File ? file.name : 'untitled'))
  else appendNative(form, file)
  return form
}

/** React Native's FormData takes what names a file on the device. */
function appendNative(form: { append(name: string, value: unknown): void }, file: UploadFile): void {
  form.append('file', file)
}

/** Where the platform has XMLHttpRequest, by that: `fetch` tells no progress. */
export function platformUploader(fetcher: typeof fetch): Uploader {
  return typeof XMLHttpRequest === 'undefined' ? uploadByFetch(fetcher) : uploadByXhr
}

function uploadByFetch(fetcher: typeof fetch): Uploader {
  return async ({ method, url, headers, form, signal }) => {
    const response = await fetcher(url, { method, headers, body: form, signal })
    return { status: response.status, body: await response.json().catch(() => null) }
  }
}

const uploadByXhr: Uploader = async ({ method, url, headers, form, onProgress: progress, signal }) =>
  await new Promise((resolve, reject) => {
    const sending = new XMLHttpRequest()
    sending.open(method, url)
    for (const [name, value] of Object.entries(headers)) sending.setRequestHeader(name, value)
    sending.upload.onprogress = ({ loaded, total }) => progress(loaded, total)
    sending.onload = () => resolve({ status: sending.status, body: parsed(sending.responseText) })
    sending.onerror = () => reject(new Error('the connection failed'))
    sending.onabort = () => reject(new Error('given up'))
    signal.addEventListener('abort', () => sending.abort())
    sending.send(form)
  })

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
