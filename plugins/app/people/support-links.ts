import { invalidRequest, type Issue } from '../../../contract/errors.ts'
import type { Link } from '../../../contract/users.ts'
import { isPrivateHost } from '../http/private-hosts.ts'

/** Maximum length of a link in the contract. It also holds for the normalized form. */
const maxUrlLength = 500
/**
 * Returns the links in the form browsers read them. Throws VALIDATION with an issue for every link that is not allowed.
 */
export function checkLinks(links: readonly Link[]): Link[] {
  const issues: Issue[] = []
  const checked = links.map(({ label, url }, index) => {
    const message = linkError(url)
    if (message !== null) issues.push({ path: `/links/${index}/url`, message })
    return message === null ? { label, url: normalize(url) } : { label, url }
  })
  if (issues.length > 0) throw invalidRequest(issues)
  return checked
}

/** Returns the URL as browsers read it, but without the slash they add to a URL without a path. */
function normalize(url: string): string {
  const { href } = new URL(url)
  return href === `${url}/` ? url : href
}

/** Returns why a link is not allowed, in words for a person; null for an https URL of a public host. */
export function linkError(url: string): string | null {
  if (!URL.canParse(url)) return 'must be a web address'
  const { protocol, username, password, hostname, href } = new URL(url)
  if (protocol !== 'https:') return 'must begin with https://'
  if (username !== '' || password !== '') return 'must not contain a name or a password'
  if (isPrivateHost(hostname)) return 'must lead to a public place'
  if (href.length > maxUrlLength) return `must have at most ${maxUrlLength} characters`
  return null
}
