import type { Page } from 'playwright-core'
import type { Visitor } from './browser.ts'

/** Links a listener of the Spotify stand-in from the settings page. */
export async function linkSpotify({ page }: Visitor, url: string, listener: string): Promise<void> {
  await page.goto(`${url}/settings`)
  await page.getByRole('button', { name: 'Link Spotify' }).click()
  await approveAtSpotify(page, listener)
  await page.getByRole('button', { name: 'Unlink Spotify' }).waitFor()
}

/** Approves the request on the page of the Spotify stand-in. */
export async function approveAtSpotify(page: Page, listener: string): Promise<void> {
  await page.locator(`input[value=${listener}]`).click()
  await page.getByRole('button', { name: 'Agree' }).click()
}

/** Adds all tracks of one of the user's Spotify playlists. */
export async function addWholePlaylist(page: Page, playlist: RegExp): Promise<void> {
  await page.getByRole('button', { name: 'Add music' }).click()
  await page.getByRole('button', { name: playlist }).click()
  await page.getByRole('button', { name: /^Add all/ }).click()
  await page.getByText(/^Added \d+ tracks/).waitFor()
  await page.getByRole('button', { name: 'Close', exact: true }).click()
}

/** Returns the titles of the playlist as a host sees them, in order. */
export async function readPlaylistTitles(page: Page): Promise<string[]> {
  return await page
    .getByRole('grid', { name: 'Playlist' })
    .getByRole('row')
    .evaluateAll(rows => rows.map(row => row.getAttribute('aria-label') ?? ''))
}

/** Waits until a host sees exactly these titles. */
export async function waitForPlaylistTitles(page: Page, titles: readonly string[]): Promise<void> {
  await page.waitForFunction(expected => {
    const rows = [...document.querySelectorAll('[role=grid][aria-label=Playlist] [role=row]')]
    return rows.map(row => row.getAttribute('aria-label')).join() === expected
  }, titles.join())
}

/** Returns the shown position of what plays, in whole seconds. */
export async function readPlaybackSecond(page: Page): Promise<number> {
  const text = await page.locator('[data-position=now]').innerText()
  return text.split(':').reduce((sum, part) => sum * 60 + Number(part), 0)
}
