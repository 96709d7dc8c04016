import neostandard from 'neostandard'

export default [
  { ignores: ['web/dist/**', '.tap/**', 'data/**'] },
  ...neostandard({ ts: true, noStyle: true }),
  {
    files: ['**/*.ts', '**/*.tsx'],
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      // A schema and the type made from it share a name; the compiler refuses the redeclarations that are mistakes.
      '@typescript-eslint/no-redeclare': 'off',
      'no-console': 'error'
    }
  },
  {
    files: ['**/*.ts', '**/*.tsx'],
    ignores: ['test/**', 'plugins/embedded/test/**'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'error' }
  },
  {
    files: ['**/*.ts', '**/*.tsx'],
    ignores: ['config/config.ts', 'scripts/**', 'test/**', 'plugins/embedded/test/**'],
    rules: { 'n/no-process-env': 'error' }
  },
  { files: ['scripts/**', 'test/**'], rules: { 'no-console': 'off' } }
]
