import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import type { Song } from '../../contract/songs.ts'
import { startServer } from '../server-process.ts'
import { checkScreen, desktop, phone } from './accessibility.ts'
import { waitForFocus } from './keyboard-steps.ts'
import { answerMetadata, sampleArtist, sampleProposals, type AnsweredMetadata } from './sample-metadata.ts'
import { signInVisitor } from './show-steps.ts'
import { chooseFiles, makeSongFile, openLibrary, waitUntilReady } from './song-steps.ts'
import { apiClientOf } from './test-songs.ts'

const server = await startServer({ DRAIN_DEADLINE_MS: '1' })
t.teardown(async () => await server.close())

/** The height that everything to press must have, px. */
const minTargetPx = 44

/** Asserts that buttons and links inside of an element are large enough for a thumb. */
async function checkTargets(t: Test, page: Page, selector: string): Promise<void> {
  const small = await page
    .locator(`${selector} :is(a, button)`)
    .evaluateAll(
      (elements, min) =>
        elements
          .map(element => ({ text: element.textContent, height: element.getBoundingClientRect().height }))
          .filter(({ height }) => height < min),
      minTargetPx
    )
  t.same(small, [], `targets in ${selector}`)
}

t.test('axe finds no violations on the screens with suggestions, and nothing overflows', async t => {
  const host = await signInVisitor(server.url, 'Host', { viewport: desktop })
  t.teardown(async () => await host.close())
  const { page } = host
  const check = async (screen: string) => await checkScreen(t, page, screen, [phone, desktop])
  const answers: AnsweredMetadata = {
    proposals: new Map(),
    progress: { asked: 40, total: 120 },
    isFailing: false,
    artist: sampleArtist
  }
  await answerMetadata(page, answers)
  await openLibrary(page)
  await page.getByRole('heading', { name: 'Bring your music' }).waitFor()
  await chooseFiles(page, [
    await makeSongFile('Take 3.mp3', { seconds: 5 }),
    await makeSongFile('Slow one.mp3', { seconds: 5 })
  ])
  for (const title of ['Take 3', 'Slow one']) await waitUntilReady(page, title)
  const { rest } = await apiClientOf(server.url, host)
  const { items } = await rest<{ items: Song[] }>('GET', '/v1/songs')
  const takeId = items.find(({ title }) => title === 'Take 3')?.id ?? ''
  answers.proposals.set(takeId, sampleProposals())
  await page.reload()
  await page.getByText('Artist and year found').waitFor()
  await check('library with a suggestion')
  await checkTargets(t, page, 'main')

  await page.getByRole('button', { name: 'Compare suggestions for Take 3' }).click()
  await page.getByText('Data provided by Discogs').waitFor()
  await check('details of a song')
  await checkTargets(t, page, '[role=dialog]')
  await page.getByRole('dialog').getByRole('button', { name: 'Edit' }).click()
  await page.getByRole('textbox', { name: 'Year' }).fill('soon')
  await page.getByText('The year has four digits.').waitFor()
  await check('form for the details of a song')
  await page.getByRole('button', { name: 'Cancel' }).click()
  await page.getByRole('button', { name: 'Not this song: Discogs' }).click()
  await page.getByText('Data provided by Discogs').waitFor({ state: 'detached' })
  t.ok(
    await page.evaluate(() => document.activeElement?.closest('[role=dialog]') !== null),
    'the focus stays in the dialog'
  )
  await page.keyboard.press('Escape')

  const withMusicBrainz = answers.proposals.get(takeId) ?? []
  answers.proposals.set(takeId, sampleProposals().slice(1))
  await page.reload()
  const credit = page.getByRole('listitem', { name: 'Take 3' }).getByRole('link', { name: 'Data provided by Discogs' })
  await credit.waitFor()
  t.match(await credit.getAttribute('href'), /^https:\/\/www\.discogs\.com\//)
  t.equal(await credit.getAttribute('rel'), 'noopener noreferrer', 'without nofollow')
  await page.getByText('not affiliated with, sponsored or endorsed by Discogs').waitFor()
  await check('library with a suggestion of Discogs')
  await checkTargets(t, page, 'main')
  answers.proposals.set(takeId, withMusicBrainz)
  await page.reload()
  await page.getByText('Artist and year found').waitFor()

  await page.getByRole('button', { name: /^Accept for Take 3/ }).click()
  await page.getByText('Artist and year added').waitFor()
  await waitForFocus(page, /Undo/)
  t.match(await page.evaluate(() => document.activeElement?.ariaLabel), /^Undo/, 'the focus stays at the row')
  await check('an accepted suggestion')
  await page.getByRole('link', { name: 'Suggestions' }).click()
  await page.getByText('Asked for 40 of 120 songs').waitFor()
  await page.getByText('No suggestions yet.').waitFor()
  await check('no suggestions')
  answers.isFailing = true
  await page.reload()
  await page.getByText('Not available right now.').waitFor()
  await check('suggestions that cannot be loaded')
})
