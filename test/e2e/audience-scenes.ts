import { joinShow as joinAs } from '../users.ts'
import { desktop } from './accessibility.ts'
import type { Visitor } from './browser.ts'
import type { SceneParts } from './scene-parts.ts'
import { bringOnStage, chooseFromMenu, goLive, joinShow, postComment, showIdOf, signInVisitor } from './show-steps.ts'
import { apiClientOf, prepareSongs, toneSong } from './test-songs.ts'

const toolsOf = async ({ page }: Visitor, tab: string) => {
  await page.getByRole('button', { name: 'Tools' }).click()
  await page.getByRole('tab', { name: tab }).click()
}
const closeDialog = async ({ page }: Visitor) =>
  await page.getByRole('dialog').getByRole('button', { name: 'Close', exact: true }).click()

/** Takes screenshots of pins, polls and requested songs. Needs no other scene. */
export async function audience({ server, theme, takeScreenshot }: SceneParts): Promise<void> {
  const creator = await signInVisitor(server.url, 'Mira', { colorScheme: theme })
  const listener = await signInVisitor(server.url, 'Listener', { colorScheme: theme })
  const address = await goLive(creator, 'Letters to the sea')
  const showId = showIdOf(address)
  const { rest, token } = await apiClientOf(server.url, creator)
  const songs = await prepareSongs(server.url, { rest, token }, showId, [toneSong(440, 30), toneSong(660, 30)])
  const [first, second] = songs
  for (const [song, title, artist] of [
    [first, 'Harbour lights', 'A Quiet Band'],
    [
      second,
      'Slow train to the coast, and the long way back through every village',
      'The Orchestra of the Northern Line'
    ]
  ] as const) {
    await rest('PATCH', `/v1/songs/${song?.id}`, { title, artist })
  }
  await rest('PATCH', `/v1/shows/${showId}`, { settings: { songRequests: 'open' } })
  await joinShow(listener, address)
  await listener.page.setViewportSize(desktop)
  await postComment(listener, 'What is the name of the book that you read from last week? I looked for it everywhere.')
  await creator.page.setViewportSize(desktop)
  await chooseFromMenu(creator.page, 'Listener’s comment', 'Pin comment')
  await listener.page.getByRole('region', { name: 'Pinned' }).waitFor()
  await takeScreenshot(listener, 'pinned-comment', ['wide', 'phone'])
  await takeScreenshot(creator, 'pinned-comment-host', ['phone', 'wide'])

  await toolsOf(creator, 'Audience')
  await creator.page.getByLabel('Address').fill('https://example.com/tickets')
  await creator.page.getByLabel('Text of the link').fill('Tickets for Friday')
  await creator.page.getByRole('button', { name: 'Pin link' }).evaluate(button => button.scrollIntoView())
  await takeScreenshot(creator, 'pinning-link', ['phone', 'wide'])
  await creator.page.getByRole('button', { name: 'Pin link' }).click()
  await listener.page.getByRole('link', { name: /Tickets for Friday/ }).waitFor()
  await creator.page.getByLabel('Question').fill('Which letter shall we read at the end of the show?')
  await creator.page.getByLabel('Option 1', { exact: true }).fill('The one from the lighthouse')
  await creator.page.getByLabel('Option 2', { exact: true }).fill('The one that came in a bottle, without a name')
  await creator.page.getByLabel('Question').evaluate(field => field.scrollIntoView())
  await takeScreenshot(creator, 'opening-poll', ['phone', 'wide'])
  await creator.page.getByRole('button', { name: 'Open poll' }).click()
  await creator.page.getByText('A poll is open.').waitFor()
  await closeDialog(creator)
  const poll = listener.page.getByRole('region', { name: /^Poll/ })
  await poll.waitFor()
  await takeScreenshot(listener, 'poll', ['wide', 'phone'])
  await poll.getByRole('button', { name: /The one from the lighthouse/ }).click()
  await poll.getByText('1 vote', { exact: true }).waitFor()
  await takeScreenshot(listener, 'poll-voted', ['wide', 'phone'])
  await takeScreenshot(creator, 'poll-host', ['wide', 'phone'])

  await listener.page.getByRole('button', { name: 'Request a song' }).click()
  await listener.page.getByRole('button', { name: /^Request Harbour/ }).waitFor()
  await takeScreenshot(listener, 'request-song', ['wide', 'phone'])
  await listener.page.getByRole('button', { name: /^Request Harbour/ }).click()
  await listener.page.getByRole('button', { name: 'Done' }).click()
  const { client } = await joinAs(server.url, showId, 'Neighbour')
  await client.request('song:request', { songId: second?.id ?? '' })
  await client.request('song:vote', { songId: first?.id ?? '', on: true })
  const vote = listener.page.getByRole('button', { name: /^Vote for Slow train/ })
  await vote.waitFor()
  await vote.evaluate(button => button.scrollIntoView({ block: 'center' }))
  await takeScreenshot(listener, 'song-requests', ['wide', 'phone'])
  await creator.page
    .getByRole('button', { name: /^Vote for Slow train/ })
    .evaluate(b => b.scrollIntoView({ block: 'center' }))
  await takeScreenshot(creator, 'song-requests-host', ['wide', 'phone'])
  await creator.page.setViewportSize(desktop)
  await creator.page.getByRole('button', { name: 'Close poll' }).click()
  await listener.page.getByRole('region', { name: 'Poll result' }).waitFor()
  await listener.page.getByRole('region', { name: 'Poll result' }).evaluate(region => region.scrollIntoView())
  await takeScreenshot(listener, 'poll-result', ['wide', 'phone'])
  client.disconnect()
  await rest('POST', `/v1/shows/${showId}/end`)
  for (const visitor of [creator, listener]) await visitor.close()
}

/** Takes screenshots of pads, a searched queue, the list of shortcuts and handing a show over. Needs no other scene. */
export async function hostControls({ server, theme, takeScreenshot }: SceneParts): Promise<void> {
  const creator = await signInVisitor(server.url, 'Mira', { frequencyHz: 440, colorScheme: theme })
  const friend = await signInVisitor(server.url, 'Ann', { frequencyHz: 880, colorScheme: theme })
  const address = await goLive(creator, 'Letters to the sea')
  const showId = showIdOf(address)
  const { rest, token } = await apiClientOf(server.url, creator)
  const jingles = await prepareSongs(server.url, { rest, token }, showId, [
    toneSong(440, 4),
    toneSong(550, 3),
    toneSong(660, 2)
  ])
  for (const [n, [name, color]] of [
    ['Ship’s horn', 'purple'],
    ['Applause', 'green'],
    ['Next letter, please', 'orange']
  ].entries()) {
    await rest('PATCH', `/v1/songs/${jingles[n]?.id}`, { jingle: { name, color } })
  }
  await creator.page.reload()
  await creator.page.setViewportSize(desktop)
  const pads = creator.page.getByRole('group', { name: 'Jingles' })
  await pads.waitFor()
  await pads.evaluate(group => group.scrollIntoView({ block: 'center' }))
  await takeScreenshot(creator, 'jingles', ['phone', 'wide'])

  const clients = []
  for (let n = 1; n <= 45; n++) {
    const { client } = await joinAs(
      server.url,
      showId,
      n === 40 ? 'Somebody with a really long name here' : `Person ${n}`
    )
    clients.push(client)
    const reason = n % 3 === 0 ? 'A letter that my grandmother kept in a tin box for fifty years' : ''
    await client.request('speak:request', { reason })
  }
  const queue = creator.page.getByRole('region', { name: 'Requests to speak' })
  await queue.getByText('Requests to speak · 45').waitFor()
  await queue.evaluate(region => region.scrollIntoView())
  await takeScreenshot(creator, 'queue-search', ['wide'])
  await queue.getByLabel('Find a request').fill('somebody')
  await queue.getByRole('listitem').nth(1).waitFor({ state: 'detached' })
  await takeScreenshot(creator, 'queue-found', ['wide'])
  await queue.getByLabel('Find a request').fill('Ann')
  for (const client of clients) client.disconnect()

  await joinShow(friend, address)
  await friend.page.setViewportSize(desktop)
  await bringOnStage(creator, friend, 'Ann')
  await chooseFromMenu(creator.page, 'Ann', 'Make co-host')
  await creator.page.getByRole('button', { name: 'End show' }).click()
  await creator.page.getByRole('button', { name: 'Hand over to Ann' }).waitFor()
  await takeScreenshot(creator, 'hand-over', ['phone', 'wide'])
  await creator.page.getByRole('alertdialog').getByRole('button', { name: 'Cancel' }).click()
  await creator.page.keyboard.press('?')
  await creator.page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor()
  await takeScreenshot(creator, 'shortcuts', ['phone', 'wide'])
  await rest('POST', `/v1/shows/${showId}/end`)
  for (const visitor of [creator, friend]) await visitor.close()
}
