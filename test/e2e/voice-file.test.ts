import t from 'tap'
import { songExtensions } from '../../contract/song-files.ts'
import { startServer } from '../server-process.ts'
import { makeFile } from '../songs/files.ts'
import { signInVisitor } from './show-steps.ts'

const server = await startServer()
const host = await signInVisitor(server.url, 'Host')
t.teardown(async () => {
  await host.close()
  await server.close()
})

t.test('a creator goes live with a file whose type browsers do not know as audio', async t => {
  const { page } = host
  await page.getByRole('button', { name: 'Go live' }).click()
  await page.getByLabel('Show title').fill('From a file')
  await page.getByLabel('Source').selectOption('file')
  const picker = page.getByLabel('File', { exact: true })
  const offered = (await picker.getAttribute('accept'))?.split(',') ?? []
  for (const extension of songExtensions) t.ok(offered.includes(`.${extension}`), extension)

  const voice = { name: 'voice.m4b', mimeType: '' }
  await picker.setInputFiles({ ...voice, buffer: Buffer.from('no audio') })
  await page.getByRole('alert').filter({ hasText: 'Can’t play this file.' }).waitFor()
  const audio = await makeFile('voice.m4a', ['-c:a', 'aac'])
  await picker.setInputFiles({ ...voice, buffer: audio })
  await page.getByRole('alert').waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Go live' }).click()
  await page.getByText('On air').waitFor()
  t.pass('another file of the same name is opened, and the show is live')
})
