// The order matters: a User-Agent also names the browsers it is compatible with.
const browsers: readonly (readonly [RegExp, string])[] = [
  [/\bEdgi?A?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bFirefox\/|\bFxiOS\//, 'Firefox'],
  [/\b(Headless)?Chrome\/|\bCriOS\//, 'Chrome'],
  [/\bSafari\//, 'Safari']
]
const systems: readonly (readonly [RegExp, string])[] = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b/, 'Mac'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux']
]

/** Returns a readable name for a User-Agent, such as "Chrome on Linux"; an unknown one is returned unchanged. */
export function deviceName(userAgent: string): string {
  const name = (known: typeof browsers) => known.find(([pattern]) => pattern.test(userAgent))?.[1]
  const parts = [name(browsers), name(systems)].filter(part => part !== undefined)
  return parts.join(' on ') || userAgent || 'Unknown device'
}
