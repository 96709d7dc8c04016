import type { FastifyInstance } from 'fastify'
import type { ErrorCode } from '../../contract/errors.ts'
import type { Song } from '../../contract/songs.ts'
import type { TestUser } from '../users.ts'

type Owner = Pick<TestUser, 'token'>

/** Response to an upload: a song or an error. */
export interface UploadResponse {
  status: number
  body: Song & { code?: ErrorCode }
}

/** Uploads a file as a browser's form does. */
export async function upload(
  url: string,
  { token }: Owner,
  bytes: Uint8Array,
  name = 'song.mp3'
): Promise<UploadResponse> {
  const form = new FormData()
  form.append('file', new Blob([Buffer.from(bytes)]), name)
  const response = await fetch(`${url}/v1/songs`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: form
  })
  return { status: response.status, body: (await response.json()) as UploadResponse['body'] }
}

/** Uploads a file and returns the song. Throws when the upload is refused. */
export async function uploaded(url: string, owner: Owner, bytes: Uint8Array, name?: string): Promise<Song> {
  const { status, body } = await upload(url, owner, bytes, name)
  if (status !== 201) throw new Error(`the upload was answered with ${status}: ${JSON.stringify(body)}`)
  return body
}

/** Returns the song once it is ready or failed. */
export async function settled(owner: Pick<TestUser, 'rest'>, songId: string): Promise<Song> {
  for (;;) {
    const song = await owner.rest<Song>('GET', `/v1/songs/${songId}`)
    if (song.status !== 'processing') return song
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}

/** Returns the last segments of the storage keys of a song, sorted. */
export async function storedFilesOf({ storage }: Pick<FastifyInstance, 'storage'>, songId: string): Promise<string[]> {
  const keys: string[] = []
  for await (const { key } of storage.list(`songs/${songId}/`)) keys.push(key.split('/').at(-1) ?? '')
  return keys.toSorted()
}
