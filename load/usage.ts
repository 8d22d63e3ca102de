export const usage = `npm run load -- [options]

Connects devices to a Longwire, pushes to them at a rate, and says how long it took and whether anything was lost.
Use an app of its own: the devices stay registered, and a push to all goes to every device of the app.

  --api URL             the upstream API, http(s)://HOST:PORT              LONGWIRE_API
  --ws URL              where devices connect (the API's port + 1)         LONGWIRE_WS
  --app ID              the app …                                          LONGWIRE_APP_ID
  --key KEY             … and its credentials; better in the environment   LONGWIRE_APP_KEY
  --master-secret S                                                        LONGWIRE_MASTER_SECRET
  --app-secret S                                                           LONGWIRE_APP_SECRET
  --data DIR            without --api: the folder of a system that \`npm run up\` runs (default .longwire)

  --devices N           devices that connect (default 100)
  --connect-rate R      so many begin to connect in a second (default 100)
  --push-rate R         pushes a second over all processes; a batch or a list is one (default 20)
  --arrivals poisson|even
                        how pushes follow each other (default poisson)
  --mix KIND=WEIGHT,…   single, batch, list, tag, all (default single=70,batch=10,list=10,tag=5,all=5)
  --batch-size N        messages of a batch, devices of a list (default 20)
  --size B              characters of a message, 64 to 3072 (default 256)
  --duration S          seconds of pushes (default 30)
  --drain S             seconds to wait afterwards for what has not arrived (default 30)
  --churn P             percent of the devices that are cut off and come back in a minute (default 0)
  --processes N         worker processes (default one for each 5000 devices)
  --source-addresses A-B,…
                        local addresses that devices connect from in turn
  --seed N              of all that is random (printed without it)

  --slo "delivery_p99<500ms,lost=0"
                        exit code 1 unless all of these hold
  --json FILE           the report; - prints it as one line
  --html FILE           the same as a page with plots
  --help                this text

Exit code: 0 done, 1 an --slo does not hold or the load could not be run, 2 an option is wrong. Ctrl-C ends the pushes early.
`;
