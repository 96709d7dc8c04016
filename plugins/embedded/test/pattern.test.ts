import t from 'tap'
import { compilePattern } from '../query/pattern.ts'

t.test('patterns match what they match in PCRE', async t => {
  const cases: Array<[pattern: string, text: string, matches: boolean]> = [
    ['^jazz', 'jazz', true],
    ['^jazz', 'a\njazz', false],
    ['jazz$', 'jazz\n', true],
    ['jazz$', 'jazz\n\n', false],
    ['a.b', 'a\rb', true],
    ['a.b', 'a\u2028b', true],
    ['a.b', 'a\nb', false],
    ['^.$', '😀', true],
    ['^a{2,3}$', 'aaa', true],
    ['^a{2}$', 'aaa', false],
    ['^(a|b)+c', 'abac', true],
    ['^x|^y', 'y', true],
    ['[^a-c]', 'abc', false],
    ['\\d\\.\\w', '1.a', true],
    ['a\\/b\\-c', 'a/b-c', true],
    ['/', '/', true],
    ['a\\nb', 'a\nb', true]
  ]
  for (const [n, [pattern, text, matches]] of cases.entries()) {
    t.equal(compilePattern(pattern).test(text), matches, `${n}: ${pattern}`)
  }
})

function errorOf(pattern: string): unknown {
  try {
    return compilePattern(pattern)
  } catch (error) {
    return error
  }
}

t.test('constructs that are not known to be the same are refused by name', async t => {
  const refused: Array<[pattern: string, named: string]> = [
    ['\\s', '\\s'],
    ['\\bjazz', '\\b'],
    ['\\Ajazz', '\\A'],
    ['\\Qa.b\\E', '\\Q'],
    ['\\x{41}', '\\x'],
    ['(?i)jazz', '(?'],
    ['(*UCP)a', '(*'],
    ['a(?=b)', '(?'],
    ['[[:alpha:]]', '['],
    ['[]a]', '['],
    ['[\\d]', '['],
    ['a++', '+'],
    ['a{,3}', '{'],
    ['{', '{'],
    ['a}', '}'],
    ['a^', '^'],
    ['^*', '*']
  ]
  for (const [pattern, named] of refused) {
    t.match(
      errorOf(pattern),
      { codeName: 'CommandNotSupported', message: `'${named}' in a pattern of $regex` },
      pattern
    )
  }
  t.match(errorOf('(a'), { codeName: 'BadValue' })
})
