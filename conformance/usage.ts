export const usage = `npm run conformance -- server [options]
npm run conformance -- client [options] -- COMMAND…

Holds a server, or an SDK, to the rules of the device protocol (docs/protocol.md), and says of each what was seen.

server: plays devices against a server. Use an app of its own: devices stay registered, and pushes to all go to every device of the app.
  --run FILE            the run.json of a system that \`npm run up\` runs (default .longwire/run.json). Where it is given the kit is its operator
                        too: it ends connections, disables an app of its own, and in the end stops and kills processes, which up starts again
  --url URL             else: where devices connect, ws(s)://HOST/sdk/v1 …
  --api URL             … the upstream API, http(s)://HOST:PORT …
  --app-id ID           … and the app                                         LONGWIRE_APP_ID
  --app-key KEY         credentials; better in the environment                LONGWIRE_APP_KEY
  --master-secret S                                                           LONGWIRE_MASTER_SECRET
  --app-secret S                                                              LONGWIRE_APP_SECRET
  --max-frame BYTES     the largest frame that it reads, where it isn't 16384

client: is the server, for an SDK that COMMAND runs: a harness that speaks the line protocol of docs/sdk-authors.md.
  --jobs N              harnesses at once (default 4)

both:
  --only D12,D30        these rules alone
  --slow                those that take minutes too
  --json                one JSON document in place of lines
  --help                this text

Exit code: 0 every rule that was checked holds, 1 one doesn't or nothing could be checked, 2 an option is wrong.
`;
