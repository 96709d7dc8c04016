import t from 'tap'

import { notesOf } from '../../../scripts/release-notes/changelog.ts'

const changelog = `# Changelog

## [Unreleased]

### Added

- What comes.

## [1.10.0] - 2026-11-20

### Added

- A thing, which
  takes two lines.

### Fixed

- Another.

## [1.1.0] - 2026-10-01

- The first.

## [1.0.1] - 2026-09-02

## [1.0.0]

- Of no day.

[1.1.0]: https://example.org/compare
`

t.test('the notes of a version are the lines between its heading and the next', async t => {
  t.equal(notesOf('1.10.0', changelog), '### Added\n\n- A thing, which\n  takes two lines.\n\n### Fixed\n\n- Another.')
  t.equal(notesOf('1.1.0', changelog), '- The first.', 'not those of a version with the same prefix')
})

t.test('links at the end are not part of the notes', async t => {
  t.equal(notesOf('2.0.0', '## [2.0.0] - 2027-01-01\n\n- New.\n\n[2.0.0]: https://example.org/compare\n'), '- New.')
})

t.test('a release without an entry or a date is an error', async t => {
  t.throws(() => notesOf('3.0.0', changelog), /no section/)
  t.throws(() => notesOf('1.0.0', changelog), /has no date/)
  t.throws(() => notesOf('1.0.1', changelog), /has no entry/)
  t.throws(() => notesOf('1.1', changelog), /no section/)
})
