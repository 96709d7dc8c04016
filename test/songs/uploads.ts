import type { FastifyInstance } from 'fastify'
import type { ErrorCode } from '../../contract/errors.ts'
import type { Song } from '../../contract/songs.ts'
import type { TestUser } from '../users.ts'

type Owner = Pick<TestUser, 'token'>

/** What uploading answered: a song, or what was wrong. */
export interface UploadAnswer {
  status: number
  body: Song & { code?: ErrorCode }
}

/** Uploads a file as a form of a browser would. */
export async function upload(
  url: string,
  { token }: Owner,
  bytes: Uint8Array,
  name = 'song.mp3'
): Promise<UploadAnswer> {
  const form = new FormData()
  form.append('file', new Blob([Buffer.from(bytes)]), name)
  const response = await fetch(`${url}/v1/songs`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: form
  })
  return { status: response.status, body: (await response.json()) as UploadAnswer['body'] }
}

/** Uploads a file that is taken in. */
export async function uploaded(url: string, owner: Owner, bytes: Uint8Array, name?: string): Promise<Song> {
  const { status, body } = await upload(url, owner, bytes, name)
  if (status !== 201) throw new Error(`an upload was answered ${status}: ${JSON.stringify(body)}`)
  return body
}

/** The song, once it is no longer being made. */
export async function settled(owner: Pick<TestUser, 'rest'>, songId: string): Promise<Song> {
  for (;;) {
    const song = await owner.rest<Song>('GET', `/v1/songs/${songId}`)
    if (song.status !== 'processing') return song
    await new Promise(resolve => setTimeout(resolve, 25))
  }
}

/** What the storage keeps of a song, by the last part of each key. */
export async function keptOf({ storage }: Pick<FastifyInstance, 'storage'>, songId: string): Promise<string[]> {
  const keys: string[] = []
  for await (const { key } of storage.list(`songs/${songId}/`)) keys.push(key.split('/').at(-1) ?? '')
  return keys.toSorted()
}
