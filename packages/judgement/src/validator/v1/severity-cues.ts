/** Groups of patterns about how bad it is: what is hit, how many are, how soon it must be mended. */
export const SEVERITY_CUES = {
  outage: `
    outage|outages|blackout
    production|prod|site|system|service|shop|store|platform|website|server|app|desk is|are|went? down|offline|unreachable|unavailable
    everything is down
    total|complete|completely|entire|entirely|major|whole outage|down|unavailable|offline
    0|zero|no successful|new|incoming checkouts|orders|payments|requests|logins|transactions
    no orders|payments|calls|data|traffic coming|arriving|are|is in?
    100 % of?
    production|shop|site|store|prod down
    error 502|503|1020 on|for|everywhere
    has|have been? unavailable|unreachable|down`,
  down: `
    down|offline|outage|outages|unreachable|unavailable|inaccessible
    not|isn't|aren't available|reachable|accessible|possible
    not possible at? all?
    everything|nothing is|works|work|at down|all?
    can't|cannot|can not? do anything|work
    blind|blackout
    error 500|502|503|504|1020
    error rate
    nothing|no|none works|work|loads|responds any|anymore|more|at
    500s|502s|503s|504s
    gets|get|getting|receive|receives an?|the? 500|502|503|504`,
  production: `
    production|prod|live
    sev1|sev0|p0|p1|critical|emergency|catastroph*|disaster
    sev|severity|priority 0|1|critical|one
    customer impact|facing`,
  everybody: `
    everyone|everybody|nobody|everywhere
    no one|customer|customers|user|users|agent|messages|payments|device|orders|order|visitor|visitors
    none of
    all|every of? our?|the?|card? users|user|customers|customer|agents|agent|employees|visitors|stores|offices|devices|device|regions|clients|staff|page|pages|card|cards|merchants|tenants|messages|payments|orders
    whole|entire|complete|completely|total|totally company|platform|system|site|website|fleet|team|shop|store|organisation|organization|help|down|outage|unavailable|unusable|service|app
    company|site|organisation|worldwide wide
    every|each single? request|call|login|payment|order|checkout|page|transaction|user|customer|store
    for|by|affects|affecting|hits everyone|everybody|all|anyone|anybody
    all regions|stores|locations|sites|branches|shops|countries|data
    no doctor|user|customer|agent|cashier|driver|employee|payment|order|request|device|store can|could|gets|goes|works|is
    nationwide|worldwide|globally
    at all`,
  loss: `
    all|everything|table|database|data|records|history|account is|are empty|gone|lost|missing|deleted
    all? records|data|files|orders|history|everything gone|missing|vanished|empty
    data|record|records|files|entries loss|lost|deleted|gone|destroyed|wiped
    lost|losing|loses|lose our|all|the|some|data|customer|work|files|records|orders|goods
    deleted|vanished|disappeared|wiped|gone from|overnight|without|and?
    have|has|are|were|got vanished|disappeared|deleted|gone|wiped
    backup is|was|gone|empty
    did not|didn't delete
    charged twice
    charged|billed|paid|paying|refunded|sent twice|double
    corrupted|corrupts|bricked|destroyed`,
  exposure: `
    privacy|security|personal problem|breach|incident|hole|issue|data|vulnerability|team
    other|another|someone|different else's? customer|customers|customer's|customers'|tenant|tenants|people's|company|companies|user's
    see|sees|saw|view|open|read|access|seeing|got|getting|shown|shows|showing each|one|somebody|someone|another|other|somebody's|someone's|strangers|foreign others|other's|another's|else's|person's|patient's|customer's|customers'|people's|patients'|users'|user's
    each other's|others'
    ransom|blackmail|extortion|attackers|intruder|intruders
    data|list|passwords|records for sale
    for sale in|on
    broke|broken|breaking into our|the|my|an?
    downloaded|copied|stole|exported the|our|all whole|entire|customer|complete
    hacked|compromised|breached|stolen|stole|leaked|exposed|ransomware|attackers|attacker|exfiltrat*|unauthorised|unauthorized|fraud
    anyone|everyone|everybody can open|see|access|read|download|view
    without password|authentication|login|signing
    vulnerability|vulnerabilities|exploit*|injection`,
  money: `
    losing|lose|lost|loses|costing|costs|cost sales|money|revenue|customers|orders|goods|about|thousands|us|business
    per|every|each hour|minute
    can't|cannot|can|no pay|buy|order|checkout
    payments|payment|cards|card|checkout failing|fail|fails|declined|not|down|broken
    thousands|millions of?`,
  urgent: `
    urgent|urgently|urgency|asap|immediately|immediate|instantly
    as soon as possible|you|humanly
    right away|now
    at once
    fix|help|call|contact|respond|act this?|it?|us?|me?|back? now|immediately|today|quickly|fast
    today|tonight
    by|before|until|till tomorrow|today|tonight|monday|tuesday|wednesday|thursday|friday|noon|end|eod|the
    need|needed|needs|required this?|it?|them? today|tomorrow|now
    deadline|deadlines
    high priority|prio|importance
    very important|urgent
    top priority
    please|pls hurry
    with|top|highest|high priority
    right now
    need|needed|needs|has|have it|this|that|to? be? by|before|today|tonight|until
    due|begins|starts|opens|opening|launch|live tomorrow|today|tonight|in|on|monday|friday
    today|tonight please
    cannot|can't wait
    time critical|sensitive
    sev2|p2
    quickly|quick`,
  blocked: `
    blocking|blocks|blocked|blocker|blockers|stuck|stranded|halted|standstill
    no workaround|workarounds
    by hand
    manually
    cannot|can't|unable|couldn't|not to? work|continue|proceed|deliver|bill|operate|take|create|ship|use|log|login|sign
    can not work|continue|use
    had to stop
    idle
    unusable|useless
    depends on
    severe|severely|serious|seriously|major
    any|at more|all
    piling|shouting|furious|nervous|waiting|complain|complaining|angry|blind`,
  many: `
    dozens|hundreds|thousands|many|most|several|multiple
    half|third|quarter|lot|lots|majority|most|many|part|number of
    most|many|several|countless|numerous|half users|customers|people|colleagues|agents|stores|employees|orders|tickets
    dozen|twenty|thirty|forty|fifty|hundred|eighty people|users|customers|agents|colleagues|employees|drivers|patients
    whole|entire|complete department|office|team|shift|floor|warehouse|branch
    phone|phones doesn't|don't|won't stop|ringing
    standing around|still|idle
    wrong prices|price|amounts
    large|big|good part|number|share
    a lot
    customers|users|agents|people|visitors|clients|employees are|is|can't|cannot|couldn't|think|complain|called|waiting|get
    our|all|whole customers|users|agents|team|staff|office|warehouse|fleet|drivers
    escalating|spreading|counting`,
  low: `
    minor|trivial|cosmetic|nitpick|nit|negligible|tiny
    typo|typos|misspelled|misspelt|spelling|pixel|blurry|alignment|misaligned|tooltip
    low|lowest priority|prio|importance|severity
    nice to have
    no|not|without rush|hurry|urgency|urgent|pressing|important
    not at? all? urgent|pressing|important
    isn't|ain't urgent|pressing|important
    no pressure|worries
    not that? important|urgent|dramatic|tragic
    just so you know
    a bit|little|few off|blurry|too|odd|ugly|confusing|wide|narrow|small|far|pixels|millimetres|untranslated
    tiny|small|minor|little thing|glitch|bug|issue|detail|flaw|remark|note|cosmetic
    one|some|few|a pixel|pixels|millimetre|millimetres
    still|footer says|shows 2019|2020|2021|2022|2023|2024
    but|still works|working
    not|no big deal
    no impact
    nothing urgent|pressing|important|big|serious|critical
    whenever you|it|possible|convenient|there
    when you|it have|get|find|suits
    when|if time allows|permits
    small|little|slight|slightly thing|typo|issue|wish|detail|mistake|glitch|wrong|blurry|visual|suggestion|improvement
    some|one day
    someday|eventually
    just an?|a idea|suggestion|thought|detail|small|minor
    idea for
    for the future
    sev4|sev3|p4|p3
    looks|look a bit|slightly|odd|off
    lol
    purely|only|merely|just a? cosmetic|visual|optical`,
  bearable: `
    workaround|workarounds|temporarily
    can live|cope with
    works|work|fine|ok in|on|via|for|with|ok
    others|other|rest work|works|are|is|views|updated|offices|of
    we|i use|using that|instead
    sometimes|occasionally|rarely|intermittent|intermittently
    some|one|few of|users|customers|cases
    only one|when|if|after|the|on|in
    annoying|inconvenient
    for now
    in the meantime`,
} as const;

/** Words whose denial ("the outage is not critical") takes back what the same sentence says of severity. */
export const DENIABLE = new Set(
  'critical urgent emergency serious severe major blocker blocking pressing important catastrophic disaster'.split(' '),
);
