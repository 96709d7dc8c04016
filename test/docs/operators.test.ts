import { readFile } from 'node:fs/promises'
import t from 'tap'
import { settingsPage, withSettings } from '../../scripts/settings-table.ts'

t.test('the table of settings is generated from config/config.ts', async t => {
  const page = await readFile(settingsPage, 'utf8')
  t.equal(page, withSettings(page), 'npm run docs:settings writes it')
  t.match(page, /\| `MEDIA_PORT` \| `40000` \|/)
})

t.test('a page without the markers of the table is rejected', async t => {
  t.throws(() => withSettings('# For operators'), /needs the lines/)
})
