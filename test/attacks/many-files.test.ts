import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { signIn } from '../users.ts'
import { startApp, until } from '../realtime/real-app.ts'
import { upload } from '../songs/uploads.ts'

t.test('a person may have four uploads in progress, and no more', async t => {
  const { app, url } = await startApp(t)
  const [greedy, other] = [await signIn(url, 'Greedy'), await signIn(url, 'Other')]
  const startUpload = async () => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1').on('error', () => {})
    t.teardown(() => socket.destroy())
    await once(socket, 'connect')
    socket.write(
      `POST /v1/songs HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${greedy.token}\r\n` +
        'content-type: multipart/form-data; boundary=x\r\ncontent-length: 1000\r\n\r\n'
    )
    socket.write('--x\r\ncontent-disposition: form-data; name="file"; filename="song.mp3"\r\n\r\nID3')
    return socket
  }
  const uploads = await Promise.all(Array.from({ length: 4 }, startUpload))
  await until(() => app.uploadsInProgress.get(greedy.id) === 4)
  const fifth = await startUpload()
  fifth.end()
  t.match(await text(fifth), /^HTTP\/1\.1 429 [^]*"code":"RATE_LIMITED"/)
  t.equal((await upload(url, other, Buffer.from(`OggS${'x'.repeat(100)}`))).status, 201, 'others can still upload')
  // An aborted upload no longer counts.
  for (const socket of uploads) socket.destroy()
  await until(() => !app.uploadsInProgress.has(greedy.id))
  t.equal((await upload(url, greedy, Buffer.from(`OggS${'x'.repeat(100)}`))).status, 201)
})
