// node verify.mjs MODULES SECRET FILE...
//
// What npm's standardwebhooks makes of each request, a file of JSON with `headers` and `body`: one line of JSON for each,
// the event, or null where the signature is not right. MODULES is the folder that npm installed into.

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const [modules, secret, ...files] = process.argv.slice(2)
const { Webhook } = createRequire(`${modules}/`)('standardwebhooks')
const webhook = new Webhook(secret)

for (const file of files) {
  const { headers, body } = JSON.parse(readFileSync(file, 'utf8'))
  let event = null
  try {
    event = webhook.verify(body, headers)
  } catch (error) {
    if (error.name !== 'WebhookVerificationError' && error.constructor.name !== 'WebhookVerificationError') throw error
  }
  console.log(JSON.stringify(event))
}
