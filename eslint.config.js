import neostandard, { plugins } from 'neostandard'

/** Kinds of records. They are perhaps not in the database, and are opened through the port of the store of records. */
const recordKinds = ['audienceEvents', 'comments', 'metadataEntries', 'showAnalytics', 'showEvents', 'showSnapshots']
const recordsThroughPort = {
  selector:
    'CallExpression[callee.property.name="collection"]' +
    ` > :matches(Literal[value=/^(${recordKinds.join('|')})$/], MemberExpression[object.name=/Kind$/]).arguments`,
  message: 'Open records through the port: records.open(kind). They are perhaps in another store than the database.'
}
const decoratorsInIndex = {
  selector: 'TSModuleDeclaration[id.value="fastify"]',
  message: 'Declare decorators in the index.ts of the domain.'
}

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
  {
    files: ['plugins/app/**/*.ts'],
    ignores: ['plugins/app/*/index.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: [
            {
              name: 'fastify',
              importNames: ['FastifyInstance'],
              message: 'Take named parts. Only the index.ts of a domain sees the whole application.'
            }
          ]
        }
      ],
      'no-restricted-syntax': ['error', decoratorsInIndex, recordsThroughPort]
    }
  },
  {
    files: ['plugins/app/*/index.ts', 'processes/**/*.ts', 'realtime/**/*.ts', 'routes/**/*.ts', 'scripts/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', recordsThroughPort] }
  },
  {
    // A migration changes what an earlier version has stored in the database.
    files: ['plugins/app/operations/migrations/*.ts'],
    rules: { 'no-restricted-syntax': ['error', decoratorsInIndex] }
  },
  {
    // Prettier wraps code; this rule is for comments.
    plugins: { '@stylistic': plugins['@stylistic'] },
    rules: {
      '@stylistic/max-len': [
        'error',
        { code: 120, ignoreUrls: true, ignoreStrings: true, ignoreTemplateLiterals: true, ignoreRegExpLiterals: true }
      ]
    }
  },
  { files: ['scripts/**', 'test/**'], rules: { 'no-console': 'off' } }
]
