import type { User } from '../../../contract/users.ts'
import type { RealApp } from '../../realtime/real-app.ts'
import type { TestUser } from '../../users.ts'

interface Answer {
  status: number
  body: User & { code?: string }
}

/** Returns a form with a file in a field of this name. */
export function formOf(file: Uint8Array, name: string, type = 'image/jpeg'): FormData {
  const form = new FormData()
  form.append(name, new Blob([Buffer.from(file)], { type }), '../../../etc/passwd')
  return form
}

/** Creates functions that upload and list the pictures of users. */
export function createAvatarRequests({ app, url }: RealApp) {
  /** Uploads a form, or a file in a valid form. */
  async function upload(
    { token }: Pick<TestUser, 'token'>,
    file: Uint8Array | FormData,
    type = 'image/jpeg'
  ): Promise<Answer> {
    const form = file instanceof FormData ? file : formOf(file, 'file', type)
    const response = await fetch(`${url}/v1/users/me/avatar`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${token}` },
      body: form
    })
    return { status: response.status, body: (await response.json()) as Answer['body'] }
  }

  async function listStored(userId: string): Promise<string[]> {
    const keys: string[] = []
    for await (const { key } of app.storage.list(`avatars/${userId}/`)) keys.push(key)
    return keys
  }

  return { upload, listStored }
}
