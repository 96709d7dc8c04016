/**
 * SPDX names of licences that require only a copy of their text, or that apply only to changes of the package itself.
 */
const allowed = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'OFL-1.1',
  'Unlicense',
  // libvips of sharp, a separate library that is loaded unchanged, and lightningcss, which only builds the web client.
  'LGPL-3.0-or-later',
  'MPL-2.0'
])

/** Licences of packages that state theirs in other files than package.json. */
export const statedLicences: Readonly<Record<string, string>> = { 'xmlhttprequest-ssl': 'MIT' }

/**
 * Whether an SPDX expression allows delivery: one of the licences joined by OR is allowed, or all of those joined by
 * AND. In a nested expression, all must be allowed.
 */
export function allows(expression: string): boolean {
  const bare = expression.trim().replace(/^\(([^()]*)\)$/, '$1')
  const names = bare.split(/[()\s]+/).filter(word => word !== '' && word !== 'AND' && word !== 'OR')
  const offers = / OR /.test(bare) && !/ AND |[()]/.test(bare)
  return names.length > 0 && (offers ? names.some(name => allowed.has(name)) : names.every(name => allowed.has(name)))
}
