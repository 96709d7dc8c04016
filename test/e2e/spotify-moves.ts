import type { Page } from 'playwright-core'
import type { Visitor } from './browser.ts'

/** Links a listener of the stand-in's, clicked through from the settings. */
export async function linkSpotify({ page }: Visitor, url: string, listener: string): Promise<void> {
  await page.goto(`${url}/settings`)
  await page.getByRole('button', { name: 'Link Spotify' }).click()
  await agree(page, listener)
  await page.getByRole('button', { name: 'Unlink Spotify' }).waitFor()
}

/** Agrees on the stand-in's page. */
export async function agree(page: Page, listener: string): Promise<void> {
  await page.locator(`input[value=${listener}]`).click()
  await page.getByRole('button', { name: 'Agree' }).click()
}

/** Takes all of one of one's own Spotify playlists. */
export async function addAll(page: Page, playlist: RegExp): Promise<void> {
  await page.getByRole('button', { name: 'Add music' }).click()
  await page.getByRole('button', { name: playlist }).click()
  await page.getByRole('button', { name: /^Add all/ }).click()
  await page.getByText('are in the playlist').waitFor()
  await page.getByRole('button', { name: 'Close', exact: true }).click()
}

/** The titles of the playlist as a host sees them, in order. */
export async function titlesOn(page: Page): Promise<string[]> {
  return await page
    .getByRole('grid', { name: 'Playlist' })
    .getByRole('row')
    .evaluateAll(rows => rows.map(row => row.getAttribute('aria-label') ?? ''))
}

/** Waits until a host sees just these titles. */
export async function untilTitles(page: Page, titles: readonly string[]): Promise<void> {
  await page.waitForFunction(wanted => {
    const rows = [...document.querySelectorAll('[role=grid][aria-label=Playlist] [role=row]')]
    return rows.map(row => row.getAttribute('aria-label')).join() === wanted
  }, titles.join())
}

/** Which second of what plays a person sees. */
export async function secondOn(page: Page): Promise<number> {
  const text = await page.locator('[data-position=now]').innerText()
  return text.split(':').reduce((sum, part) => sum * 60 + Number(part), 0)
}
