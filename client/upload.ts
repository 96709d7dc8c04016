import { CodedError } from '../contract/errors.ts'
import type { Clock } from './clock.ts'
import { parseResponse } from './request.ts'
import { startTimeout } from './timeout.ts'

/** A file of a browser, or a file on the device as React Native names it. */
export type UploadFile = Blob | { uri: string; name: string; type?: string }

export interface UploadOptions {
  /** Name of a file that has none. A song without tags gets it as its title. */
  name?: string
  /** Called with the number of bytes of the request that have been sent. */
  onProgress?: (sentBytes: number, totalBytes: number) => void
  signal?: AbortSignal
}

/** One file to send. */
export interface UploadJob {
  method: 'POST' | 'PUT'
  url: string
  headers: Record<string, string>
  form: FormData
  onProgress: (sentBytes: number, totalBytes: number) => void
  signal: AbortSignal
}

/**
 * Sends a form and returns the response, with the body parsed from JSON, or null. Rejects when the server cannot be
 * reached and when the signal aborts.
 */
export type Uploader = (job: UploadJob) => Promise<{ status: number; body: unknown }>

/** Uploads a file with a valid access token. Throws CodedError, or the reason of the signal. */
export type AuthorizedUpload = <T>(
  method: UploadJob['method'],
  path: string,
  file: UploadFile,
  options: UploadOptions
) => Promise<T>

/** An upload that reported progress is aborted when no further progress follows within this time. */
const stallTimeoutMs = 60_000
/**
 * An upload that has reported no progress yet, or that waits for the response, is aborted after this time. NGINX allows
 * as much (nginx/templates/ambient.conf.template).
 */
const silenceTimeoutMs = 300_000

export interface FileUpload extends UploadOptions {
  method: UploadJob['method']
  url: string
  file: UploadFile
  accessToken: string | undefined
  uploader: Uploader
  clock: Clock
}

/** Uploads one file and returns the body of the response. See `songs.upload`. */
export async function uploadFile<T>({
  method,
  url,
  file,
  name,
  accessToken,
  onProgress,
  signal,
  uploader,
  clock
}: FileUpload): Promise<T> {
  if (signal?.aborted) throw abortReason(signal)
  const timeout = startTimeout(silenceTimeoutMs, clock)
  signal?.addEventListener('abort', timeout.abort)
  try {
    const { status, body } = await uploader({
      method,
      url,
      headers: accessToken === undefined ? {} : { authorization: `Bearer ${accessToken}` },
      form: createForm(file, name),
      onProgress(sentBytes, totalBytes) {
        timeout.restart(sentBytes < totalBytes ? stallTimeoutMs : silenceTimeoutMs)
        onProgress?.(sentBytes, totalBytes)
      },
      signal: timeout.signal
    }).catch(() => {
      if (signal?.aborted) throw abortReason(signal)
      throw new CodedError('UNAVAILABLE', 'The upload failed. Check the connection and try again.')
    })
    return parseResponse<T>(status, body)
  } finally {
    timeout.clear()
    signal?.removeEventListener('abort', timeout.abort)
  }
}

/** Returns the reason of an aborted signal. React Native's signals have none. */
function abortReason({ reason }: AbortSignal): unknown {
  return reason ?? new Error('The upload was aborted.')
}

function createForm(file: UploadFile, name: string | undefined): FormData {
  const form = new FormData()
  if (file instanceof Blob) form.append('file', file, name ?? (file instanceof File ? file.name : 'untitled'))
  else appendNativeFile(form, file)
  return form
}

/** Appends a file on the device. React Native's FormData accepts objects that name one. */
function appendNativeFile(form: { append(name: string, value: unknown): void }, file: UploadFile): void {
  form.append('file', file)
}

/** Returns the uploader of the platform: XMLHttpRequest where available, since `fetch` reports no progress. */
export function platformUploader(fetcher: typeof fetch): Uploader {
  return typeof XMLHttpRequest === 'undefined' ? uploadWithFetch(fetcher) : uploadWithXhr
}

function uploadWithFetch(fetcher: typeof fetch): Uploader {
  return async ({ method, url, headers, form, signal }) => {
    const response = await fetcher(url, { method, headers, body: form, signal })
    return { status: response.status, body: await response.json().catch(() => null) }
  }
}

const uploadWithXhr: Uploader = async ({ method, url, headers, form, onProgress, signal }) =>
  await new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest()
    xhr.open(method, url)
    for (const [name, value] of Object.entries(headers)) xhr.setRequestHeader(name, value)
    xhr.upload.onprogress = ({ loaded, total }) => onProgress(loaded, total)
    xhr.onload = () => resolve({ status: xhr.status, body: parseJson(xhr.responseText) })
    xhr.onerror = () => reject(new Error('connection failed'))
    xhr.onabort = () => reject(new Error('upload aborted'))
    signal.addEventListener('abort', () => xhr.abort())
    xhr.send(form)
  })

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
