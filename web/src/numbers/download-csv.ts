import { ambient } from '../ambient.ts'

/** Saves the minutes of a show as a CSV file. Throws CodedError. */
export async function downloadCsv(showId: string, title: string): Promise<void> {
  const csv = await ambient.analytics.showCsv(showId)
  // Spreadsheets take a file without this mark for one in the encoding of the system.
  const url = URL.createObjectURL(new Blob(['\ufeff', csv.replace(/^\ufeff/, '')], { type: 'text/csv;charset=utf-8' }))
  const link = document.createElement('a')
  link.href = url
  link.download = `${fileName(title)}.csv`
  link.click()
  URL.revokeObjectURL(url)
}

/** Returns a title without the characters that a file name cannot have. */
function fileName(title: string): string {
  return title.replaceAll(/[^\p{L}\p{N} ._-]/gu, '').trim() || 'show'
}
