// node fhir.mjs MODULES FILE...
//
// What the npm library fhir finds wrong in each resource, by FHIR R4's own structures and value sets: one line of JSON
// per file, a list of what it says. A Bundle's resources are judged each by itself as well. MODULES is the folder that
// npm installed into.

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const [modules, ...files] = process.argv.slice(2)
const { Fhir } = createRequire(`${modules}/`)('fhir')
const fhir = new Fhir()
const judged = resource => fhir.validate(resource, { errorOnUnexpected: true }).messages

for (const file of files) {
  const resource = JSON.parse(readFileSync(file, 'utf8'))
  const inside = (resource.entry ?? []).map(entry => entry.resource)
  console.log(JSON.stringify([resource, ...inside].flatMap(judged)))
}
