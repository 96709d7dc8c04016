/** Licences that ask for no more than that their text comes along, or that bind only changes to the package itself; SPDX's names. */
const allowed = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'OFL-1.1',
  'Unlicense',
  // sharp's libvips, a library of its own that is loaded and not changed; lightningcss, which only builds the web client.
  'LGPL-3.0-or-later',
  'MPL-2.0'
])

/** What packages that name no licence in package.json say in their files. */
export const statedLicences: Readonly<Record<string, string>> = { 'xmlhttprequest-ssl': 'MIT' }

/**
 * Whether an SPDX expression leaves a way within what is allowed: one of those that OR offers, or everything it names. In one that nests
 * deeper all has to be allowed.
 */
export function allows(expression: string): boolean {
  const bare = expression.trim().replace(/^\(([^()]*)\)$/, '$1')
  const names = bare.split(/[()\s]+/).filter(word => word !== '' && word !== 'AND' && word !== 'OR')
  const offers = / OR /.test(bare) && !/ AND |[()]/.test(bare)
  return names.length > 0 && (offers ? names.some(name => allowed.has(name)) : names.every(name => allowed.has(name)))
}
