import { STATUS_CODES } from 'node:http'
import { createComponents, type Components } from './components.ts'
import { exampleOf, type JsonSchema } from './schema-examples.ts'

interface Media {
  schema?: JsonSchema
  example?: unknown
}
interface Content {
  content?: Record<string, Media>
}
interface Parameter {
  required?: boolean
  name: string
  schema?: JsonSchema
  example?: unknown
}
interface Operation {
  security?: object[]
  parameters?: Parameter[]
  requestBody?: Content
  responses?: Record<string, Content & { description: string }>
}
interface Document {
  paths: Record<string, Record<string, Operation>>
  components?: { schemas?: object }
}

/**
 * Completes the OpenAPI document that was made from the routes: adds examples to required parameters, JSON bodies and
 * answers, a description to every answer, and the address of the server. Moves the schemas of the contract to
 * `components`, so that generated clients have one type for each.
 */
export function completeOpenApi(document: object, serverUrl: string): object {
  const copy: Document = JSON.parse(JSON.stringify(document))
  const components = createComponents()
  for (const operation of operationsOf(copy)) {
    for (const parameter of operation.parameters ?? []) {
      if (parameter.required && parameter.schema) parameter.example ??= exampleOf(parameter.schema, parameter.name)
    }
    if (operation.requestBody) addExamples(operation.requestBody)
    for (const [status, answer] of Object.entries(operation.responses ?? {})) {
      addExamples(answer)
      answer.description = describeAnswer(status, answer.description, operation)
    }
    referenceSchemas(operation, components)
  }
  return {
    ...copy,
    servers: [{ url: serverUrl }],
    components: { ...copy.components, schemas: components.schemas() }
  }
}

const operationsOf = ({ paths }: Document): Operation[] => Object.values(paths).flatMap(path => Object.values(path))

function referenceSchemas({ requestBody, responses = {} }: Operation, components: Components): void {
  for (const { content = {} } of [...(requestBody ? [requestBody] : []), ...Object.values(responses)]) {
    for (const media of Object.values(content)) {
      if (media.schema) media.schema = components.reference(media.schema)
    }
  }
}

function addExamples({ content = {} }: Content): void {
  const media = content['application/json']
  if (media?.schema && media.example === undefined) media.example = exampleOf(media.schema)
}

function describeAnswer(status: string, description: string, { security = [] }: Operation): string {
  if (description === 'Default Response') return STATUS_CODES[status] ?? description
  // Every route that takes a token rejects an expired one.
  const takesToken = security.some(scheme => 'bearer' in scheme)
  return status === '401' && takesToken && !description.includes('TOKEN_EXPIRED')
    ? `${description}, TOKEN_EXPIRED`
    : description
}
