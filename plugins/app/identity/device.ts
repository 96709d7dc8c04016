import type { IncomingHttpHeaders } from 'node:http'
import { cleanText } from '../../../contract/text.ts'

const longest = 160
/** Control characters, and those that rewrite the line they stand in. */
const unseemly = /[\p{C}\u2028\u2029]+/gu

/** What an app says it is, short enough to show; empty when it says nothing. */
export function deviceOf({ 'user-agent': userAgent = '' }: IncomingHttpHeaders): string {
  return cleanText(userAgent.replace(unseemly, ' ').replace(/\s+/g, ' ')).slice(0, longest).trim()
}
