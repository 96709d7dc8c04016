import type { Show } from '../../../contract/shows.ts'
import type { RealApp } from '../../realtime/real-app.ts'
import type { TestUser } from '../../users.ts'
import { formOf } from '../users/avatar-requests.ts'

interface Answer {
  status: number
  body: Show & { code?: string }
}

/** Creates functions that upload, remove and list the covers of shows. */
export function createCoverRequests({ app, url }: Pick<RealApp, 'app' | 'url'>) {
  async function send(method: string, { token }: Pick<TestUser, 'token'>, showId: string, form?: FormData) {
    const response = await fetch(`${url}/v1/shows/${showId}/cover`, {
      method,
      headers: { authorization: `Bearer ${token}` },
      ...(form && { body: form })
    })
    return { status: response.status, body: (await response.json()) as Answer['body'] }
  }

  return {
    upload: async (caller: Pick<TestUser, 'token'>, showId: string, picture: Uint8Array): Promise<Answer> =>
      await send('PUT', caller, showId, formOf(picture, 'file', 'image/png')),

    remove: async (caller: Pick<TestUser, 'token'>, showId: string): Promise<Answer> =>
      await send('DELETE', caller, showId),

    async listStored(creatorId: string): Promise<string[]> {
      const urls: string[] = []
      for await (const { key } of app.storage.list(`covers/${creatorId}/`)) {
        urls.push(`/v1/covers/${key.slice('covers/'.length).replace('/', '.')}`)
      }
      return urls.sort()
    }
  }
}
