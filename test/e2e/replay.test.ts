import type { Page } from 'playwright-core'
import t from 'tap'
import { startServer } from '../server-process.ts'
import { goLive as goLiveOverSockets } from '../users.ts'
import { checkScreen, desktop, phone } from './accessibility.ts'
import { openVisitor, type Visitor } from './browser.ts'
import { answerReplay, makeReplayAudio, sampleReplay, sampleTranscript } from './sample-replay.ts'
import { endShow, goLive, showIdOf, signInVisitor } from './show-steps.ts'

const server = await startServer()
t.teardown(async () => await server.close())
const sizes = [phone, desktop]
const seconds = 40
const audio = await makeReplayAudio(seconds)

/** Ends a show of somebody else and returns its id. */
async function endedShow(): Promise<string> {
  const { creator, client, showId } = await goLiveOverSockets(server.url, 'Songs from the kitchen')
  await creator.rest('POST', `/v1/shows/${showId}/end`)
  client.disconnect()
  return showId
}

/** Ends a show that a visitor has hosted, and returns its id. */
async function ownEndedShow(host: Visitor): Promise<string> {
  const address = await goLive(host, 'Songs from the kitchen')
  await endShow(host)
  await host.page.getByRole('heading', { name: 'Thanks for being here' }).waitFor()
  return showIdOf(address)
}

const shownSeconds = async (page: Page): Promise<number> => {
  const [minutes = 0, rest = 0] = ((await page.locator('[data-position=now]').textContent()) ?? '')
    .split(':')
    .map(Number)
  return minutes * 60 + rest
}

t.test('a replay plays from a linked place, with what was shown at each place', async t => {
  const showId = await endedShow()
  const visitor = await openVisitor()
  t.teardown(async () => await visitor.close())
  const { page } = visitor
  page.setDefaultTimeout(20_000)
  await answerReplay(page, { replay: sampleReplay(showId, seconds * 1000), audio })
  await page.goto(`${server.url}/shows/${showId}?t=9`)
  await page.getByText('I walked along the harbour & the mill.').waitFor()
  t.equal(await shownSeconds(page), 9)
  await page.getByRole('tab', { name: 'Transcript' }).waitFor()
  await checkScreen(t, page, 'a replay', sizes)

  const slider = page.getByRole('slider', { name: /^Position in the replay/ })
  await page.getByRole('button', { name: /^Play the replay/ }).click()
  await page.waitForFunction(() => document.querySelector('[data-position=now]')?.textContent === '0:11')
  t.match(await page.evaluate(() => navigator.mediaSession.metadata?.title), 'Songs from the kitchen')
  await page.getByRole('button', { name: /^Pause the replay/ }).click()

  // 60 % is where the track was cut: its card is read aloud, and the comments so far are there.
  await slider.focus()
  await page.keyboard.press('Home')
  for (let step = 0; step < 24; step++) await page.keyboard.press('ArrowRight')
  await page.getByRole('status').getByText('Slow train to the coast').waitFor()
  await page.getByText('not part of the replay').waitFor()
  t.equal(
    await page.getByRole('link', { name: /^Open in Spotify/ }).getAttribute('href'),
    'https://open.spotify.com/track/11dFghVXANMlKmJXsNCbNl'
  )
  await page.getByRole('tab', { name: 'Comments' }).click()
  await page.getByText('This one takes me back').waitFor()
  t.equal(await page.getByText('Which harbour is it?').count(), 0, 'a comment of later is not shown yet')
  await checkScreen(t, page, 'a replay with a card and comments', sizes)

  await page.getByRole('tab', { name: 'Chapters' }).click()
  await page.getByRole('button', { name: /Harbour lights/ }).click()
  await page.getByRole('button', { name: /^Pause the replay/ }).waitFor()
  t.ok((await shownSeconds(page)) >= 12, 'pressing a chapter plays from there')
  await page.getByRole('button', { name: /^Pause the replay/ }).click()

  await page.getByRole('tab', { name: 'Transcript' }).click()
  await page.getByText('cut', { exact: true }).waitFor()
  await checkScreen(t, page, 'a transcript', sizes)
  await page.getByLabel('Search what was said').fill('grandmother')
  await page.getByText('Welcome to the kitchen').waitFor({ state: 'detached' })
  await page.getByRole('button', { name: /My grandmother/ }).click()
  await page.waitForFunction(() => /^0:(28|29)$/.test(document.querySelector('[data-position=now]')?.textContent ?? ''))
  await page.getByRole('button', { name: /^Pause the replay/ }).click()
})

t.test('keys, speed and skipped silence; the place is remembered', async t => {
  const showId = await endedShow()
  const visitor = await openVisitor({ viewport: phone })
  t.teardown(async () => await visitor.close())
  const { page, context } = visitor
  page.setDefaultTimeout(20_000)
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await answerReplay(page, { replay: sampleReplay(showId, seconds * 1000), audio })
  await page.goto(`${server.url}/shows/${showId}`)
  await page.getByRole('button', { name: /^Play the replay/ }).waitFor()
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('ArrowRight')
  t.equal(await shownSeconds(page), 10)
  await page.keyboard.press('ArrowLeft')
  t.equal(await shownSeconds(page), 5)
  await page.keyboard.press('Space')
  await page.getByRole('button', { name: /^Pause the replay/ }).waitFor()
  await page.keyboard.press('m')
  t.equal(await page.getByRole('button', { name: 'Mute' }).getAttribute('aria-pressed'), 'false', 'letters only inside')
  await page.getByRole('button', { name: 'Skip silence' }).click()
  await page.keyboard.press('m')
  t.equal(await page.getByRole('button', { name: 'Mute' }).getAttribute('aria-pressed'), 'true')
  await page.keyboard.press('c')
  t.equal(await page.getByRole('button', { name: 'Captions' }).getAttribute('aria-pressed'), 'false')
  await page.getByLabel('Speed').selectOption('2')

  // Silence is from 34 s to 38 s: the last two seconds are heard at once.
  await page.getByRole('button', { name: 'Forward 30 seconds' }).click()
  await page.waitForFunction(() => Number(document.querySelector('[data-position=now]')?.textContent?.slice(2)) >= 37)
  await page.getByRole('button', { name: /^Play the replay/ }).waitFor()
  t.equal(await shownSeconds(page), seconds, 'it stops at its end')

  await page.getByRole('button', { name: 'Back 15 seconds' }).click()
  await page.getByRole('button', { name: 'Share at 0:25' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Copy: Link' }).click()
  await page.getByRole('dialog').getByText('Copied').waitFor()
  t.equal(await page.evaluate(async () => await navigator.clipboard.readText()), `${server.url}/shows/${showId}?t=25`)
  await page.reload()
  await page.getByRole('button', { name: /^Play the replay/ }).waitFor()
  t.equal(await shownSeconds(page), 25, 'it goes on where it was left')
})

t.test('a creator publishes, trims and deletes a replay; a stale change is shown', async t => {
  const host = await signInVisitor(server.url, 'Mira')
  t.teardown(async () => await host.close())
  const { page } = host
  const showId = await ownEndedShow(host)
  const answers = await answerReplay(page, {
    replay: { ...sampleReplay(showId, seconds * 1000), publishedAt: null, status: 'failed' },
    audio
  })
  await page.goto(`${server.url}/shows/${showId}`)
  await page.getByText('The replay couldn’t be mixed').waitFor()
  await checkScreen(t, page, 'a replay that failed', sizes)
  await page.getByRole('button', { name: 'Try again' }).click()
  await page.getByText('We’re mixing the replay').waitFor()
  answers.replay = { ...sampleReplay(showId, seconds * 1000), publishedAt: null }
  await page.getByRole('button', { name: 'Publish', exact: true }).click()
  await page.getByText('Published. Everybody').waitFor()
  await checkScreen(t, page, 'a replay of its creator', sizes)

  await page.getByRole('button', { name: 'Trim' }).click()
  await page.getByRole('slider', { name: 'Beginning' }).focus()
  for (let step = 0; step < 3; step++) await page.keyboard.press('ArrowRight')
  await page.getByRole('slider', { name: 'End' }).focus()
  await page.keyboard.press('ArrowLeft')
  await page.getByText('From 0:03 to 0:39: 0:36 of 0:40').waitFor()
  await page.getByRole('button', { name: 'Hear the beginning' }).click()
  await checkScreen(t, page, 'trimming', sizes)
  answers.isStale = true
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('The replay was changed meanwhile').waitFor()
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  t.same(answers.patches.at(-1), { trim: { startMs: 3000, endMs: 1000 }, version: 4 })

  answers.transcript = { ...sampleTranscript(showId), status: 'failed', reason: 'The language is not supported.' }
  await page.reload()
  await page.getByText('The transcript failed: The language is not supported.').waitFor()
  t.equal(await page.getByRole('tab', { name: 'Transcript' }).count(), 0)
  await checkScreen(t, page, 'a replay whose transcript failed', [phone])
  await page.getByRole('button', { name: 'Try the transcript again' }).click()
  await page.getByText('The transcript is being made').waitFor()
  answers.transcript = sampleTranscript(showId)
  await page.getByRole('tab', { name: 'Transcript' }).waitFor()
  t.equal(await page.getByText('The transcript is being made').count(), 0)

  await page.getByRole('button', { name: 'Unpublish' }).click()
  await page.getByText('Not published. Only hosts').waitFor()

  answers.takedown = { reason: 'Threats against a person.', at: '2027-03-02T08:00:00.000Z' }
  await page.getByRole('button', { name: 'Publish', exact: true }).click()
  await page.getByText('took this replay down: “Threats against a person.” Only hosts can hear it').waitFor()
  t.equal(await page.getByRole('button', { name: 'Publish', exact: true }).count(), 0)
  await page.getByRole('button', { name: 'Trim' }).waitFor()
  await checkScreen(t, page, 'a replay that was taken down', sizes)

  await page.getByRole('button', { name: 'Delete' }).click()
  await checkScreen(t, page, 'confirming to delete a replay', [phone])
  await page.getByRole('button', { name: 'Delete replay' }).click()
  await page.getByText('There is no replay').waitFor()
})

t.test('a listener reports the show of a replay', async t => {
  const showId = await endedShow()
  const listener = await signInVisitor(server.url, 'Ana', { viewport: phone })
  t.teardown(async () => await listener.close())
  const { page } = listener
  await answerReplay(page, { replay: sampleReplay(showId, seconds * 1000), audio })
  await page.goto(`${server.url}/shows/${showId}`)
  await page.getByRole('button', { name: 'More options for this replay' }).click()
  await page.getByRole('menuitem', { name: 'Report show' }).click()
  await page.getByLabel('What’s wrong?').fill('It threatens a person.')
  await page.getByRole('button', { name: 'Send report' }).click()
  await page.getByText('Thank you. The people who run this server').waitFor()
})

t.test('people who spoke download their own voice; a lost connection is shown', async t => {
  const showId = await endedShow()
  const speaker = await signInVisitor(server.url, 'Jonas', { viewport: phone })
  t.teardown(async () => await speaker.close())
  const { page } = speaker
  const stint = { id: 's1', startedAt: '2027-03-01T19:10:00.000Z', durationMs: 83_000, sizeBytes: 332_000 }
  await page.route('**/v1/shows/*/recording/mine', async route => {
    await route.fulfill({ json: { items: [{ ...stint, audioUrl: '/replay-audio/mine.ogg' }] } })
  })
  await page.route('**/replay-audio/mine.ogg', async route => {
    await route.fulfill({ contentType: 'audio/ogg', body: audio })
  })
  let isAway = true
  await page.route('**/v1/shows/*/replay', async route => {
    const json = isAway
      ? { code: 'UNAVAILABLE', message: 'The store is away.' }
      : { code: 'NOT_FOUND', message: 'There is none.' }
    await route.fulfill({ status: isAway ? 503 : 404, json })
  })
  await page.goto(`${server.url}/shows/${showId}`)
  await page.getByText('The store is away.').waitFor()
  await checkScreen(t, page, 'a replay that cannot be loaded, and the own voice', sizes)
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: /1:23 · 324 KB/ }).click()
  ])
  t.equal(download.suggestedFilename(), 'my-voice-2027-03-01T19-10-00.ogg')
  isAway = false
  await page.getByRole('button', { name: 'Try again' }).click()
  await page.getByRole('heading', { name: 'Replay' }).waitFor({ state: 'detached' })
})
